using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LuohuIOC.Alerts;
using LuohuIOC.Texts;

namespace LuohuIOC.Notices;

/// <summary>What is sent: alerts that wait for an officer, or that are over, worst first, in words that can be acted on without the wall.</summary>
/// <param name="Title">One line.</param>
/// <param name="Text">All of it, without the title.</param>
/// <param name="Alerts">Those of which it tells, worst first.</param>
/// <param name="Named">How many of them, from the first on, it names; the others it counts.</param>
/// <param name="Language">Of the policy's recipients.</param>
/// <param name="Number">The same for the same alerts of the same policy, of the same call and severity: 32 hexadecimal digits.</param>
/// <param name="IsOver">It says that they are over.</param>
internal sealed record NoticeMessage(string Title, string Text, IReadOnlyList<AlertView> Alerts, int Named, string Language, string Number, bool IsOver = false)
{
    /// <summary>Alerts with a paragraph each; of the others their number is told.</summary>
    public const int ParagraphsMax = 20;

    /// <summary>Title and text, for who has no title.</summary>
    public string Whole => $"{Title}\n{Text}";

    /// <summary>Alerts that wait for an officer.</summary>
    /// <param name="policy">The policy by which.</param>
    /// <param name="due">At least one.</param>
    /// <param name="wallUrl">Address of the wall, or empty.</param>
    /// <param name="now">The present time.</param>
    /// <param name="bytesMax">Of title and text in UTF-8; fewer alerts have a paragraph then, and those a shorter one.</param>
    public static NoticeMessage Of(NoticePolicy policy, IEnumerable<AlertView> due, string wallUrl, DateTimeOffset now, int bytesMax = int.MaxValue)
    {
        var language = policy.Language;
        var alerts = Sorted(language, due);
        var (first, severity) = (alerts[0], AlertWords.SeverityName(language, alerts[0].Severity));
        var title = alerts.Length == 1
            ? TextBook.Get(language, "notice.title.one", severity, first.SensorName, NoticeWords.Finding(language, first))
            : TextBook.Get(language, "notice.title.many", severity, first.SensorName, alerts.Length);
        var end = TextBook.Get(language, wallUrl.Length > 0 ? "notice.end.url" : "notice.end", policy.Name, wallUrl);
        return Compose(policy, alerts, title, end, "notice.more", bytesMax, isOver: false, (alert, isWhole) => NoticeWords.Waiting(policy, alert, now, isWhole));
    }

    /// <summary>Alerts that are over, for who was told of them.</summary>
    /// <param name="policy">The policy by which.</param>
    /// <param name="over">At least one.</param>
    /// <param name="wallUrl">Address of the wall, or empty.</param>
    /// <param name="now">The present time.</param>
    /// <param name="bytesMax">Of title and text in UTF-8.</param>
    public static NoticeMessage Over(NoticePolicy policy, IEnumerable<AlertView> over, string wallUrl, DateTimeOffset now, int bytesMax = int.MaxValue)
    {
        var language = policy.Language;
        var alerts = Sorted(language, over);
        var title = alerts.Length == 1
            ? TextBook.Get(language, "notice.over.title.one", alerts[0].SensorName, alerts[0].RuleName, TextBook.Get(language, NoticeWords.HasCeased(alerts[0]) ? "notice.over.ceased" : "notice.over.closed"))
            : TextBook.Get(language, "notice.over.title.many", alerts[0].SensorName, alerts.Length);
        var end = alerts.Any(alert => alert.State == AlertWords.Of(AlertState.Raised))
            ? TextBook.Get(language, wallUrl.Length > 0 ? "notice.end.url" : "notice.end", policy.Name, wallUrl)
            : TextBook.Get(language, wallUrl.Length > 0 ? "notice.over.end.url" : "notice.over.end", policy.Name, wallUrl);
        return Compose(policy, alerts, title, end, "notice.over.more", bytesMax, isOver: true, (alert, _) => NoticeWords.Over(language, alert, now));
    }

    /// <summary>What an officer sends to see whether a policy reaches its recipients.</summary>
    public static NoticeMessage Trial(NoticePolicy policy, string officer, DateTimeOffset now) => new(
        TextBook.Get(policy.Language, "notice.trial.title", policy.Name), TextBook.Get(policy.Language, "notice.trial.text", policy.Name, officer, NoticeWords.Clock(now, now)), [], 0, policy.Language, Guid.NewGuid().ToString("N"));

    private static AlertView[] Sorted(string language, IEnumerable<AlertView> alerts) =>
        [.. alerts.Select(alert => alert.In(language)).OrderByDescending(alert => AlertWords.SeverityOf(alert.Severity)).ThenBy(alert => alert.RaisedAt)];

    private static NoticeMessage Compose(NoticePolicy policy, AlertView[] alerts, string title, string end, string more, int bytesMax, bool isOver, Func<AlertView, bool, string> paragraphOf)
    {
        var language = policy.Language;
        string More(int count) => TextBook.Get(language, more, count) + "\n";
        var left = bytesMax - BytesOf(title) - BytesOf(end) - 1;
        var text = new StringBuilder();
        var named = 0;
        for (; named < alerts.Length && named < ParagraphsMax; named++)
        {
            var rest = named == alerts.Length - 1 ? 0 : BytesOf(More(alerts.Length - named - 1));
            var paragraph = paragraphOf(alerts[named], true);
            if (BytesOf(paragraph) + rest > left) paragraph = paragraphOf(alerts[named], false);
            // A message that names none of its alerts would help nobody: the first one always stands.
            if (named > 0 && BytesOf(paragraph) + rest > left) break;
            left -= BytesOf(paragraph);
            text.Append(paragraph);
        }
        if (named < alerts.Length) text.Append(More(alerts.Length - named));
        return new NoticeMessage(title, text.Append(end).ToString(), alerts, named, language, NumberOf(policy, alerts, isOver), isOver);
    }

    private static string NumberOf(NoticePolicy policy, AlertView[] alerts, bool isOver)
    {
        var name = new StringBuilder(policy.Name).Append(isOver ? "\nover" : "");
        foreach (var alert in alerts) name.Append(CultureInfo.InvariantCulture, $"\n{alert.Id} {alert.Severity} {NoticePolicy.CallOf(alert):O}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name.ToString())).AsSpan(0, 16));
    }

    private static int BytesOf(string text) => Encoding.UTF8.GetByteCount(text);
}

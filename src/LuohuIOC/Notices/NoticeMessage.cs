using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LuohuIOC.Alerts;
using LuohuIOC.Http;
using LuohuIOC.Texts;

namespace LuohuIOC.Notices;

/// <summary>What is sent: alerts that wait for an officer, worst first, in words that can be acted on without the wall.</summary>
/// <param name="Title">One line.</param>
/// <param name="Text">All of it, without the title.</param>
/// <param name="Alerts">Those of which it tells, worst first.</param>
/// <param name="Named">How many of them, from the first on, it names; the others it counts.</param>
/// <param name="Language">Of the policy's recipients.</param>
/// <param name="Number">The same for the same alerts of the same policy, of the same call and severity: 32 hexadecimal digits.</param>
internal sealed record NoticeMessage(string Title, string Text, IReadOnlyList<AlertView> Alerts, int Named, string Language, string Number)
{
    /// <summary>Alerts with a paragraph each; of the others their number is told.</summary>
    public const int ParagraphsMax = 20;

    /// <summary>Title and text, for who has no title.</summary>
    public string Whole => $"{Title}\n{Text}";

    /// <param name="policy">The policy by which.</param>
    /// <param name="due">At least one.</param>
    /// <param name="wallUrl">Address of the wall, or empty.</param>
    /// <param name="now">The present time.</param>
    /// <param name="bytesMax">Of title and text in UTF-8; fewer alerts have a paragraph then, and those a shorter one.</param>
    public static NoticeMessage Of(NoticePolicy policy, IEnumerable<AlertView> due, string wallUrl, DateTimeOffset now, int bytesMax = int.MaxValue)
    {
        var language = policy.Language;
        var alerts = due.Select(alert => alert.In(language)).OrderByDescending(alert => AlertWords.SeverityOf(alert.Severity)).ThenBy(alert => alert.RaisedAt).ToArray();
        var first = alerts[0];
        var severity = AlertWords.SeverityName(language, first.Severity);
        var title = alerts.Length == 1
            ? TextBook.Get(language, "notice.title.one", severity, first.SensorName, Finding(language, first))
            : TextBook.Get(language, "notice.title.many", severity, first.SensorName, alerts.Length);
        var end = TextBook.Get(language, wallUrl.Length > 0 ? "notice.end.url" : "notice.end", policy.Name, wallUrl);
        var left = bytesMax - BytesOf(title) - BytesOf(end) - 1;
        var text = new StringBuilder();
        var named = 0;
        for (; named < alerts.Length && named < ParagraphsMax; named++)
        {
            var rest = named == alerts.Length - 1 ? 0 : BytesOf(More(language, alerts.Length - named - 1));
            var paragraph = Paragraph(policy, alerts[named], now, isWhole: true);
            if (BytesOf(paragraph) + rest > left) paragraph = Paragraph(policy, alerts[named], now, isWhole: false);
            // A message that names none of its alerts would help nobody: the first one always stands.
            if (named > 0 && BytesOf(paragraph) + rest > left) break;
            left -= BytesOf(paragraph);
            text.Append(paragraph);
        }
        if (named < alerts.Length) text.Append(More(language, alerts.Length - named));
        return new NoticeMessage(title, text.Append(end).ToString(), alerts, named, language, NumberOf(policy, alerts));
    }

    /// <summary>What an officer sends to see whether a policy reaches its recipients.</summary>
    public static NoticeMessage Trial(NoticePolicy policy, string officer, DateTimeOffset now) => new(
        TextBook.Get(policy.Language, "notice.trial.title", policy.Name), TextBook.Get(policy.Language, "notice.trial.text", policy.Name, officer, Clock(now, now)), [], 0, policy.Language, Guid.NewGuid().ToString("N"));

    private static string Paragraph(NoticePolicy policy, AlertView alert, DateTimeOffset now, bool isWhole)
    {
        var language = policy.Language;
        var lines = new List<string>
        {
            TextBook.Get(language, "notice.place", AlertWords.SeverityName(language, alert.Severity), alert.SensorName, AlertWords.Kind(language, alert.Kind), alert.Street).TrimEnd(' ', '·'),
            TextBook.Get(language, "notice.finding", Finding(language, alert), Clock(alert.ObservedAt, now)),
            alert.OverdueAt is not null
                ? TextBook.Get(language, "notice.overdue", alert.AssignedTo, Clock(alert.DueAt!.Value, now))
                : Waiting(language, policy.WaitingSince(alert), now),
        };
        if (isWhole && alert.EvidenceText is { Length: > 0 } evidence) lines.Add(evidence);
        if (isWhole && alert.SurroundingsText is { Length: > 0 } surroundings) lines.Add(surroundings);
        return string.Join('\n', lines) + "\n\n";
    }

    private static string Waiting(string language, DateTimeOffset since, DateTimeOffset now) => now - since < TimeSpan.FromMinutes(1)
        ? TextBook.Get(language, "notice.new", Clock(since, now))
        : TextBook.Get(language, "notice.waiting", Clock(since, now), (int)(now - since).TotalMinutes);

    private static string Finding(string language, AlertView alert)
    {
        if (alert.Metric.Length == 0 || alert.Value is null) return alert.RuleName;
        var metric = AlertWords.Metric(language, alert.Metric);
        var value = Figures.Of(language, alert.Kind, alert.Metric, alert.Value);
        return alert.Threshold is null || alert.Unit is "1" or ""
            ? TextBook.Get(language, "notice.value", alert.RuleName, metric, value)
            : TextBook.Get(language, "notice.value.limit", alert.RuleName, metric, value, Figures.Of(language, alert.Kind, alert.Metric, alert.Threshold));
    }

    private static string More(string language, int count) => TextBook.Get(language, "notice.more", count) + "\n";

    // The date only where it is not today's.
    private static string Clock(DateTimeOffset time, DateTimeOffset now)
    {
        var (local, today) = (time.ToOffset(TimeParameter.ShanghaiOffset), now.ToOffset(TimeParameter.ShanghaiOffset));
        return local.ToString(local.Date == today.Date ? "HH:mm" : "MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    private static string NumberOf(NoticePolicy policy, AlertView[] alerts)
    {
        var name = new StringBuilder(policy.Name);
        foreach (var alert in alerts) name.Append(CultureInfo.InvariantCulture, $"\n{alert.Id} {alert.Severity} {NoticePolicy.CallOf(alert):O}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name.ToString())).AsSpan(0, 16));
    }

    private static int BytesOf(string text) => Encoding.UTF8.GetByteCount(text);
}

using System.Globalization;
using System.Text;
using LuohuIOC.Alerts;
using LuohuIOC.Http;
using LuohuIOC.Texts;

namespace LuohuIOC.Notices;

/// <summary>What is sent: alerts that wait for an officer, worst first, in words that can be acted on without the wall.</summary>
/// <param name="Title">One line.</param>
/// <param name="Text">All of it, without the title.</param>
/// <param name="Alerts">Those of which it tells, worst first.</param>
internal sealed record NoticeMessage(string Title, string Text, IReadOnlyList<AlertView> Alerts)
{
    /// <summary>Alerts with a paragraph each; of the others their number is told.</summary>
    public const int ParagraphsMax = 20;

    /// <param name="policy">The policy by which.</param>
    /// <param name="due">At least one.</param>
    /// <param name="wallUrl">Address of the wall, or empty.</param>
    /// <param name="now">The present time.</param>
    /// <param name="bytesMax">Of the text in UTF-8; fewer alerts have a paragraph then.</param>
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
        var text = new StringBuilder();
        for (var i = 0; i < alerts.Length; i++)
        {
            var paragraph = Paragraph(language, alerts[i], now);
            var isLast = i == alerts.Length - 1;
            var rest = isLast ? "" : TextBook.Get(language, "notice.more", alerts.Length - i);
            // A message that names none of its alerts would help nobody: the first one always stands.
            if (i > 0 && (i == ParagraphsMax || BytesOf(text) + BytesOf(paragraph) + BytesOf(rest) + BytesOf(end) > bytesMax))
            {
                text.Append(TextBook.Get(language, "notice.more", alerts.Length - i)).Append('\n');
                break;
            }
            text.Append(paragraph);
        }
        return new NoticeMessage(title, text.Append(end).ToString(), alerts);
    }

    /// <summary>What an officer sends to see whether a policy reaches its recipients.</summary>
    public static NoticeMessage Trial(NoticePolicy policy, string officer, DateTimeOffset now) => new(
        TextBook.Get(policy.Language, "notice.trial.title", policy.Name), TextBook.Get(policy.Language, "notice.trial.text", policy.Name, officer, Clock(now, now)), []);

    private static string Paragraph(string language, AlertView alert, DateTimeOffset now)
    {
        var lines = new List<string>
        {
            TextBook.Get(language, "notice.place", AlertWords.SeverityName(language, alert.Severity), alert.SensorName, AlertWords.Kind(language, alert.Kind), alert.Street).TrimEnd(' ', '·'),
            TextBook.Get(language, "notice.finding", Finding(language, alert), Clock(alert.ObservedAt, now)),
            alert.OverdueAt is not null
                ? TextBook.Get(language, "notice.overdue", alert.AssignedTo, Clock(alert.DueAt!.Value, now))
                : TextBook.Get(language, "notice.waiting", Clock(NoticePolicy.WaitingSince(alert), now), Minutes(now - NoticePolicy.WaitingSince(alert))),
        };
        if (alert.EvidenceText is { Length: > 0 } evidence) lines.Add(evidence);
        if (alert.SurroundingsText is { Length: > 0 } surroundings) lines.Add(surroundings);
        return string.Join('\n', lines) + "\n\n";
    }

    private static string Finding(string language, AlertView alert)
    {
        if (alert.Metric.Length == 0 || alert.Value is null) return alert.RuleName;
        var metric = AlertWords.Metric(language, alert.Metric);
        var value = Figures.Of(language, alert.Kind, alert.Metric, alert.Value);
        return alert.Threshold is null || alert.Unit is "1" or ""
            ? TextBook.Get(language, "notice.value", alert.RuleName, metric, value)
            : TextBook.Get(language, "notice.value.limit", alert.RuleName, metric, value, Figures.Of(language, alert.Kind, alert.Metric, alert.Threshold));
    }

    // The date only where it is not today's.
    private static string Clock(DateTimeOffset time, DateTimeOffset now)
    {
        var (local, today) = (time.ToOffset(TimeParameter.ShanghaiOffset), now.ToOffset(TimeParameter.ShanghaiOffset));
        return local.ToString(local.Date == today.Date ? "HH:mm" : "MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    private static int Minutes(TimeSpan time) => (int)Math.Max(0, Math.Floor(time.TotalMinutes));

    private static int BytesOf(string text) => Encoding.UTF8.GetByteCount(text);

    private static int BytesOf(StringBuilder text) => Encoding.UTF8.GetByteCount(text.ToString());
}

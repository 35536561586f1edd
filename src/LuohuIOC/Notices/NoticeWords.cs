using System.Globalization;
using LuohuIOC.Alerts;
using LuohuIOC.Http;
using LuohuIOC.Texts;

namespace LuohuIOC.Notices;

/// <summary>A message's paragraphs: what one alert is, in the words of people who are not before a wall.</summary>
internal static class NoticeWords
{
    /// <summary>Of an alert that waits for an officer.</summary>
    /// <param name="policy">The policy by which it is told.</param>
    /// <param name="alert">In the language of the policy.</param>
    /// <param name="now">The present time.</param>
    /// <param name="isWhole">With evidence and surroundings.</param>
    public static string Waiting(NoticePolicy policy, AlertView alert, DateTimeOffset now, bool isWhole)
    {
        var language = policy.Language;
        var lines = new List<string>
        {
            Place(language, alert, alert.Severity),
            TextBook.Get(language, "notice.finding", Finding(language, alert), Clock(alert.ObservedAt, now)),
            alert.OverdueAt is not null
                ? TextBook.Get(language, "notice.overdue", alert.AssignedTo, Clock(alert.DueAt!.Value, now))
                : Waited(language, policy.WaitingSince(alert), now),
        };
        if (isWhole && alert.EvidenceText is { Length: > 0 } evidence) lines.Add(evidence);
        if (isWhole && alert.SurroundingsText is { Length: > 0 } surroundings) lines.Add(surroundings);
        return Paragraph(lines);
    }

    /// <summary>Of an alert that is over: what it was, how long and how far it went, who closed it and why.</summary>
    public static string Over(string language, AlertView alert, DateTimeOffset now)
    {
        var ended = HasCeased(alert) ? alert.ClearedAt ?? alert.ClosedAt!.Value : alert.ClosedAt!.Value;
        var peak = alert.Metric.Length > 0 && alert.Furthest is not null && alert.Unit is not ("1" or "")
            ? TextBook.Get(language, "notice.over.peak", Measured(language, alert), Figures.Of(language, alert.Kind, alert.Metric, alert.Furthest)) : "";
        var lines = new List<string>
        {
            Place(language, alert, alert.Highest ?? alert.Worst),
            TextBook.Get(language, "notice.over.finding", alert.RuleName, peak),
            TextBook.Get(language, "notice.over.times", Clock(alert.RaisedAt, now), Clock(ended, now), TextBook.Get(language, HasCeased(alert) ? "notice.over.ceased" : "notice.over.closed"), EvidenceWords.Lasting(language, ended - alert.RaisedAt)),
        };
        if (NoticePolicy.IsClosedByPerson(alert)) lines.Add(TextBook.Get(language, "notice.over.by", alert.ClosedBy));
        else if (alert.State == AlertWords.Of(AlertState.Raised)) lines.Add(TextBook.Get(language, "notice.over.unseen"));
        if (!string.IsNullOrWhiteSpace(alert.Comment)) lines.Add(TextBook.Get(language, "notice.over.comment", alert.Comment));
        if (alert.Verdict == AlertWords.Of(AlertVerdict.False)) lines.Add(TextBook.Get(language, "notice.over.false"));
        return Paragraph(lines);
    }

    /// <summary>Its condition holds no more, other than of one that a person has closed all the same.</summary>
    public static bool HasCeased(AlertView alert) => alert.ClearedAt is not null || !NoticePolicy.IsClosedByPerson(alert);

    /// <summary>The rule, and what was measured against which limit.</summary>
    public static string Finding(string language, AlertView alert)
    {
        // Of a state the rule says all.
        if (alert.Metric.Length == 0 || alert.Value is null || alert.Unit == "1") return alert.RuleName;
        var metric = Measured(language, alert);
        var value = Figures.Of(language, alert.Kind, alert.Metric, alert.Value);
        return alert.Threshold is null || alert.Unit.Length == 0
            ? TextBook.Get(language, "notice.value", alert.RuleName, metric, value)
            : TextBook.Get(language, "notice.value.limit", alert.RuleName, metric, value, Figures.Of(language, alert.Kind, alert.Metric, alert.Threshold));
    }

    /// <summary>Hours and minutes in Shanghai, with the date only where it is not today's.</summary>
    public static string Clock(DateTimeOffset time, DateTimeOffset now)
    {
        var (local, today) = (time.ToOffset(TimeParameter.ShanghaiOffset), now.ToOffset(TimeParameter.ShanghaiOffset));
        return local.ToString(local.Date == today.Date ? "HH:mm" : "MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    // A level that rose by 1.26 m in an hour does not stand at 1.26 m; rain is a sum by its rule's name.
    private static string Measured(string language, AlertView alert)
    {
        var metric = AlertWords.Metric(language, alert.Metric);
        return EvidenceWords.WindowOf(alert.Evidence) is { } window && !AlertWords.IsAmount(alert.Kind, alert.Metric)
            ? TextBook.Get(language, "notice.change", TextBook.Get(language, "surroundings.hours", window.TotalHours), metric) : metric;
    }

    private static string Place(string language, AlertView alert, string severity) =>
        TextBook.Get(language, "notice.place", AlertWords.SeverityName(language, severity), alert.SensorName, AlertWords.Kind(language, alert.Kind), alert.Street).TrimEnd(' ', '·');

    private static string Waited(string language, DateTimeOffset since, DateTimeOffset now) => now - since < TimeSpan.FromMinutes(1)
        ? TextBook.Get(language, "notice.new", Clock(since, now))
        : TextBook.Get(language, "notice.waiting", Clock(since, now), (int)(now - since).TotalMinutes);

    private static string Paragraph(IEnumerable<string> lines) => string.Join('\n', lines) + "\n\n";
}

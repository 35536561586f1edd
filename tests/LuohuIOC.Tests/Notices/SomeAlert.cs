using LuohuIOC.Alerts;
using LuohuIOC.Notices;
using LuohuIOC.Tests.Alerts;

namespace LuohuIOC.Tests.Notices;

internal static class SomeAlert
{
    public static readonly DateTimeOffset Raised = Some.Now;

    /// <summary>Orange, of a waterlogging point, 0.31 m where 0.27 is the limit.</summary>
    public static AlertView Waiting(string id = "a1", string severity = "orange", string name = "文锦渡易涝点") => AlertView.Of(new Alert
    {
        Id = id,
        Subject = Some.Subject() with { Name = name },
        Rule = Some.Rule,
        State = AlertState.Raised,
        Severity = AlertWords.SeverityOf(severity),
        Worst = AlertWords.SeverityOf(severity),
        Metric = "depth",
        Value = 0.31,
        Threshold = 0.27,
        ObservedAt = Raised.AddSeconds(-1),
        RaisedAt = Raised,
        UpdatedAt = Raised,
        Version = 1,
        Call = AlertCall.Begin(AlertWords.SeverityOf(severity), Raised),
    });

    /// <summary>The alert, of which somebody was told as it stands.</summary>
    public static AlertView Told(AlertView alert, string to = "chief@luohu.test", bool delivered = true, string policy = "值班长", bool? ended = null) =>
        alert with { Notices = [.. alert.Notices ?? [], new NoticeMark(policy, to, delivered, AlertWords.SeverityOf(alert.Severity), Raised, NoticePolicy.CallOf(alert), ended)] };

    /// <summary>The alert, whose condition has been away since then; closed where somebody is named, or the system.</summary>
    public static AlertView Ceased(AlertView alert, int second, string? closedBy = null) => alert with
    {
        ClearedAt = Raised.AddSeconds(second),
        ClosedBy = closedBy,
        ClosedAt = closedBy is null ? null : Raised.AddSeconds(second),
        State = closedBy is null ? alert.State : AlertWords.Of(AlertState.Closed),
    };

    /// <summary>The alert, calling anew.</summary>
    public static AlertView Anew(AlertView alert, int second) => alert with { Call = AlertCall.Begin(AlertWords.SeverityOf(alert.Severity), Raised.AddSeconds(second)) };

    public static NoticePolicy Policy(string severity = "orange", string after = "00:00:00", string kinds = "", string streets = "", string language = "zh-CN", bool ended = true, string hours = "", params string[] to) => new(new PolicyOptions
    {
        Name = "值班长",
        Severity = severity,
        After = TimeSpan.Parse(after, System.Globalization.CultureInfo.InvariantCulture),
        Kinds = kinds,
        Streets = streets,
        Language = language,
        Ended = ended,
        Hours = hours,
        To = [.. to],
    }, new WorkdayCalendar(new NoticeOptions()));
}

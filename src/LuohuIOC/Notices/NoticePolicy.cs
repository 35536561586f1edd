using LuohuIOC.Alerts;

namespace LuohuIOC.Notices;

/// <summary>Which alerts are told to whom, read from <see cref="PolicyOptions"/>.</summary>
/// <param name="options">The policy.</param>
/// <param name="calendar">Which days are workdays.</param>
internal sealed class NoticePolicy(PolicyOptions options, WorkdayCalendar calendar)
{
    /// <summary>Hosts' clocks differ by less. What was raised further in the future was so before the clock was set back: nobody knows how long it has waited.</summary>
    private static readonly TimeSpan ClocksApart = TimeSpan.FromMinutes(1);

    /// <summary>That an alert is over is no news for longer, to whoever could not be told.</summary>
    public static readonly TimeSpan NewsFor = TimeSpan.FromHours(1);

    private readonly Severity _least = AlertWords.SeverityOf(options.Severity);
    private readonly HashSet<string> _kinds = Listed(options.Kinds);
    private readonly HashSet<string> _streets = Listed(options.Streets);

    private readonly DutyHours _duty = DutyHours.Of(options.Hours, options.Days)!;

    public string Name => options.Name;

    public string Language => options.Language;

    public string Severity => AlertWords.Of(_least);

    public TimeSpan After => options.After;

    public IReadOnlyList<Recipient> Recipients { get; } = [.. options.To.Select(to => Recipient.Of(to)!)];

    /// <summary>Whether its recipients are on duty.</summary>
    public bool IsOnDuty(DateTimeOffset now) => _duty.Contains(now, calendar);

    /// <summary>
    /// Whether a recipient is to be told of an alert now: it is on duty, the alert waits for an officer, has done so at the policy's severity for long enough, and of this call the recipient has been told nothing, or
    /// something milder.
    /// </summary>
    /// <param name="alert">As it stands.</param>
    /// <param name="to">The recipient's label.</param>
    /// <param name="now">The present time.</param>
    public bool IsDue(AlertView alert, string to, DateTimeOffset now)
    {
        if (alert.State != AlertWords.Of(AlertState.Raised) || alert.ClearedAt is not null) return false;
        var severity = AlertWords.SeverityOf(alert.Severity);
        if (severity < _least || !Holds(_kinds, alert.Kind) || !Holds(_streets, alert.Street)) return false;
        if (!IsOnDuty(now)) return false;
        var waited = now - WaitingSince(alert);
        if (waited < After && waited > -ClocksApart) return false;
        return !(alert.Notices ?? []).Any(told => told.Delivered && IsSame(told, to) && told.Severity >= severity && told.Call == CallOf(alert));
    }

    /// <summary>
    /// Whether a recipient who was told of an alert is to be told now that it is over: a person has closed it, or its condition has been away for so long that it would call anew if it came back.
    /// </summary>
    /// <param name="alert">As it stands, open or closed.</param>
    /// <param name="to">The recipient's label.</param>
    /// <param name="now">The present time.</param>
    public bool IsOver(AlertView alert, string to, DateTimeOffset now)
    {
        if (!options.Ended || OverAt(alert) is not { } over || now < over || now - over > NewsFor) return false;
        return (alert.Notices ?? []).Any(told => told.Delivered && told.Ended is null && IsSame(told, to) && told.Call == CallOf(alert));
    }

    /// <summary>Whether the record says already that this alert, as it stands, or that it is over, could not be told to the recipient.</summary>
    public bool IsKnownToFail(AlertView alert, string to, bool? ended = null) => (alert.Notices ?? []).Any(told =>
        !told.Delivered && told.Ended == ended && IsSame(told, to) && told.Severity == AlertWords.SeverityOf(alert.Severity) && told.Call == CallOf(alert));

    /// <summary>When it may be told that an alert is over; null while it holds.</summary>
    public static DateTimeOffset? OverAt(AlertView alert)
    {
        if (IsClosedByPerson(alert) && alert.ClearedAt is null) return alert.ClosedAt;
        return (alert.ClearedAt ?? alert.ClosedAt) + AlertCall.LullMin;
    }

    public static bool IsClosedByPerson(AlertView alert) => alert.ClosedBy is { } by && by != Alert.System;

    /// <summary>Since when nobody has dealt with an alert of the policy's severity.</summary>
    public DateTimeOffset WaitingSince(AlertView alert) => alert.Call?.Since(_least) ?? CallOf(alert);

    /// <summary>Which call of the alert it is; older versions stored none.</summary>
    public static DateTimeOffset CallOf(AlertView alert) => alert.Call?.At ?? alert.OverdueAt ?? alert.HoldsSince ?? alert.RaisedAt;

    private bool IsSame(NoticeMark told, string to) => told.Policy == Name && told.To == to;

    private static bool Holds(HashSet<string> listed, string value) => listed.Count == 0 || listed.Contains(value);

    private static HashSet<string> Listed(string text) => new(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
}

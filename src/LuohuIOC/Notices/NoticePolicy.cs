using LuohuIOC.Alerts;

namespace LuohuIOC.Notices;

/// <summary>Which alerts are told to whom, read from <see cref="PolicyOptions"/>.</summary>
internal sealed class NoticePolicy(PolicyOptions options)
{
    private readonly Severity _least = AlertWords.SeverityOf(options.Severity);
    private readonly HashSet<string> _kinds = Listed(options.Kinds);
    private readonly HashSet<string> _streets = Listed(options.Streets);

    public string Name => options.Name;

    public string Language => options.Language;

    public string Severity => AlertWords.Of(_least);

    public TimeSpan After => options.After;

    public IReadOnlyList<Recipient> Recipients { get; } = [.. options.To.Select(to => Recipient.Of(to)!)];

    /// <summary>
    /// Whether a recipient is to be told of an alert now: it waits for an officer, has done so for long enough, and what the recipient has been told of it last is milder, or older than the
    /// passing of its deadline.
    /// </summary>
    /// <param name="alert">As it stands.</param>
    /// <param name="to">The recipient's label.</param>
    /// <param name="now">The present time.</param>
    public bool IsDue(AlertView alert, string to, DateTimeOffset now)
    {
        if (alert.State != AlertWords.Of(AlertState.Raised) || alert.ClearedAt is not null) return false;
        var severity = AlertWords.SeverityOf(alert.Severity);
        if (severity < _least || !Holds(_kinds, alert.Kind) || !Holds(_streets, alert.Street)) return false;
        if (now - WaitingSince(alert) < After) return false;
        return !(alert.Notices ?? []).Any(told => told.Delivered && IsSame(told, to) && AlertWords.SeverityOf(told.Severity) >= severity && !(told.At < alert.OverdueAt));
    }

    /// <summary>Whether the record says already that this alert, as it stands, could not be told to the recipient.</summary>
    public bool IsKnownToFail(AlertView alert, string to) =>
        (alert.Notices ?? []).Any(told => !told.Delivered && IsSame(told, to) && told.Severity == alert.Severity && !(told.At < alert.OverdueAt));

    /// <summary>Since when an alert is what nobody deals with.</summary>
    public static DateTimeOffset WaitingSince(AlertView alert) => alert.OverdueAt ?? alert.HoldsSince ?? alert.RaisedAt;

    private bool IsSame(NoticeView told, string to) => told.Policy == Name && told.To == to;

    private static bool Holds(HashSet<string> listed, string value) => listed.Count == 0 || listed.Contains(value);

    private static HashSet<string> Listed(string text) => new(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.Ordinal);
}

using System.Security.Cryptography;
using System.Text;

namespace LuohuIOC.Alerts;

/// <summary>Where an alert is in its life. Stored: never renumber.</summary>
public enum AlertState : byte
{
    /// <summary>Needs an officer's attention.</summary>
    Raised = 1,

    /// <summary>An officer has seen it.</summary>
    Acknowledged = 2,

    /// <summary>Over, for ever: a later raise is a new alert.</summary>
    Closed = 3,
}

/// <summary>The sensor as it stood in the registry when the alert was raised: what officers were told then, kept as it was.</summary>
/// <param name="SensorId">Id of the sensor; of a gateway <see cref="IdOfGateway"/>.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Kind">Wire name of its kind, for example <c>waterlogging</c>.</param>
/// <param name="Street">Street (街道) it stands in.</param>
/// <param name="Longitude">Degrees, WGS84; longitude and latitude are both 0 while the place is unknown.</param>
/// <param name="Latitude">Degrees, WGS84.</param>
public sealed record AlertSubject(string SensorId, string Name, string Kind, string Street, double Longitude, double Latitude)
{
    /// <summary>The kind of a gateway that has an alert itself.</summary>
    public const string GatewayKind = "gateway";

    // No id of a sensor has a slash, so that a gateway is taken for none of its name.
    private const string GatewayPrefix = "gateway/";

    /// <summary>What stands for a gateway where alerts have a sensor's id: <c>gw-1</c> is <c>gateway/gw-1</c>.</summary>
    public static string IdOfGateway(string gateway) => GatewayPrefix + gateway;

    /// <summary>The gateway that an alert's id of a sensor stands for; null when it is a sensor's.</summary>
    public static string? GatewayOf(string id) => id.StartsWith(GatewayPrefix, StringComparison.Ordinal) ? id[GatewayPrefix.Length..] : null;
}

/// <summary>One alert of one rule at one sensor, the fold of its <see cref="AlertEvent"/>s.</summary>
public sealed record Alert
{
    /// <summary>Actor of transitions that no person made.</summary>
    public const string System = "system";

    public required string Id { get; init; }

    public required AlertSubject Subject { get; init; }

    public required string Rule { get; init; }

    public required AlertState State { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>Worst severity that no officer has acknowledged; decides whether the alert may close unseen when its condition clears.</summary>
    public required Severity Worst { get; init; }

    /// <summary>Wire name of the metric that decided, empty for rules without one.</summary>
    public string Metric { get; init; } = "";

    /// <summary>Value of the last step in the metric's unit, of the one that cleared it too; null without one.</summary>
    public double? Value { get; init; }

    /// <summary>The furthest beyond its thresholds of the values that its steps have told, where it is not that of the last step; else null.</summary>
    public double? Furthest { get; init; }

    /// <summary>Limit that was crossed in the metric's unit, null without one.</summary>
    public double? Threshold { get; init; }

    /// <summary>Short JSON object with what else an officer should see, or null.</summary>
    public string? Evidence { get; init; }

    /// <summary>Time of the reading that decided the present severity.</summary>
    public required DateTimeOffset ObservedAt { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Since when the condition no longer holds; null while it does.</summary>
    public DateTimeOffset? ClearedAt { get; init; }

    public string? AcknowledgedBy { get; init; }

    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>Person or unit that deals with it.</summary>
    public string? AssignedTo { get; init; }

    public string? ClosedBy { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Newest comment; all of them are in the events.</summary>
    public string? Comment { get; init; }

    /// <summary>Sequence of the newest event: 1, 2, 3 …</summary>
    public required int Version { get; init; }

    /// <summary>Whether an officer found it true or false; null while nobody has said.</summary>
    public AlertVerdict? Verdict { get; init; }

    public string? MarkedBy { get; init; }

    public DateTimeOffset? MarkedAt { get; init; }

    /// <summary>Null until they have been looked at.</summary>
    public Surroundings? Surroundings { get; init; }

    /// <summary>Version since which nothing has changed that an officer decides upon, where that is not the newest; else null.</summary>
    public int? TurnedAs { get; init; }

    /// <summary>Since when the condition holds again; null when it has not ended between.</summary>
    public DateTimeOffset? ReturnedAt { get; init; }

    /// <summary>Highest severity of its life, acknowledged or not; null in what older versions have stored.</summary>
    public Severity? Highest { get; init; }

    /// <summary>Which way of folding events the alert was begun with, so that the ledger's verification knows what a stored row must have; null before 2; since 3 the furthest of a detector's fall is its lowest value, since 4 it has a call.</summary>
    public int? Fold { get; init; }

    /// <summary>By when whoever it is assigned to should have dealt with it; null without a deadline.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When the deadline was found to have passed while the condition held; null while it has not, and again when it is assigned anew.</summary>
    public DateTimeOffset? OverdueAt { get; init; }

    /// <summary>Who was told outside of walls, or could not be; null when nobody.</summary>
    public NoticeMark[]? Notices { get; init; }

    /// <summary>Since when it has called for an officer; it stands when one has seen it, and is null in what was begun before version 4 of the fold and has not called anew.</summary>
    public AlertCall? Call { get; init; }

    /// <summary>Raise it when an event comes to mean something else for a property that was there before, and see <see cref="AlertChain"/>.</summary>
    public const int PresentFold = 4;

    /// <summary>
    /// The id of the alert that a change raises: the same change always gives the same id, so a replay after a crash
    /// cannot make a second alert of one fact. 24 hexadecimal digits.
    /// </summary>
    public static string IdOf(string sensorId, RuleChange raise)
    {
        var name = string.Create(null, $"{sensorId}\n{raise.Rule}\n{raise.ObservedMs}\n{(int?)raise.Severity}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 12));
    }
}

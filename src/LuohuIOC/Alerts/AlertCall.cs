namespace LuohuIOC.Alerts;

/// <summary>Since when an alert has called for an officer, by severity: what a ladder of notices counts from, and what tells one call from the next.</summary>
/// <param name="At">When it last began to call: raised, back after a lull, worse or overdue after an officer had seen it. Of two calls of one alert the later has the later time.</param>
/// <param name="Yellow">Since when it has done so at yellow or above without a break; null while it is below.</param>
/// <param name="Orange">The same for orange or above.</param>
/// <param name="Red">The same for red.</param>
[GenerateSerializer, Immutable, Alias("luohu.alert-call.v1")]
public sealed record AlertCall(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] DateTimeOffset? Yellow,
    [property: Id(2)] DateTimeOffset? Orange,
    [property: Id(3)] DateTimeOffset? Red)
{
    /// <summary>A condition that was away for less has not ended for whoever is on his way: water that plays around a limit calls once.</summary>
    public static readonly TimeSpan LullMin = TimeSpan.FromMinutes(10);

    public static AlertCall Begin(Severity severity, DateTimeOffset at) => new AlertCall(at, null, null, null).Now(severity, at);

    /// <summary>The same call at another severity.</summary>
    public AlertCall Now(Severity severity, DateTimeOffset at) => this with
    {
        Yellow = severity >= Severity.Yellow ? Yellow ?? at : null,
        Orange = severity >= Severity.Orange ? Orange ?? at : null,
        Red = severity >= Severity.Red ? Red ?? at : null,
    };

    /// <summary>Since when it has called at a severity or above; null while it is below.</summary>
    public DateTimeOffset? Since(Severity least) => least switch
    {
        Severity.Red => Red,
        Severity.Orange => Orange,
        Severity.Yellow => Yellow,
        _ => At,
    };
}

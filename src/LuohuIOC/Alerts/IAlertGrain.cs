namespace LuohuIOC.Alerts;

/// <summary>
/// The alerts of one sensor, keyed by the sensor's id: at most one open alert per rule. Every method tells the wall at once and
/// completes when the change is durable; while the disk refuses, the wall goes on and the calls wait. While a ledger cannot be asked what it has of a
/// sensor, officers' calls fail and change nothing.
/// </summary>
[Alias("luohu.alerts")]
public interface IAlertGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes what the sensor's rules found, in order. Tells the wall at once, completes when the change is durable.
    /// A change seen before (same rule, severity and observed time) does nothing.
    /// </summary>
    [Alias("observe")]
    Task Observe(RuleChange[] changes);

    /// <summary>As <see cref="Observe"/>, but completes when walls have been told: for a caller that waits for the ledger already.</summary>
    [Alias("show")]
    Task Show(RuleChange[] changes);

    /// <summary>What the sensor's rules have reported last and not ended, also where an officer has closed the alert; null while the ledger cannot be asked.</summary>
    [Alias("standing")]
    Task<StandingAlert[]?> Standing();

    /// <summary>
    /// Takes, in order, what a host could not tell before it ended. Completes when it is durable; told twice it does nothing. Fails while the ledger is away.
    /// </summary>
    [Alias("recover")]
    Task Recover(NotedChange[] changes);

    /// <summary>An officer has seen the alert. Doing it twice is no error; another officer's second one is.</summary>
    [Alias("acknowledge")]
    Task<AlertOutcome> Acknowledge(AlertRequest request);

    /// <summary>Gives the alert to a person or unit, until a time where the request has one.</summary>
    [Alias("assign")]
    Task<AlertOutcome> Assign(AlertRequest request, string assignee);

    [Alias("comment")]
    Task<AlertOutcome> Comment(AlertRequest request);

    /// <summary>Closes the alert; while its condition holds this needs a comment.</summary>
    [Alias("close")]
    Task<AlertOutcome> Close(AlertRequest request);

    /// <summary>Keeps an officer's verdict on an alert of this sensor, open or closed. Doing it twice is no error and adds nothing.</summary>
    [Alias("mark")]
    Task<AlertOutcome> Mark(AlertRequest request, AlertVerdict verdict);

    /// <summary>Takes an officer's verdict back. Where there is none it is no error and adds nothing.</summary>
    [Alias("withdraw")]
    Task<AlertOutcome> Withdraw(AlertRequest request);

    /// <summary>Keeps what stood around the sensor when the alert was raised. The first counts; for an alert that is not open it does nothing.</summary>
    [Alias("survey")]
    Task Survey(string alertId, Surroundings surroundings);

    /// <summary>Keeps who was told of an alert outside of walls, or could not be; also of one that has closed meanwhile. Told twice it adds nothing.</summary>
    [Alias("notified")]
    Task Notified(string alertId, Severity severity, NoticeDelivery[] notices);

    /// <summary>Closes alerts whose condition cleared longer ago than the configured time, and tells of deadlines that have passed while it holds.</summary>
    [Alias("expire")]
    Task Expire();
}

/// <summary>What an officer's request came to.</summary>
/// <param name="Refusal">Why not; <see cref="AlertRefusal.None"/> when it was done.</param>
/// <param name="Alert">The alert afterwards, or as it stands when refused; null when it is not open.</param>
[GenerateSerializer, Immutable, Alias("luohu.alert-outcome.v1")]
public sealed record AlertOutcome(
    [property: Id(0)] AlertRefusal Refusal,
    [property: Id(1)] AlertView? Alert);

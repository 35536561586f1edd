namespace LuohuIOC.Alerts;

/// <summary>What can be asked of one rule's alert at one sensor.</summary>
public abstract record AlertCommand
{
    /// <summary>The rule found a change.</summary>
    public sealed record Observe(AlertSubject Subject, RuleChange Change) : AlertCommand;

    /// <summary>Time has passed: an alert whose condition cleared long ago may close, one that was assigned may be overdue.</summary>
    public sealed record Expire : AlertCommand;

    public sealed record Acknowledge(AlertRequest Request) : AlertCommand;

    public sealed record Assign(AlertRequest Request, string Assignee) : AlertCommand;

    public sealed record Note(AlertRequest Request) : AlertCommand;

    public sealed record Close(AlertRequest Request) : AlertCommand;

    /// <remarks>Without a verdict the mark is taken back.</remarks>
    public sealed record Mark(AlertRequest Request, AlertVerdict? Verdict) : AlertCommand;

    /// <summary>What stood around the sensor when the alert was raised is known.</summary>
    public sealed record Survey(string AlertId, Surroundings Surroundings) : AlertCommand;

    /// <summary>People were told of it outside of walls, or could not be.</summary>
    public sealed record Tell(string AlertId, Severity Severity, NoticeDelivery[] Notices) : AlertCommand;

    private AlertCommand()
    {
    }
}

/// <summary>Who asks for a transition of which alert.</summary>
/// <param name="AlertId">The alert.</param>
/// <param name="Actor">Name of the officer.</param>
/// <param name="Comment">Free text, or null.</param>
/// <param name="Version">Version that the officer saw; null does not check.</param>
/// <param name="DueAt">Of an assignment: by when it should be dealt with, or null.</param>
[GenerateSerializer, Immutable, Alias("luohu.alert-request.v1")]
public sealed record AlertRequest(
    [property: Id(0)] string AlertId,
    [property: Id(1)] string Actor,
    [property: Id(2)] string? Comment,
    [property: Id(3)] int? Version,
    [property: Id(4)] DateTimeOffset? DueAt = null);

/// <summary>Why a command was refused.</summary>
public enum AlertRefusal : byte
{
    None = 0,

    /// <summary>The alert is closed, or never was.</summary>
    NotOpen = 1,

    /// <summary>The alert has changed since the officer saw it.</summary>
    VersionConflict = 2,

    /// <summary>Another officer has acknowledged it.</summary>
    AcknowledgedByAnother = 3,

    /// <summary>The condition still holds: closing needs a reason.</summary>
    CommentRequired = 4,
}

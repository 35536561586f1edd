namespace LuohuIOC.Alerts;

/// <summary>The alerts that are open now, for a detector that ends what it watches no more, and what becomes of them.</summary>
public interface IOpenAlerts
{
    IEnumerable<AlertView> Open { get; }

    /// <summary>Those of one sensor whose condition holds. Looks at all that are open: for what is rare.</summary>
    IReadOnlyList<StandingAlert> StandingOf(string sensorId);

    /// <summary>Any alert's transition, also one of another host and one after it was closed. A handler queues and returns.</summary>
    event Action<AlertView>? Changed;
}

/// <summary>What a rule has raised and not ended.</summary>
/// <param name="Rule">Id of the rule.</param>
/// <param name="Severity">Its present severity.</param>
/// <param name="ObservedAt">Time of the reading that decided it.</param>
/// <param name="Furthest">Furthest value that was told; null when that is not known.</param>
[GenerateSerializer, Immutable, Alias("luohu.standing-alert.v1")]
public readonly record struct StandingAlert([property: Id(0)] string Rule, [property: Id(1)] Severity Severity, [property: Id(2)] DateTimeOffset ObservedAt, [property: Id(3)] double? Furthest = null);

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LuohuIOC.Ingestion.Outside;

/// <summary>Degraded while the outside broker cannot be reached: nothing is lost, it waits there, but nothing comes.</summary>
internal sealed class OutsideHealth(OutsideBroker broker) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!broker.Setup.Options.IsOn) return Task.FromResult(HealthCheckResult.Healthy());
        if (!broker.Link.IsConfirmed) return Task.FromResult(HealthCheckResult.Degraded(KeyOf(broker.Link.Fault)));
        var lost = broker.Sessions.Append(broker.Guard).FirstOrDefault(s => s is { ConnectedSince: null });
        return Task.FromResult(lost is null ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(KeyOf(lost.Fault)));
    }

    // ready.outside-refused, ready.outside-untrusted, …
    private static string KeyOf(OutsideFault? fault) => fault is null ? "outside-connecting" : $"outside-{fault.Kind.ToString().ToLowerInvariant()}";
}

using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LuohuIOC.History;

/// <summary>Degraded while the store takes nothing: alerts and acknowledgements go on, readings wait in the journal.</summary>
internal sealed class HistoryHealth(HistoryWriter writer) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(writer.Fault is { } fault ? HealthCheckResult.Degraded(fault) : HealthCheckResult.Healthy());
}

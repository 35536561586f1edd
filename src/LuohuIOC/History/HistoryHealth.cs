using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LuohuIOC.History;

/// <summary>
/// Degraded while the store takes nothing: alerts and acknowledgements go on, readings wait in the journal. Of several hosts with a store each it is
/// well, and says what it answers for.
/// </summary>
internal sealed class HistoryHealth(HistoryWriter writer, HistoryScope scope) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(writer.Fault is { } fault ? HealthCheckResult.Degraded(fault) : HealthCheckResult.Healthy(scope.IsPart ? "history-of-own-gateways" : null));
}

/// <summary>Whether this host's store has the readings of its own gateways only, because each of several hosts writes a file of its own.</summary>
internal sealed record HistoryScope(bool IsPart);

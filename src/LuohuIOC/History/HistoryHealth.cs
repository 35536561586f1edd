using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LuohuIOC.History;

/// <summary>
/// Degraded while the store takes nothing: alerts and acknowledgements go on, readings wait in the journal. Not ready while the store is being opened for the
/// first time, so that whoever waits for the host finds its history; a store that lets it wait longer than <see cref="Patience"/> keeps nobody from the rest.
/// Of several hosts with a store each it is well, and says what it answers for.
/// </summary>
internal sealed class HistoryHealth(HistoryWriter writer, HistoryScope scope) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(Look());

    private HealthCheckResult Look()
    {
        if (writer.Fault is { } fault) return HealthCheckResult.Degraded(fault);
        if (writer.Opening is { } waited) return waited < Patience ? HealthCheckResult.Unhealthy("history-opening") : HealthCheckResult.Degraded("history-opening");
        return HealthCheckResult.Healthy(scope.IsPart ? "history-of-own-gateways" : null);
    }
}

/// <summary>Whether this host's store has the readings of its own gateways only, because each of several hosts writes a file of its own.</summary>
internal sealed record HistoryScope(bool IsPart);

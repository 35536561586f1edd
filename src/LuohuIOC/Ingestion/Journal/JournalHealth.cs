using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LuohuIOC.Ingestion.Journal;

/// <summary>Not ready while the journal cannot write: publishes are not acknowledged then.</summary>
public sealed class JournalHealth(PublishJournal journal) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(journal.Fault is { } fault ? HealthCheckResult.Unhealthy(fault) : HealthCheckResult.Healthy());
}

using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace LuohuIOC.Storage;

/// <summary>Degraded while the database that several hosts share does not answer: readings and alerts go on, what officers do cannot be stored.</summary>
internal sealed class DatabaseHealth(PostgresDatabase database) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await using var connection = await database.OpenAsync(patience.Token);
            await using var command = new NpgsqlCommand("SELECT 1", connection);
            await command.ExecuteScalarAsync(patience.Token);
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (PostgresDatabase.IsTemporary(e) || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return HealthCheckResult.Degraded("database-away");
        }
    }
}

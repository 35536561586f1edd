using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace LuohuIOC.Storage;

/// <summary>
/// Degraded while the database that several hosts share does not answer: readings and alerts go on, what officers do cannot be stored. And while this host's
/// clock is another than the database's: times of readings without a clock of their own, and of alerts, would be wrong without a word.
/// </summary>
internal sealed class DatabaseHealth(PostgresDatabase database, TimeProvider time) : IHealthCheck
{
    /// <summary>Clocks further apart than this differ; hosts that keep time are within milliseconds.</summary>
    internal static readonly TimeSpan ClocksApart = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        var asked = ClockAsync(patience.Token);
        try
        {
            // A connection into nowhere does not end when it is told to.
            var (before, theirs, after) = await asked.WaitAsync(Patience * 2, time, cancellationToken);
            return theirs < before - ClocksApart || theirs > after + ClocksApart ? HealthCheckResult.Degraded("clock-differs") : HealthCheckResult.Healthy();
        }
        catch (Exception e) when (PostgresDatabase.IsTemporary(e) || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _ = asked.ContinueWith(t => t.Exception, TaskContinuationOptions.OnlyOnFaulted);
            return HealthCheckResult.Degraded("database-away");
        }
    }

    /// <summary>The database's clock, and this host's before and after it was asked.</summary>
    private async Task<(DateTimeOffset Before, DateTimeOffset Theirs, DateTimeOffset After)> ClockAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand("SELECT clock_timestamp()", connection);
        var before = time.GetUtcNow();
        var theirs = (DateTime)(await command.ExecuteScalarAsync(cancellation))!;
        return (before, new DateTimeOffset(theirs.ToUniversalTime()), time.GetUtcNow());
    }
}

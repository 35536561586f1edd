using LuohuIOC.Storage;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Alerts;

/// <summary>
/// Fills the board from disk before the host is ready, then asks the grains of alerts that cleared long ago to close them, and of those whose deadline has passed to say so. A grain's own
/// timer would not do: it may sleep for the 24 hours in between.
/// </summary>
public sealed class AlertExpiry(
    AlertBoard board, AlertQueries queries, IGrainFactory grains, IOptions<AlertOptions> options, TimeProvider time, ILogger<AlertExpiry> logger)
    : BackgroundService, IHostedLifecycleService
{
    /// <summary>Before the silo starts: a grain's first transition must not be overwritten by an older row.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        board.Load(queries.Open().Select(alert => AlertView.Of(alert)));
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.AutoCloseEvery, time);
        var deadlinesFrom = Moment.After(time, options.Value.DeadlineGrace);
        var closingFrom = Moment.After(time, options.Value.AutoCloseAfter < options.Value.AutoCloseGrace ? options.Value.AutoCloseAfter : options.Value.AutoCloseGrace);
        while (await Next(timer, stoppingToken))
        {
            var now = time.GetUtcNow();
            var sensors = board.Open.Where(alert => IsDue(alert, now, deadlinesFrom.HasCome(time), closingFrom.HasCome(time))).Select(alert => alert.SensorId).Distinct().ToArray();
            // Each tells walls at once and then waits for the ledger, which may take nothing for now: none waits for another one's.
            await Task.WhenAll(sensors.Select(sensor => Expire(sensor, stoppingToken)));
        }
    }

    private async Task Expire(string sensor, CancellationToken stoppingToken)
    {
        try
        {
            await grains.GetGrain<IAlertGrain>(sensor).Expire();
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            logger.LogWarning(e, "Alerts of {Sensor} that cleared long ago could not be closed, or overdue ones not told; the next round tries again.", sensor);
        }
    }

    private bool IsDue(AlertView alert, DateTimeOffset now, bool areDeadlines, bool areClosed) => alert.ClearedAt is { } cleared
        ? areClosed && now - cleared >= options.Value.AutoCloseAfter
        : areDeadlines && alert.OverdueAt is null && now >= alert.DueAt && alert.HoldsSince <= alert.DueAt;

    private static async Task<bool> Next(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

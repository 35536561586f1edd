using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Registry;
using LuohuIOC.Storage;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Sensing;

/// <summary>
/// Calls sensors that want a call although nothing came (holds, silence), and saves grain states so that the journal's cursor can move.
/// </summary>
public sealed class SensorUpkeep(
    SensorDispatcher dispatcher, PublishJournal journal, SensorRegistry registry, RuleBook rules, SiloStarted silo,
    IOptions<SensingOptions> options, TimeProvider time, ILogger<SensorUpkeep> log) : BackgroundService
{
    /// <summary>Saves all changed states and then the cursor behind which a restart replays. For the graceful stop too.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        // Order matters: every group up to here is judged, its marks are durable, then the states, then the cursor.
        var sensed = dispatcher.Sensed;
        await journal.Flush().WaitAsync(cancellationToken);
        var dirty = dispatcher.Inboxes.Where(i => i.Inbox.Dirty).ToList();
        await Parallel.ForEachAsync(
            dirty, new ParallelOptions { MaxDegreeOfParallelism = options.Value.SavesAtOnce, CancellationToken = cancellationToken },
            async (sensor, _) =>
            {
                sensor.Inbox.Dirty = false;
                await sensor.Inbox.Grain.Save();
            });
        if (sensed > journal.SensingCursor) await journal.SaveSensingCursor(sensed).WaitAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await SaveAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await silo.WaitAsync(stoppingToken);
        rules.Changed += Reconcile;
        registry.Changed += sensor => dispatcher.InboxOf(sensor.Number).DueMs = Now;
        for (var i = 0; i < registry.Count; i++) dispatcher.InboxOf(i).DueMs = Now;
        var savedAt = time.GetTimestamp();
        using var timer = new PeriodicTimer(options.Value.TickEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            // Nobody is late before the readings from before the restart have been judged.
            if (dispatcher.CaughtUp) await Tick(stoppingToken);
            if (time.GetElapsedTime(savedAt) < options.Value.SaveEvery) continue;
            savedAt = time.GetTimestamp();
            try
            {
                await SaveAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Sensing: states could not be saved; the journal keeps what they lack. Free space on the data directory's disk.");
            }
        }
    }

    private void Reconcile(string sensorId)
    {
        if (registry.TryFind(sensorId, out var sensor)) _ = Guard(dispatcher.InboxOf(sensor.Number), g => g.Reconcile(Now));
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task Tick(CancellationToken stopping)
    {
        var now = Now;
        var due = dispatcher.Inboxes.Where(i => i.Inbox.DueMs <= now).Select(i => i.Inbox).ToList();
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = stopping },
            async (inbox, _) =>
            {
                inbox.DueMs = long.MaxValue;
                await Guard(inbox, g => g.Tick(now));
            });
    }

    private async Task Guard(SensorInbox inbox, Func<ISensorGrain, ValueTask<long>> call)
    {
        try
        {
            inbox.DueMs = Math.Min(inbox.DueMs, await call(inbox.Grain));
            inbox.Dirty = true;
        }
        catch (Exception e)
        {
            log.LogError(e, "Sensor {Sensor} could not be looked after", inbox.Grain.GetPrimaryKeyString());
        }
    }
}

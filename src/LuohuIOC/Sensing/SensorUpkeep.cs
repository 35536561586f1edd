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
    // A slice's commit holds up the sensors in it and shares the disk with the journal: small ones, with rests between.
    private static readonly TimeSpan BetweenSlices = TimeSpan.FromMilliseconds(50);

    /// <summary>Saves all changed states and then the cursor behind which a restart replays.</summary>
    /// <param name="spread">Time to take for it: all at once, with their commit, was a hiccup of 40 ms that alerts waited through. Zero for the graceful stop.</param>
    /// <param name="cancellationToken">Ends it; the journal keeps what is not saved.</param>
    public async Task SaveAsync(TimeSpan spread, CancellationToken cancellationToken)
    {
        // Order matters: every group up to here is judged, its marks are durable, then the states, then the cursor.
        var sensed = dispatcher.Sensed;
        await journal.Flush().WaitAsync(cancellationToken);
        var dirty = dispatcher.Inboxes.Select(i => i.Inbox).Where(i => i.Dirty).ToList();
        var slices = Math.Max(1, (int)(spread / BetweenSlices));
        foreach (var slice in dirty.Chunk(Math.Max(options.Value.SavesAtOnce, (dirty.Count + slices - 1) / slices)))
        {
            await Task.WhenAll(slice.Select(Save)).WaitAsync(cancellationToken);
            if (spread > TimeSpan.Zero) await Task.Delay(BetweenSlices, time, cancellationToken);
        }
        if (sensed > journal.SensingCursor) await journal.SaveSensingCursor(sensed).WaitAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await SaveAsync(TimeSpan.Zero, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await silo.WaitAsync(stoppingToken);
        rules.Changed += Reconcile;
        registry.Changed += sensor => dispatcher.InboxOf(sensor.Number).DueMs = Now;
        for (var i = 0; i < registry.Count; i++) dispatcher.InboxOf(i).DueMs = Now;
        await Task.WhenAll(TickOnAsync(stoppingToken), SaveOnAsync(stoppingToken));
    }

    private async Task TickOnAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(options.Value.TickEvery, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            // Nobody is late before the readings from before the restart have been judged.
            if (dispatcher.CaughtUp) await Tick(stopping);
        }
    }

    // Half the time for the saves, half for rest: a crash replays what came since the round before the last began.
    private async Task SaveOnAsync(CancellationToken stopping)
    {
        var half = options.Value.SaveEvery / 2;
        using var timer = new PeriodicTimer(half, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            try
            {
                await SaveAsync(half, stopping);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Sensing: states could not be saved; the journal keeps what they lack. Free space on the data directory's disk.");
            }
        }
    }

    private static async Task Save(SensorInbox inbox)
    {
        inbox.Dirty = false;
        try
        {
            await inbox.Grain.Save();
        }
        catch
        {
            // The next round must not move the cursor past it.
            inbox.Dirty = true;
            throw;
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

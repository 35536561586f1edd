using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Registry;
using LuohuIOC.Storage;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Sensing;

/// <summary>
/// Calls sensors that want a call although nothing came (holds, silence), and saves grain states so that the journal's cursor can move. Each host
/// looks after the grains that live on it; of those that live nowhere, after its share.
/// </summary>
public sealed class SensorUpkeep(
    SensorDispatcher dispatcher, PublishJournal journal, JournalIdentity identity, DueBoard dues, SensorRegistry registry, RuleBook rules, SiloStarted silo,
    Hosts hosts, IOptions<SensingOptions> options, TimeProvider time, ILogger<SensorUpkeep> log) : BackgroundService
{
    /// <summary>
    /// How long after a change among several hosts the share is looked after: those that gateways send for have come to life where their gateways
    /// are, and keep within one process.
    /// </summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    private DateTimeOffset? _shareAt;

    /// <summary>Saves all changed states and then the cursor behind which a restart replays. For the graceful stop too.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        // Order matters: every group up to here is judged, its marks are durable, then the states, then the cursor.
        var sensed = dispatcher.Sensed;
        await journal.Flush().WaitAsync(cancellationToken);
        var dirty = dispatcher.Inboxes.Where(i => i.Dirty).ToList();
        var lost = 0;
        await Parallel.ForEachAsync(
            dirty, new ParallelOptions { MaxDegreeOfParallelism = options.Value.SavesAtOnce, CancellationToken = cancellationToken },
            async (inbox, _) =>
            {
                var delivered = inbox.Delivered;
                inbox.Dirty = false;
                var applied = await SaveAsync(inbox);
                if (applied >= delivered) return;
                Interlocked.Increment(ref lost);
                inbox.Dirty = true;
                dispatcher.Mend(inbox, applied);
            });
        // What was lost with a host is shown again from behind the cursor, which must wait for it.
        if (lost == 0 && sensed > journal.SensingCursor) await journal.SaveSensingCursor(sensed).WaitAsync(cancellationToken);
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
        registry.Changed += sensor => dues.Set(sensor.Number, Now);
        if (!identity.IsShared)
            for (var i = 0; i < registry.Count; i++) dues.Set(i, Now);
        var savedAt = time.GetTimestamp();
        using var timer = new PeriodicTimer(options.Value.TickEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var othersChanged = hosts.TakeChanged();
            if (othersChanged) _shareAt = time.GetUtcNow() + Settled;
            // Nobody is late before the readings from before the restart have been judged.
            if (dispatcher.CaughtUp) await Tick(stoppingToken);
            // When a host has died, saving finds out at once whose state was lost with it.
            if (!othersChanged && time.GetElapsedTime(savedAt) < options.Value.SaveEvery) continue;
            savedAt = time.GetTimestamp();
            try
            {
                await SaveAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Sensing: states could not be saved; the journal keeps what they lack.");
            }
        }
    }

    private async Task<long> SaveAsync(SensorInbox inbox)
    {
        try
        {
            return await inbox.Grain.Save(identity.Value);
        }
        catch
        {
            inbox.Dirty = true;
            throw;
        }
    }

    private void Reconcile(string sensorId)
    {
        if (registry.TryFind(sensorId, out var sensor)) _ = Guard(sensor.Number, g => g.Reconcile(Now));
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task Tick(CancellationToken stopping)
    {
        var now = Now;
        var due = dues.Take(now);
        if (_shareAt <= time.GetUtcNow())
        {
            _shareAt = null;
            due = [.. due, .. Enumerable.Range(0, registry.Count).Where(hosts.IsMine)];
        }
        await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = stopping },
            async (sensor, _) => await Guard(sensor, g => g.Tick(now)));
    }

    private async Task Guard(int sensor, Func<ISensorGrain, ValueTask> call)
    {
        var inbox = dispatcher.InboxOf(sensor);
        try
        {
            inbox.Dirty = true;
            await call(inbox.Grain);
        }
        catch (Exception e)
        {
            dues.Set(sensor, Now + (long)AgainAfter.TotalMilliseconds);
            if (SensorCalls.IsPassing(e)) log.LogWarning("Sensor {Sensor} could not be looked after, it is tried again: {Cause}", registry[sensor].Id, e.Message);
            else log.LogError(e, "Sensor {Sensor} could not be looked after", registry[sensor].Id);
        }
    }
}

using System.Collections.Concurrent;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Listening;
using LuohuIOC.Storage;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Sensing;

/// <summary>
/// Calls sensors that want a call although nothing came (holds, silence), and saves grain states so that the journal's cursor can move. Each host
/// looks after the grains that live on it; of those that live nowhere, after its share.
/// </summary>
public sealed class SensorUpkeep(
    SensorDispatcher dispatcher, PublishJournal journal, JournalIdentity identity, DueBoard dues, SensorRegistry registry, RuleBook rules, SiloStarted silo,
    KnownSensors known, HostListening listening, Hosts hosts, IOptions<SensingOptions> options, TimeProvider time, ILogger<SensorUpkeep> log) : BackgroundService
{
    /// <summary>
    /// How long after a change among several hosts the share is looked after: those that gateways send for have come to life where their gateways
    /// are, and keep within one process.
    /// </summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(15);

    /// <summary>
    /// The share comes to life over so long: each needs a place, its state and its detectors, and all 5,768 at once took half of the processors for four seconds.
    /// </summary>
    private static readonly TimeSpan SharedOver = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan AgainAfter = TimeSpan.FromSeconds(1);

    // A slice's commit holds up the sensors in it and shares the disk with the journal: small ones, with rests between.
    private static readonly TimeSpan BetweenSlices = TimeSpan.FromMilliseconds(50);

    /// <summary>Rounds of saves, ten minutes of them, after which a sensor that always fails holds the journal up no more.</summary>
    private const int RoundsMax = 20;

    private readonly ConcurrentDictionary<int, int> _failing = new();

    private Moment? _shareAt;

    // Why a state of this round could not be saved.
    private string? _unsaved;

    // When a host has come or gone, the next round of saves begins now and takes no rests.
    private TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Saves all changed states and then the cursor behind which a restart replays.</summary>
    /// <param name="spread">Time to take for it: all at once, with their commit, was a hiccup of 40 ms that alerts waited through. Zero for the graceful stop.</param>
    /// <param name="cancellationToken">Ends it; the journal keeps what is not saved.</param>
    public async Task SaveAsync(TimeSpan spread, CancellationToken cancellationToken)
    {
        // Order matters: every group up to here is judged, its marks are durable, then the states, then the cursor.
        var sensed = dispatcher.Sensed;
        await journal.Flush().WaitAsync(cancellationToken);
        var dirty = dispatcher.Inboxes.Where(i => i.Dirty).ToList();
        var slices = Math.Max(1, (int)(spread / BetweenSlices));
        var whole = true;
        foreach (var slice in dirty.Chunk(Math.Max(options.Value.SavesAtOnce, (dirty.Count + slices - 1) / slices)))
        {
            var saving = Array.ConvertAll(slice, Save);
            try
            {
                whole &= (await Task.WhenAll(saving).WaitAsync(cancellationToken)).All(saved => saved);
            }
            catch (OperationCanceledException e)
            {
                var left = slice.Where((_, i) => !saving[i].IsCompleted).Select(inbox => registry[inbox.Sensor].Id).ToList();
                throw new OperationCanceledException($"{left.Count} of {slice.Length} had not answered, first {string.Join(", ", left.Take(5))}.", e, cancellationToken);
            }
            if (spread > TimeSpan.Zero && !_hurry.Task.IsCompleted) await Task.Delay(BetweenSlices, time, cancellationToken);
        }
        if (Interlocked.Exchange(ref _unsaved, null) is { } cause) log.LogWarning("Sensing: some states could not be saved, the next round tries again; the journal keeps what they lack. {Cause}", cause);
        // What was lost with a host is shown again from behind the cursor, which must wait for it.
        if (whole && sensed > journal.SensingCursor) await journal.SaveSensingCursor(sensed).WaitAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await SaveAsync(TimeSpan.Zero, cancellationToken);
        }
        catch (Exception e)
        {
            log.LogWarning("Sensing: states were not all saved before the stop; the next start judges the journal's readings again. {Cause}", e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await silo.WaitAsync(stoppingToken);
        rules.Changed += Reconcile;
        registry.Changed += sensor => dues.Set(sensor.Number, Now);
        if (!identity.IsShared) LookAfterKnown();
        await Task.WhenAll(TickOnAsync(stoppingToken), SaveOnAsync(stoppingToken));
    }

    private async Task TickOnAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(options.Value.TickEvery, time);
        while (await timer.WaitForNextTickAsync(stopping))
        {
            if (hosts.TakeChanged())
            {
                _shareAt = Moment.After(time, Settled);
                // Saving finds out whose state was lost with a host.
                _hurry.TrySetResult();
            }
            var now = listening.Look();
            if (listening.TakeJump()) LookAtAll(now);
            // Nobody is late before the readings from before the restart have been judged.
            if (dispatcher.CaughtUp) await Tick(now, stopping);
        }
    }

    // Half the time for the saves, half for rest: a crash replays what came since the round before the last began.
    private async Task SaveOnAsync(CancellationToken stopping)
    {
        var half = options.Value.SaveEvery / 2;
        while (true)
        {
            await Task.WhenAny(Task.Delay(half, time, stopping), _hurry.Task);
            stopping.ThrowIfCancellationRequested();
            var spread = half;
            if (_hurry.Task.IsCompleted) (_hurry, spread) = (new(TaskCreationOptions.RunContinuationsAsynchronously), TimeSpan.Zero);
            try
            {
                await SaveAsync(spread, stopping);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Sensing: states could not be saved; the journal keeps what they lack.");
            }
        }
    }

    /// <summary>False when the grain was found with an older state: what it lacks is on its way to it.</summary>
    private async Task<bool> Save(SensorInbox inbox)
    {
        var delivered = inbox.Delivered;
        inbox.Dirty = false;
        try
        {
            var applied = await inbox.Grain.Save(identity.Value);
            _failing.TryRemove(inbox.Sensor, out _);
            if (applied >= delivered) return true;
            inbox.Dirty = true;
            dispatcher.Mend(inbox, applied);
            return false;
        }
        catch (Exception e)
        {
            // The next round must not move the cursor past it.
            inbox.Dirty = true;
            if (!PassingFault.Is(e)) return IsGivenUp(inbox.Sensor, e);
            Volatile.Write(ref _unsaved, e.Message);
            return false;
        }
    }

    // The other sensors are saved all the same. One that cannot be for many rounds must not keep the journal from ever being shortened, until no reading
    // of the city fits in any more.
    private bool IsGivenUp(int sensor, Exception e)
    {
        var rounds = _failing.AddOrUpdate(sensor, 1, (_, before) => before + 1);
        if (rounds == 1) log.LogError(e, "Sensor {Sensor}: its state cannot be saved, the next rounds try again; the journal keeps what it lacks", registry[sensor].Id);
        if (rounds == RoundsMax) log.LogError(e, "Sensor {Sensor}: its state could not be saved in {Rounds} rounds; the journal waits for it no longer", registry[sensor].Id, rounds);
        return rounds >= RoundsMax;
    }

    private void Reconcile(string sensorId)
    {
        if (registry.TryFind(sensorId, out var sensor)) _ = Guard(sensor.Number, g => g.Reconcile(Now));
    }

    private long Now => listening.Look();

    // When they wanted to be called was said by another clock.
    private void LookAtAll(long now)
    {
        for (var i = 0; i < registry.Count; i++) dues.Hasten(i, now + ((long)SharedOver.TotalMilliseconds * i / registry.Count), onlyDue: true);
    }

    // One that has been sent for says itself when it wants to be called, perhaps sooner. The others come to life with their first reading.
    private void LookAfterKnown()
    {
        var now = Now;
        foreach (var sensor in known.Numbers()) dues.Hasten(sensor, now);
    }

    private async Task Tick(long now, CancellationToken stopping)
    {
        if (_shareAt?.HasCome(time) == true)
        {
            _shareAt = null;
            var mine = Enumerable.Range(0, registry.Count).Where(number => hosts.IsMine(registry[number].Id)).ToList();
            for (var i = 0; i < mine.Count; i++) dues.Hasten(mine[i], now + ((long)SharedOver.TotalMilliseconds * i / mine.Count));
        }
        await Parallel.ForEachAsync(dues.Take(now), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = stopping },
            async (sensor, _) => await Guard(sensor, g => g.Tick(now)));
    }

    private async Task Guard(int sensor, Func<ISensorGrain, ValueTask> call)
    {
        var inbox = dispatcher.InboxOf(sensor);
        try
        {
            await call(inbox.Grain);
            // Afterwards: a save that reaches the grain before this call must not take the mark away.
            inbox.Dirty = true;
        }
        catch (Exception e)
        {
            dues.Set(sensor, Now + (long)AgainAfter.TotalMilliseconds);
            if (PassingFault.Is(e)) log.LogWarning("Sensor {Sensor} could not be looked after, it is tried again: {Cause}", registry[sensor].Id, e.Message);
            else log.LogError(e, "Sensor {Sensor} could not be looked after", registry[sensor].Id);
        }
    }
}

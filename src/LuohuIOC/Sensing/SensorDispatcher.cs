using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Registry;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing;

/// <summary>
/// Takes committed groups to the sensors' grains, batched per sensor, and hands groups whose sensors are all done on in order.
/// A grain call costs about 4 µs; at 300,000 readings/s there is no time for one each, so what comes while a grain is busy, or
/// while calls are at their limit, travels in its next call.
/// </summary>
public sealed class SensorDispatcher(
    PublishJournal journal, PublishDecoder decoder, SensorRegistry registry, IGrainFactory grains, SiloStarted silo,
    TimeProvider time, ILogger<SensorDispatcher> log)
    : BackgroundService
{
    private readonly Lock _gate = new();
    private readonly Queue<GroupInFlight> _inFlight = new();
    private SensorInbox?[] _inboxes = new SensorInbox?[8192];
    private int[] _lastOfSensor = new int[8192];
    private long _sensed;

    /// <summary>Takes groups that all their sensors have judged, in order of position, with one use of each. Set before the host starts.</summary>
    public Action<ReadingGroup> Next { get; set; } = group => group.Release();

    /// <summary>Every group up to this position has been judged by its sensors.</summary>
    public long Sensed => Volatile.Read(ref _sensed);

    /// <summary>True once the journal's groups from before the start have been judged again.</summary>
    public bool CaughtUp { get; private set; }

    /// <summary>Sensors by number that want a call now, or whose state is to be saved.</summary>
    internal IEnumerable<(int Number, SensorInbox Inbox)> Inboxes
    {
        get
        {
            var inboxes = _inboxes;
            for (var i = 0; i < inboxes.Length; i++)
                if (inboxes[i] is { } inbox) yield return (i, inbox);
        }
    }

    /// <summary>The inbox of a sensor, made when it is new.</summary>
    internal SensorInbox InboxOf(int number)
    {
        lock (_gate)
        {
            if (number >= _inboxes.Length)
            {
                var size = Math.Max(number + 1, _inboxes.Length * 2);
                Array.Resize(ref _inboxes, size);
            }
            return _inboxes[number] ??= new SensorInbox(grains.GetGrain<ISensorGrain>(registry[number].Id));
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await silo.WaitAsync(stoppingToken);
        Replay(stoppingToken);
        CaughtUp = true;
        await foreach (var group in journal.Committed.ReadAllAsync(stoppingToken)) Dispatch(group);
    }

    // Groups that a crash kept from the saved states. Grains pass over what they know; fresh groups wait behind.
    private void Replay(CancellationToken stopping)
    {
        // Not the newest of now: what was committed since the start comes by the channel.
        var upTo = journal.Recovered;
        Volatile.Write(ref _sensed, journal.SensingCursor);
        var groups = 0;
        journal.Read(journal.SensingCursor, (_, position, body) =>
        {
            if (position > upTo || stopping.IsCancellationRequested) return false;
            var group = decoder.DecodeGroup(journal, position, body);
            journal.Replayed(group);
            Dispatch(group);
            groups++;
            while (journal.IsFull && !stopping.IsCancellationRequested) Thread.Sleep(1);
            return true;
        });
        if (groups > 0) log.LogInformation("Sensing: {Groups} groups of the journal judged again after the restart", groups);
    }

    private void Dispatch(ReadingGroup group)
    {
        var firsts = Chain(group, out var next);
        var flight = new GroupInFlight(group, firsts.Count);
        lock (_gate) _inFlight.Enqueue(flight);
        if (firsts.Count == 0) Advance();
        foreach (var first in firsts) Deliver(InboxOf(group.Sensors[first]), new SensorBatch(flight, first, next));
    }

    // Chains each sensor's readings within the group; returns the index of each sensor's first.
    private List<int> Chain(ReadingGroup group, out int[] next)
    {
        next = new int[group.Count];
        var firsts = new List<int>();
        for (var i = 0; i < group.Count; i++)
        {
            next[i] = -1;
            var sensor = group.Sensors[i];
            if (sensor >= _lastOfSensor.Length) Array.Resize(ref _lastOfSensor, Math.Max(sensor + 1, _lastOfSensor.Length * 2));
            var last = _lastOfSensor[sensor] - 1;
            if (last >= 0 && last < i && group.Sensors[last] == sensor) next[last] = i;
            else firsts.Add(i);
            _lastOfSensor[sensor] = i + 1;
        }
        foreach (var first in firsts) _lastOfSensor[group.Sensors[first]] = 0;
        return firsts;
    }

    private void Deliver(SensorInbox inbox, SensorBatch batch)
    {
        lock (inbox)
        {
            if (inbox.Waiting is null) inbox.Waiting = batch;
            else inbox.Newest!.Later = batch;
            inbox.Newest = batch;
            if (inbox.Busy) return;
            inbox.Busy = true;
        }
        _ = Drain(inbox);
    }

    private async Task Drain(SensorInbox inbox)
    {
        while (true)
        {
            SensorBatch batch;
            lock (inbox)
            {
                if (inbox.Waiting is null)
                {
                    inbox.Busy = false;
                    return;
                }
                batch = inbox.Waiting;
                inbox.Waiting = null;
                inbox.Newest = null;
            }
            await Call(inbox, batch);
            for (var part = batch; part is not null; part = part.Later)
                if (part.Flight.Done()) Advance();
        }
    }

    private async Task Call(SensorInbox inbox, SensorBatch batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                inbox.DueMs = await inbox.Grain.Observe(batch);
                inbox.Dirty = true;
                return;
            }
            catch (Exception e)
            {
                // Readings are in the journal and go to history whatever the rules say; a sensor that cannot be judged must not stop the city.
                log.LogError(e, "Sensor {Sensor}: readings of group {Position} could not be judged, attempt {Attempt} of 3",
                    registry[batch.Group.Sensors[batch.First]].Id, batch.Group.Position, attempt);
                if (attempt == 3) return;
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), time);
            }
        }
    }

    // Groups leave in the order in which they came, whichever is done first.
    private void Advance()
    {
        lock (_gate)
        {
            while (_inFlight.TryPeek(out var oldest) && oldest.IsDone)
            {
                _inFlight.Dequeue();
                journal.Sensed(oldest.Group);
                Volatile.Write(ref _sensed, oldest.Group.Position);
                Next(oldest.Group);
            }
        }
    }
}

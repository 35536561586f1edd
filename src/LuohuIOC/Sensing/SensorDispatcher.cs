using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Registry;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing;

/// <summary>
/// Takes committed groups to the sensors' grains, batched per sensor, and hands groups whose sensors are all done on in order.
/// A grain call costs about 4 µs; at 300,000 readings/s there is no time for one each, so what comes while a grain is busy, or
/// while calls are at their limit (<see cref="CallSlots"/>), travels in its next call.
/// </summary>
public sealed class SensorDispatcher(
    PublishJournal journal, PublishDecoder decoder, SensorRegistry registry, IGrainFactory grains, SiloStarted silo, JournalIdentity identity,
    SensorCalls calls, LostReadings lost, TimeProvider time, ILogger<SensorDispatcher> log)
    : BackgroundService
{
    private const int ShowAgainMax = 3;

    private readonly Lock _gate = new();
    private readonly Queue<GroupInFlight> _inFlight = new();
    private SensorInbox?[] _inboxes = new SensorInbox?[8192];
    private readonly SensorChain _chain = new();
    private CallSlots? _slots;
    private long _sensed;
    private long _replayed;

    /// <summary>Takes groups that all their sensors have judged, in order of position, with one use of each. Set before the host starts.</summary>
    public Action<ReadingGroup> Next { get; set; } = group => group.Release();

    /// <summary>Every group up to this position has been judged by its sensors.</summary>
    public long Sensed => Volatile.Read(ref _sensed);

    /// <summary>True once the journal's groups from before the start have been judged again.</summary>
    public bool CaughtUp { get; private set; }

    /// <summary>True once their sensors have judged them, too.</summary>
    internal bool HasJudgedAgain => CaughtUp && Sensed >= Volatile.Read(ref _replayed);

    /// <summary>Of the sensors that this host has called.</summary>
    internal IEnumerable<SensorInbox> Inboxes
    {
        get
        {
            var inboxes = _inboxes;
            for (var i = 0; i < inboxes.Length; i++)
                if (inboxes[i] is { } inbox) yield return inbox;
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
            return _inboxes[number] ??= new SensorInbox(number, grains.GetGrain<ISensorGrain>(registry[number].Id));
        }
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _slots = new CallSlots(Round, time);
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _slots?.Dispose();
        base.Dispose();
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
            Volatile.Write(ref _replayed, position);
            Dispatch(group, isAgain: true);
            groups++;
            while (journal.IsFull && !stopping.IsCancellationRequested) Thread.Sleep(1);
            return true;
        });
        if (groups > 0) log.LogInformation("Sensing: {Groups} groups of the journal judged again after the restart", groups);
    }

    private void Dispatch(ReadingGroup group, bool isAgain = false)
    {
        var firsts = _chain.Of(group, out var next);
        var flight = new GroupInFlight(group, firsts.Count);
        lock (_gate) _inFlight.Enqueue(flight);
        if (firsts.Count == 0) Advance();
        foreach (var first in firsts) Deliver(InboxOf(group.Sensors[first]), new SensorBatch(flight, first, next) { Journal = identity.Value, IsAgain = isAgain });
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
        _slots!.Start(inbox);
    }

    /// <summary>The grain was found with a state that has this host's readings up to a position only: what it lacks is shown again.</summary>
    internal void Mend(SensorInbox inbox, long lostAfter)
    {
        lock (inbox)
        {
            inbox.LostAfter = lostAfter;
            if (inbox.Busy) return;
            inbox.Busy = true;
        }
        _slots!.Start(inbox);
    }

    // One call, of all that waits; false when nothing came meanwhile.
    private async Task<bool> Round(SensorInbox inbox)
    {
        SensorBatch? batch;
        long? lostAfter;
        lock (inbox)
        {
            (batch, lostAfter) = (inbox.Waiting, inbox.LostAfter);
            (inbox.Waiting, inbox.Newest, inbox.LostAfter) = (null, null, null);
        }
        if (lostAfter is { } after) await lost.ShowAgain(inbox, after);
        if (batch is not null) await Call(inbox, batch);
        for (var part = batch; part is not null; part = part.Later)
            if (part.Flight.Done()) Advance();
        lock (inbox) return inbox.Busy = inbox.Waiting is not null || inbox.LostAfter is not null;
    }

    private async Task Call(SensorInbox inbox, SensorBatch batch)
    {
        var (shownAfter, shown) = (-1L, 0);
        while (true)
        {
            batch.After = inbox.Delivered;
            inbox.Dirty = true;
            if (await calls.Observe(inbox, batch) is not { } judged) return;
            if (judged.Applied >= batch.After)
            {
                inbox.Delivered = judged.Applied;
                if (judged.Marks is { } marks) LayMarks(batch, marks);
                return;
            }
            shown = judged.Applied == shownAfter ? shown + 1 : 0;
            if (shown == ShowAgainMax)
            {
                // Its state is older than the journal reaches, as after a database that went back in time: what lies between is in history, and is not judged again.
                log.LogError("Sensor {Sensor} goes on from a state of group {Applied}; the journal has nothing of it up to {Delivered}", inbox.Sensor, judged.Applied, inbox.Delivered);
                inbox.Delivered = judged.Applied;
                continue;
            }
            shownAfter = judged.Applied;
            await lost.ShowAgain(inbox, judged.Applied);
        }
    }

    private static void LayMarks(SensorBatch batch, MarkAbroad[] marks)
    {
        var (at, reading) = (0, 0);
        for (var part = batch; part is not null; part = part.Later)
        {
            for (var i = part.First; i >= 0 && at < marks.Length; i = part.NextOfSensor[i], reading++)
                if (marks[at].Reading == reading) part.Group.Marks[i] = marks[at++].Mark;
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

namespace LuohuIOC.Sensing;

/// <summary>
/// At most <see cref="Max"/> sensors are called at once; the others wait in the order in which they came, and what comes for them meanwhile travels in their next call. A call costs as much as judging
/// several readings: under full load a sensor's readings of several groups share one, with little load nobody waits. A call that takes long, because a host has died or a ledger is away, gives its
/// slot up and goes on without, and so does a grain's first call, so that no sensor stands still for another.
/// </summary>
/// <param name="round">One call of a sensor that is busy; true when more waits for it, false when it is no longer busy.</param>
/// <param name="time">For how long a call has been under way.</param>
internal sealed class CallSlots(Func<SensorInbox, Task<bool>> round, TimeProvider time) : IDisposable
{
    internal const int Max = 128;

    internal static readonly TimeSpan SlowAfter = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly Queue<SensorInbox> _waiting = new();
    private readonly List<Slot> _slots = [];
    private int _slow;
    private ITimer? _watch;
    private bool _watching;

    /// <summary>A sensor has become busy.</summary>
    public void Start(SensorInbox inbox)
    {
        if (!inbox.Awake)
        {
            _ = Apart(inbox);
            return;
        }
        Slot slot;
        lock (_gate)
        {
            if (_slots.Count - _slow >= Max)
            {
                _waiting.Enqueue(inbox);
                Watch();
                return;
            }
            slot = Take();
        }
        _ = Work(slot, inbox);
    }

    public void Dispose() => _watch?.Dispose();

    private async Task Apart(SensorInbox inbox)
    {
        // Once it lives it stands in line like all others.
        if (await round(inbox)) Start(inbox);
    }

    private async Task Work(Slot slot, SensorInbox inbox)
    {
        while (true)
        {
            var more = await round(inbox);
            lock (_gate)
            {
                if (slot.IsSlow) _slow--;
                if (more) _waiting.Enqueue(inbox);
                // Given up while it was slow, its place may have been taken.
                if (_slots.Count - _slow > Max || !_waiting.TryDequeue(out inbox!))
                {
                    GiveBack(slot);
                    if (_waiting.Count > 0) Watch();
                    return;
                }
                (slot.IsSlow, slot.Since) = (false, time.GetTimestamp());
            }
        }
    }

    private void Watch()
    {
        if (_watching) return;
        _watching = true;
        _watch ??= time.CreateTimer(_ => GiveUpSlow(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _watch.Change(SlowAfter, Timeout.InfiniteTimeSpan);
    }

    internal void GiveUpSlow()
    {
        var starts = new List<(Slot, SensorInbox)>();
        lock (_gate)
        {
            foreach (var slot in _slots)
            {
                if (slot.IsSlow || time.GetElapsedTime(slot.Since) < SlowAfter) continue;
                slot.IsSlow = true;
                _slow++;
            }
            while (_slots.Count - _slow < Max && _waiting.TryDequeue(out var inbox)) starts.Add((Take(), inbox));
            _watching = false;
            if (_waiting.Count > 0) Watch();
        }
        foreach (var (slot, inbox) in starts) _ = Work(slot, inbox);
    }

    private Slot Take()
    {
        var slot = new Slot { Index = _slots.Count, Since = time.GetTimestamp() };
        _slots.Add(slot);
        return slot;
    }

    private void GiveBack(Slot slot)
    {
        _slots[slot.Index] = _slots[^1];
        _slots[slot.Index].Index = slot.Index;
        _slots.RemoveAt(_slots.Count - 1);
    }

    private sealed class Slot
    {
        public int Index;

        public long Since;

        public bool IsSlow;
    }
}

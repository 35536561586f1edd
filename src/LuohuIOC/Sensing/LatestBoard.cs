using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing;

/// <summary>Latest state of one sensor as the wall shows it. Replaced whole, so a reader never sees half of one.</summary>
/// <param name="TimeMs">Device time bounded by the server clock, Unix ms.</param>
/// <param name="Values">By slot of the sensor's layout; NaN where none came yet.</param>
/// <param name="Mark">Quality of the newest reading.</param>
public sealed record LatestReading(long TimeMs, double[] Values, QualityMark Mark)
{
    /// <summary>When each value was measured, Unix ms; null when all came with the newest reading, which is the rule and costs nothing.</summary>
    public long[]? Times { get; init; }

    /// <summary>When a slot's value was measured. What a device sends no more stays in <see cref="Values"/>, and is as old as this says.</summary>
    public long TimeOf(int slot) => Times is { } times && (uint)slot < (uint)times.Length ? times[slot] : TimeMs;

    internal static LatestReading Of(SensorState state) =>
        new(state.LatestMs, [.. state.Latest], state.LatestMark) { Times = IsOfOneTime(state) ? null : [.. state.LatestTimes!] };

    private static bool IsOfOneTime(SensorState state)
    {
        var times = state.LatestTimes ?? [];
        for (var slot = 0; slot < times.Length; slot++)
            if (times[slot] != state.LatestMs && double.IsFinite(state.Latest[slot])) return false;
        return true;
    }
}

/// <summary>
/// Newest reading of every sensor by number, written by grains, read by the wall and the API. Bounded by the registry:
/// a sensor that sends a thousand readings between two ticks is one entry. Writers never wait: the chunks stay where they are.
/// </summary>
public sealed class LatestBoard(TimeProvider? time = null)
{
    private const int ChunkSize = 4096;

    /// <summary>A device's clock and another host's may each be a minute ahead.</summary>
    private const long AheadMs = 2 * ReadingClock.AheadToleranceMs;

    private readonly Lock _grow = new();
    private Chunk[] _chunks = [];

    // Where the next look for changes begins: after the last one, so that low numbers cannot crowd high ones out.
    private int _next;
    private int _nextHere;

    public LatestReading? this[int sensor]
    {
        get
        {
            var chunks = Volatile.Read(ref _chunks);
            if (sensor / ChunkSize >= chunks.Length) return null;
            var chunk = chunks[sensor / ChunkSize];
            var latest = Volatile.Read(ref chunk.Latest[sensor % ChunkSize]);
            return latest is null || !Volatile.Read(ref chunk.Stale[sensor % ChunkSize]) ? latest : latest with { Mark = Stale };
        }
    }

    private static QualityMark Stale => new(QualityGrade.Doubtful, QualityReason.Stale, ulong.MaxValue);

    /// <summary>Marks what is known of a sensor as stale, or takes the mark off again; a reading alone does not take it off. The other hosts are told.</summary>
    public void SetStale(int sensor, bool stale)
    {
        var chunk = ChunkOf(sensor / ChunkSize);
        Volatile.Write(ref chunk.Stale[sensor % ChunkSize], stale);
        Volatile.Write(ref chunk.Changed[sensor % ChunkSize], true);
        Volatile.Write(ref chunk.ChangedHere[sensor % ChunkSize], true);
    }

    /// <summary>
    /// Shows what a grain of this process has judged. A grain that began again from a state saved before its host died may have older readings than
    /// that host has shown: they do not take a newer one off the wall, here no more than on the other hosts.
    /// </summary>
    public void Set(int sensor, LatestReading reading)
    {
        var chunk = ChunkOf(sensor / ChunkSize);
        if (!Show(chunk, sensor % ChunkSize, reading)) return;
        Volatile.Write(ref chunk.Changed[sensor % ChunkSize], true);
        Volatile.Write(ref chunk.ChangedHere[sensor % ChunkSize], true);
    }

    /// <summary>Shows a reading that a grain of another host has judged; an older one than is shown changes nothing.</summary>
    public void Learn(int sensor, LatestReading reading)
    {
        var chunk = ChunkOf(sensor / ChunkSize);
        if (Show(chunk, sensor % ChunkSize, reading)) Volatile.Write(ref chunk.Changed[sensor % ChunkSize], true);
    }

    /// <summary>Numbers of the sensors that changed since the last call, at most as many as fit; the rest stay for the next.</summary>
    public int TakeChanged(Span<int> into) => Take(into, ref _next, chunk => chunk.Changed);

    /// <summary>As <see cref="TakeChanged"/>, but only what grains of this process have shown: what the other hosts do not know yet.</summary>
    public int TakeChangedHere(Span<int> into) => Take(into, ref _nextHere, chunk => chunk.ChangedHere);

    // Grains of this host and what several others tell meet here at the same time.
    private bool Show(Chunk chunk, int at, LatestReading reading)
    {
        while (true)
        {
            var known = Volatile.Read(ref chunk.Latest[at]);
            if (known is not null && known.TimeMs > reading.TimeMs && !IsAhead(known)) return false;
            if (ReferenceEquals(Interlocked.CompareExchange(ref chunk.Latest[at], reading, known), known)) return true;
        }
    }

    // The host's clock was ahead and has been set back: what was shown then must not stand until it has caught up.
    private bool IsAhead(LatestReading known) => known.TimeMs - (time ?? TimeProvider.System).GetUtcNow().ToUnixTimeMilliseconds() > AheadMs;

    private int Take(Span<int> into, ref int next, Func<Chunk, bool[]> marks)
    {
        var chunks = Volatile.Read(ref _chunks);
        var size = chunks.Length * ChunkSize;
        var taken = 0;
        for (var looked = 0; looked < size && taken < into.Length; looked++, next++)
        {
            if (next >= size) next = 0;
            ref var changed = ref marks(chunks[next / ChunkSize])[next % ChunkSize];
            if (!Volatile.Read(ref changed)) continue;
            Volatile.Write(ref changed, false);
            into[taken++] = next;
        }

        // The marks must be gone before the caller looks at the readings, or one that comes just then would be forgotten.
        Interlocked.MemoryBarrier();
        return taken;
    }

    private Chunk ChunkOf(int index)
    {
        var chunks = Volatile.Read(ref _chunks);
        if (index < chunks.Length) return chunks[index];
        lock (_grow)
        {
            while (_chunks.Length <= index) Volatile.Write(ref _chunks, [.. _chunks, new Chunk()]);
            return _chunks[index];
        }
    }

    private sealed class Chunk
    {
        public readonly LatestReading?[] Latest = new LatestReading?[ChunkSize];
        public readonly bool[] Changed = new bool[ChunkSize];
        public readonly bool[] ChangedHere = new bool[ChunkSize];
        public readonly bool[] Stale = new bool[ChunkSize];
    }
}

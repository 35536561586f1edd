using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LuohuIOC.Ingestion;

/// <summary>
/// The readings of one journal group (all publishes of one commit), as structure of arrays so that 300,000 readings/s
/// make no garbage: about 60 bytes a reading of three metrics. Filled by Ingestion, judged by Sensing (which writes
/// <see cref="Marks"/>), stored by History. Arrays are rented; whoever releases last returns them.
/// </summary>
public sealed class ReadingGroup
{
    /// <summary>In <see cref="Sequences"/>: the reading carried no sequence number.</summary>
    public const long NoSequence = long.MinValue;

    /// <summary>Readings of a merged group at most: larger ones take few bytes a reading anyway, and a batch takes groups whole.</summary>
    public const int MergedReadingsMax = 1_000;

    /// <summary>A group of fewer readings is worth the copy: buffers are for 64 readings at least, 5.4 KB, and grow by doubling.</summary>
    private const int SmallReadings = 256;

    private int _users = 1;

    /// <summary>The groups merged into this one, with the readings up to each one's end; null when it is one group as the journal has it.</summary>
    private List<(long Position, int End)>? _merged;

    public ReadingGroup() => ValueStarts[0] = 0;

    /// <summary>Journal position of the group: 1, 2, 3 … one for each commit. Of a merged group the newest one's.</summary>
    public long Position { get; set; }

    /// <summary>Position of the oldest of the groups merged into this one; its own when none were.</summary>
    public long FirstPosition => _merged is { Count: > 0 } ? _merged[0].Position : Position;

    /// <summary>Memory that it takes, as rented.</summary>
    public long Bytes =>
        ((long)Sensors.Length * sizeof(int)) + ((DeviceTimes.Length + Sequences.Length + ReceivedTimes.Length + (long)Values.Length) * sizeof(long)) +
        ((long)Marks.Length * Unsafe.SizeOf<QualityMark>()) + ((long)ValueStarts.Length * sizeof(int)) + Slots.Length +
        ((_merged?.Capacity ?? 0) * (long)Unsafe.SizeOf<(long, int)>());

    /// <summary>Readings in the group.</summary>
    public int Count { get; private set; }

    /// <summary>Sensor number of each reading.</summary>
    public int[] Sensors = ArrayPool<int>.Shared.Rent(64);

    /// <summary>Time that the device gave, Unix milliseconds. With the sequence it is the identity of a reading of one sensor.</summary>
    public long[] DeviceTimes = ArrayPool<long>.Shared.Rent(64);

    /// <summary>Sequence number that the device gave, or <see cref="NoSequence"/>.</summary>
    public long[] Sequences = ArrayPool<long>.Shared.Rent(64);

    /// <summary>When the publish was received, Unix milliseconds, server clock.</summary>
    public long[] ReceivedTimes = ArrayPool<long>.Shared.Rent(64);

    /// <summary>What Sensing found about the quality of each reading; before that what the device said of it. Default is good.</summary>
    public QualityMark[] Marks = ArrayPool<QualityMark>.Shared.Rent(64);

    /// <summary>Where each reading's values begin; values of reading i are [ValueStarts[i], ValueStarts[i + 1]).</summary>
    public int[] ValueStarts = ArrayPool<int>.Shared.Rent(64);

    /// <summary>Metric slot of each value, in the layout of the reading's sensor.</summary>
    public byte[] Slots = ArrayPool<byte>.Shared.Rent(256);

    public double[] Values = ArrayPool<double>.Shared.Rent(256);

    public int ValueCount { get; private set; }

    /// <summary>The publishes among them that are followed; null, nearly always, when none is.</summary>
    public List<ReadingTrace>? Traces { get; private set; }

    /// <summary>What readings tell of single components, in order of the readings; null, nearly always, when none does.</summary>
    public List<ComponentState>? Components { get; private set; }

    /// <summary>Of how many minutes the rain of readings is whose report says so, in order of the readings; null, nearly always, when none does.</summary>
    public List<RainWindow>? Windows { get; private set; }

    /// <summary>The reading begun last tells this of a component.</summary>
    public void Tell(long component, bool isOn) => (Components ??= []).Add(new ComponentState(Count - 1, component, isOn));

    public ReadOnlySpan<ComponentState> ComponentsOf(int reading)
    {
        if (Components is null) return default;
        var all = CollectionsMarshal.AsSpan(Components);
        var first = FirstOf(all, reading);
        var end = first;
        while (end < all.Length && all[end].Reading == reading) end++;
        return all[first..end];
    }

    /// <summary>The rain of the reading begun last is that of so many minutes (<see cref="RainMinutesOf"/>).</summary>
    public void SetRainMinutes(int minutes) => (Windows ??= []).Add(new RainWindow(Count - 1, minutes));

    /// <summary>Of how many minutes before its time a reading's rain is; less than nothing when it is one of a series that tells all rain, 0 when its report does not say.</summary>
    public int RainMinutesOf(int reading)
    {
        if (Windows is null) return 0;
        var all = CollectionsMarshal.AsSpan(Windows);
        var at = FirstOf(all, reading);
        return at < all.Length && all[at].Reading == reading ? all[at].Minutes : 0;
    }

    /// <summary>The readings from <paramref name="first"/> on are those of a publish that is followed.</summary>
    public void Follow(ReadingTrace trace, int first)
    {
        trace.StandsAt(first, Count);
        (Traces ??= []).Add(trace);
    }

    public ReadOnlySpan<byte> SlotsOf(int reading) => Slots.AsSpan(ValueStarts[reading], ValueStarts[reading + 1] - ValueStarts[reading]);

    public ReadOnlySpan<double> ValuesOf(int reading) => Values.AsSpan(ValueStarts[reading], ValueStarts[reading + 1] - ValueStarts[reading]);

    /// <summary>Slots that the device marked as no ordinary measurement.</summary>
    public ulong FlaggedOf(int reading) => Marks[reading].Reason == QualityReason.Device ? Marks[reading].Slots : 0;

    /// <summary>The device marks these slots of the reading begun last as no ordinary measurement.</summary>
    public void Flag(ulong slots) => Marks[Count - 1] = new QualityMark(QualityGrade.Bad, QualityReason.Device, FlaggedOf(Count - 1) | slots);

    /// <summary>The time of the reading begun last is that of its receipt: the device has said none that could be believed.</summary>
    public void DoubtTime() => Marks[Count - 1] = new QualityMark(QualityGrade.Doubtful, QualityReason.Clock, ulong.MaxValue);

    /// <summary>Before the reading is judged: <see cref="DoubtTime"/> was said of it.</summary>
    public bool IsTimeDoubted(int reading) => Marks[reading].Reason == QualityReason.Clock;

    /// <summary>Begins a reading; follow with <see cref="AddValue"/>.</summary>
    public void Add(int sensor, long deviceTimeMs, long sequence, long receivedMs)
    {
        if (Count + 1 >= Sensors.Length || Count + 1 >= ValueStarts.Length) GrowReadings();
        var i = Count++;
        Sensors[i] = sensor;
        DeviceTimes[i] = deviceTimeMs;
        Sequences[i] = sequence;
        ReceivedTimes[i] = receivedMs;
        Marks[i] = default;
        ValueStarts[i] = ValueCount;
        ValueStarts[i + 1] = ValueCount;
    }

    /// <summary>Adds a value to the reading begun last.</summary>
    public void AddValue(byte slot, double value)
    {
        if (ValueCount >= Values.Length || ValueCount >= Slots.Length) GrowValues();
        Slots[ValueCount] = slot;
        Values[ValueCount++] = value;
        ValueStarts[Count] = ValueCount;
    }

    /// <summary>Gives the reading begun last its identity.</summary>
    public void SetIdentity(long deviceTimeMs, long sequence)
    {
        DeviceTimes[Count - 1] = deviceTimeMs;
        Sequences[Count - 1] = sequence;
    }

    /// <summary>Replaces a value of the reading begun last: a payload named the metric twice.</summary>
    public void ReplaceValue(byte slot, double value)
    {
        var at = Slots.AsSpan(0, ValueCount).LastIndexOf(slot);
        Values[at] = value;
    }

    /// <summary>Adds all readings of another group, which stays its owner's.</summary>
    public void Append(ReadingGroup other)
    {
        if (other.Count == 0) return;
        while (Count + other.Count + 1 >= Math.Min(Sensors.Length, ValueStarts.Length)) GrowReadings();
        while (ValueCount + other.ValueCount >= Math.Min(Values.Length, Slots.Length)) GrowValues();
        other.Sensors.AsSpan(0, other.Count).CopyTo(Sensors.AsSpan(Count));
        other.DeviceTimes.AsSpan(0, other.Count).CopyTo(DeviceTimes.AsSpan(Count));
        other.Sequences.AsSpan(0, other.Count).CopyTo(Sequences.AsSpan(Count));
        other.ReceivedTimes.AsSpan(0, other.Count).CopyTo(ReceivedTimes.AsSpan(Count));
        other.Marks.AsSpan(0, other.Count).CopyTo(Marks.AsSpan(Count));
        other.Slots.AsSpan(0, other.ValueCount).CopyTo(Slots.AsSpan(ValueCount));
        other.Values.AsSpan(0, other.ValueCount).CopyTo(Values.AsSpan(ValueCount));
        for (var i = 0; i <= other.Count; i++) ValueStarts[Count + i] = ValueCount + other.ValueStarts[i];
        foreach (var told in other.Components ?? []) (Components ??= []).Add(told with { Reading = Count + told.Reading });
        foreach (var told in other.Windows ?? []) (Windows ??= []).Add(told with { Reading = Count + told.Reading });
        Count += other.Count;
        ValueCount += other.ValueCount;
    }

    /// <summary>
    /// The group, or what it becomes when it waits behind <paramref name="last"/>: small judged groups are copied together, so that waiting ones take
    /// 80 to 160 bytes a reading instead of kilobytes. Takes over the caller's use of the group.
    /// </summary>
    /// <param name="last">What waits last, with nobody else using it; null when nothing waits.</param>
    /// <param name="next">The journal's next group, in which nothing changes any more.</param>
    /// <returns>Null when <paramref name="last"/> has taken it in, else what waits now behind it.</returns>
    public static ReadingGroup? Merge(ReadingGroup? last, ReadingGroup next)
    {
        if (next.Count >= SmallReadings) return next;
        // Judged: nobody asks any more.
        (next.Components, next.Windows) = (null, null);
        // Not into the first of them itself: a grain call that ran out of time may still look at it.
        var into = last?._merged is { Count: < MergedReadingsMax } && last.Count + next.Count <= MergedReadingsMax ? last : new ReadingGroup { _merged = [] };
        into.Append(next);
        into._merged!.Add((next.Position, into.Count));
        into.Position = next.Position;
        if (next.Traces is { } traces) (into.Traces ??= []).AddRange(traces);
        next.Release();
        return ReferenceEquals(into, last) ? null : into;
    }

    /// <summary>Takes the readings of merged groups up to a position out, which is before the newest one's.</summary>
    public void DropThrough(long position)
    {
        if (_merged is null) return;
        var groups = _merged.Count(g => g.Position <= position);
        if (groups == 0) return;
        var (readings, values) = (_merged[groups - 1].End, ValueStarts[_merged[groups - 1].End]);
        Sensors.AsSpan(readings, Count - readings).CopyTo(Sensors);
        DeviceTimes.AsSpan(readings, Count - readings).CopyTo(DeviceTimes);
        Sequences.AsSpan(readings, Count - readings).CopyTo(Sequences);
        ReceivedTimes.AsSpan(readings, Count - readings).CopyTo(ReceivedTimes);
        Marks.AsSpan(readings, Count - readings).CopyTo(Marks);
        Slots.AsSpan(values, ValueCount - values).CopyTo(Slots);
        Values.AsSpan(values, ValueCount - values).CopyTo(Values);
        for (var i = 0; i <= Count - readings; i++) ValueStarts[i] = ValueStarts[readings + i] - values;
        Count -= readings;
        ValueCount -= values;
        _merged = [.. _merged.Skip(groups).Select(g => (g.Position, g.End - readings))];
    }

    /// <summary>Takes the reading begun last back, with its values.</summary>
    public void RemoveLast()
    {
        Count--;
        ValueCount = ValueStarts[Count];
        while (Components is { Count: > 0 } && Components[^1].Reading == Count) Components.RemoveAt(Components.Count - 1);
        while (Windows is { Count: > 0 } && Windows[^1].Reading == Count) Windows.RemoveAt(Windows.Count - 1);
    }

    /// <summary>Empties the group for another use by its only user.</summary>
    public void Clear()
    {
        Count = 0;
        (Components, Windows) = (null, null);
        ValueCount = 0;
        ValueStarts[0] = 0;
    }

    /// <summary>One more user, who must call <see cref="Release"/>.</summary>
    public void Retain() => Interlocked.Increment(ref _users);

    /// <summary>The caller reads no more; the last one returns the arrays to the pool.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) != 0) return;
        ArrayPool<int>.Shared.Return(Sensors);
        ArrayPool<long>.Shared.Return(DeviceTimes);
        ArrayPool<long>.Shared.Return(Sequences);
        ArrayPool<long>.Shared.Return(ReceivedTimes);
        ArrayPool<QualityMark>.Shared.Return(Marks);
        ArrayPool<int>.Shared.Return(ValueStarts);
        ArrayPool<byte>.Shared.Return(Slots);
        ArrayPool<double>.Shared.Return(Values);
        Sensors = null!;
    }

    // Where a reading's notes begin, or would: they stand in order of the readings.
    private static int FirstOf<T>(ReadOnlySpan<T> notes, int reading) where T : IOfReading
    {
        var (from, to) = (0, notes.Length);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (notes[middle].Reading < reading) from = middle + 1;
            else to = middle;
        }
        return from;
    }

    private void GrowReadings()
    {
        Grow(ref Sensors, Count);
        Grow(ref DeviceTimes, Count);
        Grow(ref Sequences, Count);
        Grow(ref ReceivedTimes, Count);
        Grow(ref Marks, Count);
        Grow(ref ValueStarts, Count + 1);
    }

    private void GrowValues()
    {
        Grow(ref Slots, ValueCount);
        Grow(ref Values, ValueCount);
    }

    private static void Grow<T>(ref T[] array, int used)
    {
        var larger = ArrayPool<T>.Shared.Rent(array.Length * 2);
        array.AsSpan(0, Math.Min(used, array.Length)).CopyTo(larger);
        ArrayPool<T>.Shared.Return(array);
        array = larger;
    }
}

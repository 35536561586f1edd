namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// The last readings of a station by slot, so that a new model goes on where the old one was. A station that reports every four
/// hours would else be blind for a day after each training.
/// </summary>
internal sealed class RecentReadings(int slots)
{
    /// <summary>A model's window and hold fit in it.</summary>
    public const int Kept = 32;

    private readonly long[] _times = new long[Kept];
    private readonly double[] _values = new double[Kept * slots];
    private int _next;

    public int Count { get; private set; }

    public void Add(long timeMs, ReadOnlySpan<byte> readingSlots, ReadOnlySpan<double> values)
    {
        var row = _values.AsSpan(_next * slots, slots);
        row.Fill(double.NaN);
        for (var i = 0; i < readingSlots.Length; i++)
            if (readingSlots[i] < slots) row[readingSlots[i]] = values[i];
        _times[_next] = timeMs;
        _next = (_next + 1) % Kept;
        Count = Math.Min(Count + 1, Kept);
    }

    /// <param name="index">0 is the oldest kept.</param>
    public long TimeOf(int index) => _times[Place(index)];

    public ReadOnlySpan<double> ValuesOf(int index) => _values.AsSpan(Place(index) * slots, slots);

    private int Place(int index) => (_next - Count + index + Kept) % Kept;
}

namespace LuohuIOC.Detection.Novelty;

/// <summary>
/// The greatest evidence of each of the last days, and its median: a stream that is novel every day by its nature is told from one
/// that rarely is. Begins with ordinary days, so that the first real ones weigh little.
/// </summary>
internal sealed class DailyPeaks
{
    private const int DaysMax = 60, OrdinaryDays = 10;
    private static readonly long DayMs = (long)TimeSpan.FromDays(1).TotalMilliseconds;

    private readonly double _ordinary;
    private readonly float[] _days = new float[DaysMax];
    private readonly float[] _sorted = new float[DaysMax + OrdinaryDays];
    private int _count;
    private int _next;
    private long _beganMs = long.MinValue;
    private double _peak;

    public DailyPeaks(double ordinary)
    {
        _ordinary = ordinary;
        Median = ordinary;
    }

    public double Median { get; private set; }

    public void Add(long timeMs, double evidence)
    {
        if (_beganMs == long.MinValue) _beganMs = timeMs;
        if (timeMs - _beganMs > DayMs)
        {
            _days[_next] = (float)_peak;
            _next = (_next + 1) % DaysMax;
            _count = Math.Min(_count + 1, DaysMax);
            Median = Middle();
            _peak = 0;
            _beganMs = timeMs;
        }
        _peak = Math.Max(_peak, evidence);
    }

    private double Middle()
    {
        _days.AsSpan(0, _count).CopyTo(_sorted);
        var all = _sorted.AsSpan(0, _count + OrdinaryDays);
        all[_count..].Fill((float)_ordinary);
        all.Sort();
        return all[(all.Length - 1) / 2];
    }

    public void Save(BinaryWriter to)
    {
        to.Write(_count);
        to.Write(_next);
        to.Write(_beganMs);
        to.Write(_peak);
        for (var i = 0; i < _count; i++) to.Write(_days[i]);
    }

    public void Load(BinaryReader from)
    {
        _count = from.ReadInt32();
        _next = from.ReadInt32();
        if (_count is < 0 or > DaysMax || _next is < 0 or >= DaysMax) throw new InvalidDataException($"{_count} daily peaks, at most {DaysMax}.");
        _beganMs = from.ReadInt64();
        _peak = from.ReadDouble();
        for (var i = 0; i < _count; i++) _days[i] = from.ReadSingle();
        Median = Middle();
    }
}

namespace LuohuIOC.Detection.Novelty;

/// <summary>
/// What a stream usually shows at each half-hour of the day, and how rare its departure from that is: the day without its usual rise,
/// in which no value, step or short shape is new. Says nothing of a stream until its own days foretell it: the departures, each taken
/// before its reading is learned, must hold less than a share of the variance. About a kilobyte of state.
/// </summary>
internal sealed class DailyShape(NoveltyOptions options)
{
    private const int Bins = 48;
    private const long DayMs = 86_400_000;

    /// <summary>Days whose mean is the usual value, when there are so many.</summary>
    private const double DaysMemory = 7;

    /// <summary>Earlier days with this half-hour before a departure is measured, and before it is told.</summary>
    private const int DaysToMeasure = 2, DaysToTell = 3;

    /// <summary>Departures measured before any is told.</summary>
    private const int MeasuredMin = 200;

    /// <summary>Readings over which departures and variance are averaged.</summary>
    private const double ErrorMemory = 3000;

    /// <summary>Share of a half-hour's own spread in the unit of its departures; the rest is the whole day's.</summary>
    private const double OwnSpread = 0.5;

    /// <summary>
    /// A departure teaches as so many units at most, its square as so many variances, once some have been seen. What is usual moves by
    /// a standard deviation at most where that is more: one wild value must not make the same half-hour of the next days rare, and a
    /// new level is still learned within days.
    /// </summary>
    private const double UnitsMax = 6, VariancesMax = 9;
    private const int Unclipped = 50;

    /// <summary>Departures smaller than this share of a unit are none.</summary>
    private const double UnitsMin = 1e-9;

    /// <summary>No instrument reads more; the square of what does would not be a number.</summary>
    private const double ValueMax = 1e30;

    private readonly float[] _usual = new float[Bins];
    private readonly float[] _spread = new float[Bins];
    private readonly int[] _days = new int[Bins];
    private readonly int[] _measuredIn = new int[Bins];
    private readonly LogTail _tail = new(options.TailShare, options.TailMemory);
    private double _daySpread;
    private double _error;
    private double _variance;
    private double _mean;
    private int _seen;
    private int _measured;
    private int _bin = -1;
    private int _inBin;
    private double _sum;

    /// <summary>−ln of how rare the departure is among the stream's own, 0 where its days do not foretell it.</summary>
    /// <param name="timeMs">Unix ms.</param>
    /// <param name="value">A finite reading.</param>
    /// <param name="resolution">Departures are measured in no less: the stream's own rounding.</param>
    /// <param name="intervalMs">Mean time between readings.</param>
    public double Nats(long timeMs, double value, double resolution, double intervalMs)
    {
        if (Math.Abs(value) > ValueMax) return 0;
        if (_seen == 0) _mean = value;
        _seen = Math.Min(_seen + 1, int.MaxValue - 1);
        var bin = (int)((timeMs % DayMs + DayMs) % DayMs * Bins / DayMs);
        if (bin != _bin) Close(bin);
        var known = _days[bin] >= DaysToMeasure;
        var unit = OwnSpread * _spread[bin] + (1 - OwnSpread) * _daySpread + resolution;
        var nats = known ? Measure(bin, value, unit, intervalMs) : 0;
        _mean += (value - _mean) / Math.Min(_seen + 1, ErrorMemory);
        _sum += known && _measured > Unclipped ? Within(Math.Max(UnitsMax * unit, Math.Sqrt(_variance)), value, _usual[bin]) : value;
        _inBin++;
        return nats;
    }

    /// <summary>The half-hour that ended becomes part of what is usual then.</summary>
    private void Close(int next)
    {
        if (_inBin > 0)
        {
            _days[_bin] = Math.Min(_days[_bin] + 1, int.MaxValue - 1);
            _usual[_bin] += (float)((_sum / _inBin - _usual[_bin]) / Math.Min(_days[_bin], DaysMemory));
        }
        (_bin, _inBin, _sum) = (next, 0, 0);
    }

    private static double Within(double reach, double value, double of) => of + Math.Clamp(value - of, -reach, reach);

    private double Measure(int bin, double value, double unit, double intervalMs)
    {
        var departure = value - _usual[bin];
        var away = value - _mean;
        _measured = Math.Min(_measured + 1, int.MaxValue - 1);
        var rate = 1 / Math.Min(_measured, ErrorMemory);
        var cap = _measured < Unclipped ? double.PositiveInfinity : VariancesMax * _variance;
        _error += (Math.Min(departure * departure, cap) - _error) * rate;
        _variance += (Math.Min(away * away, cap) - _variance) * rate;
        var nats = _tail.Nats(unit > 0 ? Math.Abs(departure) / unit + UnitsMin : double.NaN);
        LearnSpread(bin, Math.Abs(departure), unit, rate, intervalMs);
        return _measured > MeasuredMin && _days[bin] >= DaysToTell && _error < options.DayUnexplained * _variance ? nats : 0;
    }

    private void LearnSpread(int bin, double size, double unit, double rate, double intervalMs)
    {
        if (_measured > Unclipped) size = Math.Min(size, UnitsMax * unit);
        _daySpread += (size - _daySpread) * rate;
        _measuredIn[bin] = Math.Min(_measuredIn[bin] + 1, int.MaxValue - 2);
        var readings = DaysMemory * Math.Max(1, DayMs / Bins / Math.Max(1, intervalMs));
        if (_measuredIn[bin] == 1) _spread[bin] = (float)_daySpread;
        else _spread[bin] += (float)((size - _spread[bin]) / Math.Min(_measuredIn[bin] + 1, readings));
    }

    public void Save(BinaryWriter to)
    {
        to.Write(_daySpread);
        to.Write(_error);
        to.Write(_variance);
        to.Write(_mean);
        to.Write(_seen);
        to.Write(_measured);
        to.Write(_bin);
        to.Write(_inBin);
        to.Write(_sum);
        for (var b = 0; b < Bins; b++)
        {
            to.Write(_usual[b]);
            to.Write(_spread[b]);
            to.Write(_days[b]);
            to.Write(_measuredIn[b]);
        }
        _tail.Save(to);
    }

    public void Load(BinaryReader from)
    {
        _daySpread = from.ReadDouble();
        _error = from.ReadDouble();
        _variance = from.ReadDouble();
        _mean = from.ReadDouble();
        _seen = from.ReadInt32();
        _measured = from.ReadInt32();
        _bin = from.ReadInt32();
        if (_bin is < -1 or >= Bins) throw new InvalidDataException($"Half-hour {_bin} of {Bins}.");
        _inBin = from.ReadInt32();
        _sum = from.ReadDouble();
        for (var b = 0; b < Bins; b++)
        {
            _usual[b] = from.ReadSingle();
            _spread[b] = from.ReadSingle();
            _days[b] = from.ReadInt32();
            _measuredIn[b] = from.ReadInt32();
        }
        _tail.Load(from);
    }
}

using System.Collections.Concurrent;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>The last judgement of one streaming detector, written by the grain and read by the API; nothing is allocated to write it.</summary>
internal sealed class StreamBoard
{
    private readonly Lock _lock = new();
    private readonly string[] _names;
    private readonly double[] _contributions;
    private readonly double[] _expected;
    private readonly double[] _floors;
    private long _timeMs;
    private int _warmUpLeft;
    private double _score = double.NaN;
    private RainLook? _rain;
    private ulong _unknown;
    private ulong _dead;
    private ulong _missing;
    private bool _hasNeverChanged;

    /// <param name="names">What the contributions are of: metrics, or views of one metric.</param>
    /// <param name="expected">How many expectations there are.</param>
    public StreamBoard(string[] names, int expected)
    {
        _names = names;
        _contributions = new double[names.Length];
        _expected = new double[expected];
        _floors = new double[expected];
    }

    /// <param name="timeMs">Time of the reading, 0 for what was restored before any.</param>
    /// <param name="warmUpLeft">Readings until it can judge, 0 when warm.</param>
    /// <param name="score">NaN while warming up.</param>
    /// <param name="contributions">By name.</param>
    /// <param name="expected">By metric, NaN where unknown.</param>
    /// <param name="rain">Null for kinds that rain does not concern.</param>
    /// <param name="hasNeverChanged">No warm-up ends before its first change.</param>
    public void Publish(
        long timeMs, int warmUpLeft, double score, ReadOnlySpan<double> contributions, ReadOnlySpan<double> expected, RainCover? rain, bool hasNeverChanged = false)
    {
        lock (_lock)
        {
            (_timeMs, _warmUpLeft, _score, _hasNeverChanged) = (timeMs, warmUpLeft, score, hasNeverChanged);
            contributions.CopyTo(_contributions);
            expected.CopyTo(_expected);
            if (rain is null) return;
            _rain = new RainLook(rain.IsWet, rain.Millimetres, rain.Threshold, rain.HeldBack, rain.LastHeldMs, rain.LastScore);
            for (var m = 0; m < _floors.Length; m++) _floors[m] = rain.FloorOf(m);
        }
    }

    /// <summary>Tells which metrics are not looked at, by their place in the expectations: bit m for metric m.</summary>
    /// <param name="unknown">Too rare while the detector warmed up.</param>
    /// <param name="dead">Unchanged for so long that the instrument must be dead or stuck.</param>
    /// <param name="missing">Not come for long, while the sensor has told others.</param>
    public void PublishUnwatched(ulong unknown, ulong dead, ulong missing)
    {
        lock (_lock) (_unknown, _dead, _missing) = (unknown, dead, missing);
    }

    public StreamLook Read()
    {
        lock (_lock)
        {
            return new StreamLook(
                _timeMs, _warmUpLeft, double.IsFinite(_score) ? _score : null,
                _names.Zip(_contributions).ToDictionary(p => p.First, p => double.IsFinite(p.Second) ? Math.Round(p.Second, 3) : 0),
                [.. _expected.Select(e => double.IsFinite(e) ? (double?)e : null)], _rain, [.. _floors.Select(f => double.IsFinite(f) ? (double?)f : null)], _unknown, _dead, _missing, _hasNeverChanged);
        }
    }
}

/// <summary>One copy of what a <see cref="StreamBoard"/> shows.</summary>
internal sealed record StreamLook(
    long TimeMs, int WarmUpLeft, double? Score, Dictionary<string, double> Contributions, double?[] Expected, RainLook? Rain, double?[] Floors, ulong Unknown, ulong Dead, ulong Missing, bool HasNeverChanged);

/// <summary>What a <see cref="RainCover"/> said last.</summary>
internal readonly record struct RainLook(bool IsWet, double Millimetres, double Threshold, int HeldBack, long LastHeldMs, double LastScore);

/// <summary>The boards of all sensors, by sensor and rule.</summary>
public sealed class StreamBoards
{
    private readonly ConcurrentDictionary<(string Sensor, string Rule), StreamBoard> _boards = new();

    internal StreamBoard? Find(string sensor, string rule) => _boards.GetValueOrDefault((sensor, rule));

    /// <summary>A grain that begins anew puts up a new board.</summary>
    internal StreamBoard Put(string sensor, string rule, StreamBoard board) => _boards[(sensor, rule)] = board;
}

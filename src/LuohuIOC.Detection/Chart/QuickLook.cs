namespace LuohuIOC.Detection.Chart;

/// <summary>
/// The short, large fault that a moving average would smear: each metric's distance from its own level of the last hour or so, in units
/// of its usual such distance. The level goes after the value by at most two units a step, as a running median would, so a short fault
/// does not carry it off and a new state is accepted. Counts only what is far, and rare in the metrics' own records taken together: an
/// instrument that often jumps counts little, and hides no other.
/// </summary>
internal sealed class QuickLook(int metrics, ChartOptions options)
{
    /// <summary>Values until a metric's usual distance is known, and during which its level follows freely.</summary>
    private const int Known = 100, Free = 60;

    /// <summary>The level follows by so many units at most; a distance teaches as so many.</summary>
    private const double FollowUnits = 2, TeachUnits = 5;

    /// <summary>Values over which the usual distance is averaged.</summary>
    private const double UnitMemory = 5000;

    private const double TailShare = 0.05, TailMemory = 20_000;

    /// <summary>Nats that one row in twenty has: only what lies beyond is evidence.</summary>
    private static readonly double Common = -Math.Log(TailShare);

    /// <summary>A row counts as high as the highest of so many before it, if it keeps this share: a fault that flickers is one.</summary>
    private const int HoldRows = 5;
    private const double HoldShare = 0.3;

    private readonly double[] _level = new double[metrics];
    private readonly double[] _unit = new double[metrics];
    private readonly int[] _seen = new int[metrics];
    private readonly double[] _distance = new double[metrics];
    private readonly double[] _last = new double[HoldRows + 1];
    private readonly LogTail[] _tails = [.. Enumerable.Range(0, metrics).Select(_ => new LogTail(TailShare, TailMemory))];
    private int _next;

    /// <summary>Each metric's distance in the last row, in its units; 0 for a missing or dead one.</summary>
    public ReadOnlySpan<double> Distances => _distance;

    /// <summary>1 where the largest distance is as far, and all together are as rare, as <see cref="ChartOptions"/> ask, in proportion otherwise.</summary>
    public double Observe(ReadOnlySpan<double> values, ReadOnlySpan<bool> live)
    {
        var largest = 0.0;
        var nats = 0.0;
        for (var m = 0; m < values.Length; m++)
        {
            _distance[m] = live[m] ? Distance(m, values[m]) : 0;
            if (!live[m] || _seen[m] <= Known) continue;
            largest = Math.Max(largest, _distance[m]);
            nats += Math.Max(0, _tails[m].Nats(_distance[m]) - Common);
        }
        var score = Math.Min(largest / options.QuickUnits, nats / options.QuickNats);
        _next = (_next + 1) % _last.Length;
        _last[_next] = score;
        var highest = 0.0;
        foreach (var one in _last) highest = Math.Max(highest, one);
        return Math.Min(highest, score / HoldShare);
    }

    private double Distance(int m, double value)
    {
        if (_seen[m] == 0) _level[m] = value;
        var away = value - _level[m];
        var unit = _unit[m];
        var seen = ++_seen[m];
        if (seen == int.MaxValue) _seen[m]--;
        var reach = FollowUnits * unit;
        _level[m] += (seen < Free ? away : Math.Clamp(away, -reach, reach)) * Math.Max(1 / options.QuickRows, 1.0 / seen);
        var size = seen > Free ? Math.Min(Math.Abs(away), TeachUnits * unit + 1e-12) : Math.Abs(away);
        _unit[m] += (size - unit) * Math.Max(1 / UnitMemory, 1.0 / seen);
        return unit > 0 && seen > Known ? Math.Abs(away) / unit : 0;
    }

    public void Save(BinaryWriter to)
    {
        for (var m = 0; m < _level.Length; m++)
        {
            to.Write(_level[m]);
            to.Write(_unit[m]);
            to.Write(_seen[m]);
        }
        foreach (var score in _last) to.Write(score);
        to.Write(_next);
        foreach (var tail in _tails) tail.Save(to);
    }

    /// <param name="from">The snapshot.</param>
    /// <param name="oneTail">It has one tail of the largest distance: read over, the metrics' own begin anew.</param>
    public void Load(BinaryReader from, bool oneTail)
    {
        for (var m = 0; m < _level.Length; m++)
        {
            _level[m] = from.ReadDouble();
            _unit[m] = from.ReadDouble();
            _seen[m] = from.ReadInt32();
        }
        for (var i = 0; i < _last.Length; i++) _last[i] = from.ReadDouble();
        _next = from.ReadInt32();
        if (_next < 0 || _next >= _last.Length) throw new InvalidDataException($"Row {_next} of {_last.Length}.");
        if (oneTail) new LogTail(TailShare, TailMemory).Load(from);
        else foreach (var tail in _tails) tail.Load(from);
    }
}

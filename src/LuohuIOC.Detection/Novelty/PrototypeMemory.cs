using System.Numerics;

namespace LuohuIOC.Detection.Novelty;

/// <summary>
/// Points that a stream has visited, thinned by a radius: the novelty of a new point is its distance (largest coordinate) from the
/// nearest of them. Grows like the categories of an adaptive resonance network. When it is full, the point gives way that was least
/// new when it came, all the sooner the longer it is out of use: rare points are not forgotten for the sake of common ones.
/// </summary>
internal sealed class PrototypeMemory
{
    /// <summary>Readings over which the mean distance is taken.</summary>
    private const int MeanMemory = 1000;

    /// <summary>Readings out of use after which a point is worth half of what it was.</summary>
    private const double HalfWorth = 500;

    private readonly int _dimensions;
    private readonly int _capacity;
    private readonly double _vigilance;

    // Coordinate by coordinate, so that eight points are compared at once. Free places lie at infinity.
    private readonly float[] _points;
    private readonly float[] _newness;
    private readonly int[] _lastUsed;
    private int _count;
    private int _seen;
    private double _meanDistance;

    public PrototypeMemory(int dimensions, int capacity, double vigilance)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(capacity % Vector<float>.Count, 0);
        _dimensions = dimensions;
        _capacity = capacity;
        _vigilance = vigilance;
        _points = new float[dimensions * capacity];
        _newness = new float[capacity];
        _lastUsed = new int[capacity];
        Array.Fill(_points, float.PositiveInfinity);
    }

    public int Count => _count;

    /// <summary>The distance of the point from the nearest one before it, NaN for the first; remembers the point if it is new enough.</summary>
    public double Visit(ReadOnlySpan<float> point)
    {
        _seen++;
        if (_count == 0)
        {
            Remember(point, 0);
            return double.NaN;
        }
        var (distance, nearest) = Nearest(point);
        _lastUsed[nearest] = _seen;
        _meanDistance += (distance - _meanDistance) / Math.Min(_seen, MeanMemory);
        if (distance > _vigilance * _meanDistance) Remember(point, distance);
        return distance;
    }

    private (double Distance, int Index) Nearest(ReadOnlySpan<float> point)
    {
        var lanes = Vector<float>.Count;
        var best = new Vector<float>(float.PositiveInfinity);
        var bestAt = Vector<int>.Zero;
        for (var at = 0; at < _count; at += lanes)
        {
            var distance = Vector.Abs(new Vector<float>(_points, at) - new Vector<float>(point[0]));
            for (var d = 1; d < _dimensions; d++)
                distance = Vector.Max(distance, Vector.Abs(new Vector<float>(_points, d * _capacity + at) - new Vector<float>(point[d])));
            var nearer = Vector.LessThan(distance, best);
            best = Vector.ConditionalSelect(nearer, distance, best);
            bestAt = Vector.ConditionalSelect(nearer, new Vector<int>(at), bestAt);
        }
        var lane = 0;
        for (var i = 1; i < lanes; i++)
            if (best[i] < best[lane]) lane = i;
        return (best[lane], bestAt[lane] + lane);
    }

    private void Remember(ReadOnlySpan<float> point, double newness)
    {
        var place = _count < _capacity ? _count++ : LeastWorth();
        for (var d = 0; d < _dimensions; d++) _points[d * _capacity + place] = point[d];
        _newness[place] = (float)newness;
        _lastUsed[place] = _seen;
    }

    private int LeastWorth()
    {
        var least = 0;
        var worthOfLeast = double.PositiveInfinity;
        for (var i = 0; i < _count; i++)
        {
            var worth = _newness[i] / (1 + (_seen - _lastUsed[i]) / HalfWorth);
            if (worth >= worthOfLeast) continue;
            least = i;
            worthOfLeast = worth;
        }
        return least;
    }

    public void Save(BinaryWriter to)
    {
        to.Write(_count);
        to.Write(_seen);
        to.Write(_meanDistance);
        for (var i = 0; i < _count; i++)
        {
            to.Write(_lastUsed[i]);
            to.Write(_newness[i]);
            for (var d = 0; d < _dimensions; d++) to.Write(_points[d * _capacity + i]);
        }
    }

    public void Load(BinaryReader from)
    {
        _count = from.ReadInt32();
        if (_count < 0 || _count > _capacity) throw new InvalidDataException($"{_count} prototypes, at most {_capacity}.");
        _seen = from.ReadInt32();
        _meanDistance = from.ReadDouble();
        Array.Fill(_points, float.PositiveInfinity);
        for (var i = 0; i < _count; i++)
        {
            _lastUsed[i] = from.ReadInt32();
            _newness[i] = from.ReadSingle();
            for (var d = 0; d < _dimensions; d++) _points[d * _capacity + i] = from.ReadSingle();
        }
    }
}

namespace LuohuIOC.Detection.Novelty;

/// <summary>
/// Running mean of a quantity's absolute size, local and long-run: what "large" means at present. A stream that is calm in the dry
/// season and rough in the wet one is judged by its present roughness.
/// </summary>
internal struct LocalScale
{
    private const double LongMemory = 5000;

    /// <summary>A value counts at most as this many scales, once some have been seen.</summary>
    private const double ValueMax = 10;
    private const int Unclipped = 20;

    private double _local;
    private double _long;
    private int _seen;

    /// <summary>The local mean absolute size before the latest value was added.</summary>
    public readonly double Local => _local;

    /// <summary>The same in the long run.</summary>
    public readonly double Long => _long;

    public readonly double Of(double calmShare) => _local + calmShare * _long;

    public void Add(double size, double memory, double quantum)
    {
        _seen = Math.Min(_seen + 1, int.MaxValue - 1);
        if (_seen >= Unclipped) size = Math.Min(size, ValueMax * (_local + quantum));
        _local += (size - _local) * Math.Max(1 / memory, 1.0 / _seen);
        _long += (size - _long) * Math.Max(1 / LongMemory, 1.0 / _seen);
    }

    public readonly void Save(BinaryWriter to)
    {
        to.Write(_local);
        to.Write(_long);
        to.Write(_seen);
    }

    public void Load(BinaryReader from)
    {
        _local = from.ReadDouble();
        _long = from.ReadDouble();
        _seen = from.ReadInt32();
    }
}

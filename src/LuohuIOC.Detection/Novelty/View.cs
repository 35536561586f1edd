namespace LuohuIOC.Detection.Novelty;

/// <summary>One view's memory and its tail: a point goes in, its rarity comes out.</summary>
internal sealed class View(int dimensions, NoveltyOptions options)
{
    private readonly PrototypeMemory _memory = new(dimensions, options.Prototypes, options.Vigilance);
    private readonly LogTail _tail = new(options.TailShare, options.TailMemory);

    public bool IsWarm => _tail.IsWarm;

    /// <summary>Points until the tail is warm; 0 when it is.</summary>
    public int WarmUpLeft => _tail.WarmUpLeft;

    /// <summary>
    /// Distances are no finer than the resolution, which is the stream's own rounding. While the stream has never changed there is neither:
    /// no distance at all teaches nothing about how large distances are.
    /// </summary>
    public double Nats(ReadOnlySpan<float> point, double resolution)
    {
        var distance = _memory.Visit(point) + resolution;
        return _tail.Nats(distance > 0 ? distance : double.NaN);
    }

    public void Save(BinaryWriter to)
    {
        _memory.Save(to);
        _tail.Save(to);
    }

    public void Load(BinaryReader from)
    {
        _memory.Load(from);
        _tail.Load(from);
    }
}

namespace LuohuIOC.Simulator.Seeds;

/// <summary>
/// A small random source (SplitMix64) that is the same on every machine and version for the same seed and key. Each sensor and purpose
/// has its own, so that adding a sensor does not change what the others do.
/// </summary>
public struct Seeded
{
    private ulong _state;

    public Seeded(int seed, string key)
    {
        // FNV-1a, because string.GetHashCode differs from process to process.
        var hash = 14695981039346656037UL ^ (uint)seed;
        foreach (var c in key) hash = (hash ^ c) * 1099511628211UL;
        _state = hash;
        _ = Next();
    }

    /// <summary>0 inclusive to 1 exclusive.</summary>
    public double Next()
    {
        _state += 0x9E3779B97F4A7C15UL;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    public double Between(double low, double high) => low + (Next() * (high - low));

    /// <summary>Evenly spread on a logarithmic scale, for quantities that differ by factors.</summary>
    public double LogBetween(double low, double high) => low * Math.Pow(high / low, Next());

    public int Below(int count) => (int)(Next() * count);

    public bool Chance(double probability) => Next() < probability;

    /// <summary>Mean 0, standard deviation 1.</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Next())) * Math.Cos(2 * Math.PI * Next());

    /// <summary>Waiting time of a Poisson process with this mean.</summary>
    public double Exponential(double mean) => -mean * Math.Log(1 - Next());
}

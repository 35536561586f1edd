using LuohuIOC.Spatial;

namespace LuohuIOC.Registry.District;

/// <summary>Lots that fall the same on every machine and runtime version, which <see cref="Random"/> does not promise (SplitMix64).</summary>
internal sealed class SeededDice(ulong seed)
{
    private ulong _state = seed * 0x9E3779B97F4A7C15;

    /// <summary>From 0 up to 1, 1 excluded.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1UL << 53));

    public int Below(int count) => (int)(Share() * count);

    /// <summary>Between −1 and 1, the middle likelier: a sum of three lots.</summary>
    public double Bell() => (Share() + Share() + Share()) / 1.5 - 1;

    /// <summary>A place around the centre, never farther than the reach in either direction.</summary>
    public GeoPoint Around(GeoPoint centre, double reachMetres) => centre.Offset(Bell() * reachMetres, Bell() * reachMetres);

    private ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

using LuohuIOC.Simulator.Seeds;
using LuohuIOC.Simulator.Weather;

namespace LuohuIOC.Benchmarks.Nowcast;

/// <summary>
/// One to five design storms over up to half a day, torn into gusts: each two minutes' rain is multiplied by a log-normal factor with
/// memory. The depth stays that of the design storms. A design storm alone has one smooth peak that a forecast finds too easily.
/// </summary>
internal sealed class UnevenStorm : Hyetograph
{
    private const double Memory = 0.8;
    private const double Gustiness = 0.6;
    private static readonly TimeSpan Slice = TimeSpan.FromMinutes(2);

    private readonly double[] _cumulative;

    public UnevenStorm(IReadOnlyList<(ChicagoStorm Storm, TimeSpan Start)> parts, int seed)
    {
        Duration = parts.Max(p => p.Start + p.Storm.Duration);
        var random = new Seeded(seed, "gusts");
        var slices = (int)Math.Ceiling(Duration / Slice);
        _cumulative = new double[slices + 1];
        var gust = random.Normal();
        for (var i = 0; i < slices; i++)
        {
            var smooth = parts.Sum(p => p.Storm.Cumulative(((i + 1) * Slice) - p.Start) - p.Storm.Cumulative((i * Slice) - p.Start));
            _cumulative[i + 1] = _cumulative[i] + (smooth * Math.Exp(Gustiness * gust));
            gust = (Memory * gust) + (Math.Sqrt(1 - (Memory * Memory)) * random.Normal());
        }
        var scale = parts.Sum(p => p.Storm.Cumulative(p.Storm.Duration)) / _cumulative[^1];
        for (var i = 0; i <= slices; i++) _cumulative[i] *= scale;
    }

    public override TimeSpan Duration { get; }

    public override double Cumulative(TimeSpan sinceStart)
    {
        var at = Math.Clamp(sinceStart / Slice, 0, _cumulative.Length - 1);
        var slice = Math.Min((int)at, _cumulative.Length - 2);
        return _cumulative[slice] + ((at - slice) * (_cumulative[slice + 1] - _cumulative[slice]));
    }
}

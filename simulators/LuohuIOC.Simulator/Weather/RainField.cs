using LuohuIOC.Simulator.Seeds;

namespace LuohuIOC.Simulator.Weather;

/// <summary>
/// How a storm's mean depth is spread over the district: a smooth factor per place whose mean over all places is 1 at every time. A design
/// storm has a cell that crosses the district in its duration, by a seeded path; the storm of 2023-09-07 stands over Donghu street.
/// </summary>
public sealed class RainField
{
    private const double CellKm = 3.0;
    private const double CellStrength = 0.8;

    private readonly Place[] _places;
    private readonly Place _from;
    private readonly Place _to;
    private readonly double _floor;
    private readonly double? _fixedStrength;

    private RainField(Place[] places, Place from, Place to, double floor, double? fixedStrength)
    {
        (_places, _from, _to, _floor, _fixedStrength) = (places, from, to, floor, fixedStrength);
        Factors = new double[places.Length];
        Move(0);
    }

    /// <summary>The factor of each place, in the order given; valid until the next move.</summary>
    public double[] Factors { get; }

    /// <summary>A cell that enters on one side and leaves on the other.</summary>
    public static RainField Moving(Place[] places, int seed)
    {
        var random = new Seeded(seed, "rain cell");
        var direction = random.Between(0, 2 * Math.PI);
        var aside = random.Between(-2, 2);
        Place At(double along) => new(
            (Math.Cos(direction) * along) - (Math.Sin(direction) * aside),
            (Math.Sin(direction) * along) + (Math.Cos(direction) * aside));
        return new RainField(places, At(-5), At(5), 1, null);
    }

    /// <summary>
    /// A standing cell over the marked places, such that they get <paramref name="ratio"/> times the mean and all places 1 on average:
    /// two linear equations for floor and strength of <c>floor + strength·exp(−d²/2σ²)</c>.
    /// </summary>
    /// <exception cref="ArgumentException">No place is marked, or all are: then no factor other than 1 is possible.</exception>
    public static RainField Standing(Place[] places, Func<int, bool> marked, double ratio)
    {
        var inside = Enumerable.Range(0, places.Length).Where(marked).Select(i => places[i]).ToArray();
        if (inside.Length == 0 || inside.Length == places.Length) throw new ArgumentException("The places under the cell must be some, not all.", nameof(marked));
        var centre = new Place(inside.Average(p => p.EastKm), inside.Average(p => p.NorthKm));
        var meanAll = places.Average(p => Bell(p, centre));
        var meanInside = inside.Average(p => Bell(p, centre));
        var strength = (ratio - 1) / (meanInside - meanAll);
        return new RainField(places, centre, centre, 1 - (strength * meanAll), strength);
    }

    /// <summary>Moves the cell to where it is at this share of the storm's duration, 0 to 1.</summary>
    public void Move(double share)
    {
        share = Math.Clamp(share, 0, 1);
        var centre = new Place(
            _from.EastKm + (share * (_to.EastKm - _from.EastKm)),
            _from.NorthKm + (share * (_to.NorthKm - _from.NorthKm)));
        double sum = 0;
        for (var i = 0; i < Factors.Length; i++) sum += Factors[i] = _floor + ((_fixedStrength ?? CellStrength) * Bell(_places[i], centre));
        if (sum == 0) return;
        var scale = Factors.Length / sum;
        for (var i = 0; i < Factors.Length; i++) Factors[i] *= scale;
    }

    private static double Bell(Place place, Place centre) => Math.Exp(-place.SquaredKmTo(centre) / (2 * CellKm * CellKm));
}

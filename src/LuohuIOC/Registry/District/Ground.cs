using LuohuIOC.Spatial;

namespace LuohuIOC.Registry.District;

/// <summary>Where things may stand: built-up places of each residents' committee (their centres drawn by lot), hills, and what is inside.</summary>
internal sealed class Ground
{
    private readonly DistrictPlan _plan;
    private readonly List<(Street Street, string Name, GeoPoint Centre)> _committees = [];
    private readonly ILookup<string, (string Name, GeoPoint Centre)> _byStreet;

    public Ground(DistrictPlan plan, SeededDice dice)
    {
        _plan = plan;
        foreach (var street in StreetMap.All)
            for (var i = 0; i < street.Committees.Count; i++)
            {
                var seat = street.Centres[i % street.Centres.Count];
                _committees.Add((street, street.Committees[i].Name, Draw(dice, seat.Point, seat.ReachMetres, p => ReferenceEquals(StreetMap.At(p), street))));
            }
        _byStreet = _committees.ToLookup(c => c.Street.Code, c => (c.Name, c.Centre));
    }

    /// <summary>A place in a built-up area.</summary>
    public GeoPoint InTown(SeededDice dice) => Draw(dice, _committees[dice.Below(_committees.Count)].Centre, 350, _ => true);

    public (GeoPoint Place, string Hill) OnHill(SeededDice dice)
    {
        var hill = _plan.Hills[dice.Below(_plan.Hills.Length)];
        return (Draw(dice, DistrictPlan.PointOf(hill.At), hill.Reach, _ => true), hill.Name);
    }

    /// <summary>The street of a place, the residents' committee with the nearest centre in it, and the committee's place name.</summary>
    public (Street Street, string Committee, string PlaceName) Locate(GeoPoint place)
    {
        var street = StreetMap.At(place);
        var committee = _byStreet[street.Code].MinBy(c => c.Centre.MetresTo(place)).Name;
        return (street, committee, committee.Replace(_plan.CommitteeSuffix, ""));
    }

    /// <summary>The place itself, or the nearest one on the way to its street's centre that is surely inside.</summary>
    public static GeoPoint Inside(GeoPoint place)
    {
        if (Boundary.Luohu.Contains(place)) return place;
        var centre = StreetMap.At(place).Centres.MinBy(c => c.Point.MetresTo(place))!.Point;
        for (var share = 0.02; share < 1; share += 0.02)
            if (place.Towards(centre, share) is var nearer && Boundary.Luohu.Contains(nearer)) return nearer;
        return centre;
    }

    private static GeoPoint Draw(SeededDice dice, GeoPoint centre, double reachMetres, Func<GeoPoint, bool> fits)
    {
        const int TriesMax = 200;
        for (var i = 0; i < TriesMax; i++)
            if (dice.Around(centre, reachMetres) is var place && Boundary.Luohu.Contains(place) && fits(place)) return place;
        return Inside(centre);
    }
}

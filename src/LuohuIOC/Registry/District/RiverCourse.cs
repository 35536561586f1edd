using LuohuIOC.Spatial;

namespace LuohuIOC.Registry.District;

/// <summary>A river as a line of bends, measured along its length.</summary>
internal sealed class RiverCourse
{
    private readonly GeoPoint[] _bends;
    private readonly double[] _metres;

    public RiverCourse(RiverPlan plan)
    {
        Plan = plan;
        _bends = [.. plan.Course.Select(DistrictPlan.PointOf)];
        _metres = new double[_bends.Length];
        for (var i = 1; i < _bends.Length; i++) _metres[i] = _metres[i - 1] + _bends[i - 1].MetresTo(_bends[i]);
    }

    public RiverPlan Plan { get; }

    public double LengthMetres => _metres[^1];

    /// <summary>The place at a share of the length, so many metres beside the course: positive is left of the flow.</summary>
    public GeoPoint At(double share, double leftMetres = 0)
    {
        var along = share * LengthMetres;
        var i = 1;
        while (i < _bends.Length - 1 && _metres[i] < along) i++;
        var span = _metres[i] - _metres[i - 1];
        var (east, north) = _bends[i - 1].OffsetTo(_bends[i]);
        var onCourse = _bends[i - 1].Towards(_bends[i], (along - _metres[i - 1]) / span);
        return onCourse.Offset(-north / span * leftMetres, east / span * leftMetres);
    }

    /// <summary>The station that water let in at this share passes first: a section, or what lies below the mouth.</summary>
    public string StationBelow(double share) => Plan.Sections.FirstOrDefault(s => s.At >= share)?.Id ?? Plan.Into;

    /// <summary>Distance of a place from the course.</summary>
    public double MetresFrom(GeoPoint place)
    {
        var nearest = double.MaxValue;
        for (var i = 1; i < _bends.Length; i++)
        {
            var (east, north) = _bends[i - 1].OffsetTo(_bends[i]);
            var (placeEast, placeNorth) = _bends[i - 1].OffsetTo(place);
            var share = Math.Clamp((placeEast * east + placeNorth * north) / (east * east + north * north), 0, 1);
            nearest = Math.Min(nearest, Math.Sqrt(Math.Pow(placeEast - share * east, 2) + Math.Pow(placeNorth - share * north, 2)));
        }
        return nearest;
    }
}

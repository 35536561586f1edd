using System.Collections.Concurrent;
using LuohuIOC.Spatial;

namespace LuohuIOC.Registry;

/// <summary>
/// Some sensors as of one moment, by latitude: the nearest ones of a place are found by looking north and south from it until none can be nearer. A
/// hundred districts have thousands of gauges and tens of thousands of stations that ask as they wake.
/// </summary>
internal sealed class NearestSensors
{
    private readonly Sensor[] _byLatitude;
    private readonly double[] _latitudes;

    // The one gauge of a station upstream is asked for again by every station below it.
    private readonly ConcurrentDictionary<GeoPoint, int> _nearest = new();

    /// <param name="sensors">Their places must be known.</param>
    public NearestSensors(IEnumerable<Sensor> sensors)
    {
        _byLatitude = [.. sensors.OrderBy(g => g.Place!.Value.Latitude)];
        _latitudes = [.. _byLatitude.Select(g => g.Place!.Value.Latitude)];
    }

    public bool IsEmpty => _byLatitude.Length == 0;

    /// <summary>The number of the nearest one.</summary>
    public int Nearest(GeoPoint place) => _nearest.TryGetValue(place, out var known) ? known : _nearest.GetOrAdd(place, Nearest(place, 1)[0].Number);

    /// <summary>The nearest ones, nearest first; of those equally far the lower number first.</summary>
    public List<(double Metres, int Number)> Nearest(GeoPoint place, int count)
    {
        var found = new List<(double Metres, int Number)>(count + 1);
        var at = Array.BinarySearch(_latitudes, place.Latitude);
        var (south, north) = (at < 0 ? ~at - 1 : at - 1, at < 0 ? ~at : at);
        while (south >= 0 || north < _latitudes.Length)
        {
            var toSouth = south >= 0 ? MetresNorth(place, _latitudes[south]) : double.PositiveInfinity;
            var toNorth = north < _latitudes.Length ? MetresNorth(place, _latitudes[north]) : double.PositiveInfinity;
            if (found.Count == count && Math.Min(toSouth, toNorth) > found[^1].Metres) break;
            var sensor = _byLatitude[toSouth <= toNorth ? south-- : north++];
            var candidate = (place.MetresTo(sensor.Place!.Value), sensor.Number);
            if (found.Count == count && candidate.CompareTo(found[^1]) >= 0) continue;
            var into = found.BinarySearch(candidate);
            found.Insert(into < 0 ? ~into : into, candidate);
            if (found.Count > count) found.RemoveAt(count);
        }
        return found;
    }

    private static double MetresNorth(GeoPoint place, double latitude) => place.MetresTo(place with { Latitude = latitude });
}

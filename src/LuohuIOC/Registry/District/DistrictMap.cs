using LuohuIOC.Spatial;
using NetTopologySuite.Features;
using NetTopologySuite.Geometries;
using NetTopologySuite.Operation.Overlay;
using NetTopologySuite.Operation.OverlayNG;
using NetTopologySuite.Triangulate;

namespace LuohuIOC.Registry.District;

/// <summary>
/// What a map of the district is drawn from, in WGS84; <c>layer</c> tells which: <c>boundary</c>, <c>street</c> (the regions nearest to
/// recalled centres, as <see cref="StreetMap"/> assigns places: approximate), <c>street-label</c>, <c>river</c> (in the direction of flow)
/// and <c>reservoir</c>. Each has <c>name</c>, and <c>approximate</c> where its place is recalled and not surveyed.
/// </summary>
internal static class DistrictMap
{
    // A degree of longitude is so many degrees of latitude wide here, so that "nearest" in the diagram is nearest on the ground.
    private static readonly double Narrow = Math.Cos(22.57 * Math.PI / 180);

    private static readonly GeometryFactory Geometries = new(new PrecisionModel(), 4326);

    private static readonly Lazy<IReadOnlyList<Feature>> All = new(() => [.. Make()]);

    public static IReadOnlyList<Feature> Features => All.Value;

    private static IEnumerable<Feature> Make()
    {
        var plan = DistrictPlan.Load();
        yield return FeatureOf(Boundary.Luohu.Area, "boundary", "", false);
        foreach (var (street, area) in Streets())
        {
            yield return FeatureOf(area, "street", street.Name, true);
            yield return FeatureOf(area.InteriorPoint, "street-label", street.Name, true);
        }
        foreach (var river in plan.Rivers)
            yield return FeatureOf(Geometries.CreateLineString([.. river.Course.Select(CoordinateOf)]), "river", river.Name, true);
        foreach (var place in plan.Places)
            if (place.Outline is { } shore) yield return FeatureOf(Geometries.CreatePolygon([.. shore.Select(CoordinateOf)]), "reservoir", place.Name, true);
    }

    /// <summary>Each street's region: the Voronoi cells of its centres, joined and cut at the boundary.</summary>
    private static IEnumerable<(Street Street, Geometry Area)> Streets()
    {
        // The quantised outline touches itself, which plain overlays refuse.
        var boundary = NetTopologySuite.Geometries.Utilities.GeometryFixer.Fix(Boundary.Luohu.Area);
        var envelope = boundary.EnvelopeInternal.Copy();
        envelope.ExpandBy(0.05);
        var builder = new VoronoiDiagramBuilder { ClipEnvelope = new Envelope(envelope.MinX * Narrow, envelope.MaxX * Narrow, envelope.MinY, envelope.MaxY) };
        builder.SetSites(StreetMap.All.SelectMany(s => s.Centres).Select(c => new Coordinate(c.Point.Longitude * Narrow, c.Point.Latitude)).ToArray());
        var cells = builder.GetDiagram(Geometries);
        var byStreet = Enumerable.Range(0, cells.NumGeometries)
            .Select(i => (Site: (Coordinate)cells.GetGeometryN(i).UserData, Cell: Widened(cells.GetGeometryN(i))))
            .ToLookup(c => StreetMap.At(new GeoPoint(c.Site.X / Narrow, c.Site.Y)).Code, c => c.Cell);
        foreach (var street in StreetMap.All)
            yield return (street, OverlayNGRobust.Overlay(OverlayNGRobust.Union(byStreet[street.Code].ToArray()), boundary, SpatialFunction.Intersection));
    }

    private static Geometry Widened(Geometry cell)
    {
        var wide = cell.Copy();
        wide.Apply(new Widening());
        wide.GeometryChanged();
        return wide;
    }

    private static Feature FeatureOf(Geometry geometry, string layer, string name, bool approximate) =>
        new(geometry, new AttributesTable { { "layer", layer }, { "name", name }, { "approximate", approximate } });

    private static Coordinate CoordinateOf(double[] pair) => new(pair[0], pair[1]);

    private sealed class Widening : ICoordinateFilter
    {
        public void Filter(Coordinate coordinate) => coordinate.X /= Narrow;
    }
}

using System.Text.Json;
using LuohuIOC.Spatial;

namespace LuohuIOC.Registry.District;

/// <summary>The embedded file <c>Registry/Data/district.json</c>: names, courses, listed places and counts, none of them in code.</summary>
/// <param name="Seed">Of everything drawn by lot.</param>
/// <param name="CommitteeSuffix">Cut from a residents' committee's name to get the name of its place.</param>
/// <param name="InstalledFrom">First day of installation.</param>
/// <param name="InstalledTo">Last day of installation.</param>
/// <param name="Rivers">Rivers with their sections.</param>
/// <param name="Places">Stations with a place of their own.</param>
/// <param name="Hills">Where slopes are watched.</param>
/// <param name="Kinds">How many of each kind, how they are called and which gateways they use.</param>
internal sealed record DistrictPlan(
    ulong Seed, string CommitteeSuffix, DateOnly InstalledFrom, DateOnly InstalledTo,
    RiverPlan[] Rivers, PlacePlan[] Places, HillPlan[] Hills, KindPlan[] Kinds)
{
    public static DistrictPlan Load()
    {
        using var stream = typeof(DistrictPlan).Assembly.GetManifestResourceStream("Registry/Data/district.json")
            ?? throw new InvalidOperationException("Registry/Data/district.json is not embedded in the assembly.");
        return JsonSerializer.Deserialize<DistrictPlan>(stream, new JsonSerializerOptions(JsonSerializerDefaults.Web))!;
    }

    public static GeoPoint PointOf(double[] pair) => new(pair[0], pair[1]);
}

/// <param name="Name">Name.</param>
/// <param name="Into">Id of the station that its water passes after its mouth.</param>
/// <param name="Course">Longitude and latitude of its bends, from the source down.</param>
/// <param name="Sections">Gauged sections in order of <see cref="SectionPlan.At"/>.</param>
internal sealed record RiverPlan(string Name, string Into, double[][] Course, SectionPlan[] Sections);

/// <param name="Id">Sensor id.</param>
/// <param name="Name">Name.</param>
/// <param name="At">Share of the river's length from the source, 0–1.</param>
internal sealed record SectionPlan(string Id, string Name, double At);

/// <param name="Id">Sensor id.</param>
/// <param name="Kind">Wire name of its kind.</param>
/// <param name="Name">Name.</param>
/// <param name="At">Longitude and latitude.</param>
/// <param name="Downstream">Id of the next station downstream.</param>
/// <param name="Outline">Shore of a reservoir as a closed ring; for drawing only.</param>
internal sealed record PlacePlan(string Id, string Kind, string Name, double[] At, string? Downstream, double[][]? Outline = null);

internal sealed record HillPlan(string Name, double[] At, double Reach);

/// <param name="Kind">Wire name.</param>
/// <param name="Prefix">Ids are prefix and number; null when all of the kind are listed.</param>
/// <param name="Digits">Least digits of the number.</param>
/// <param name="Count">How many.</param>
/// <param name="Name">{0} place or river, {1} running number there.</param>
/// <param name="Gateway">{0} code of the street, {1} number from 1 to <see cref="Gateways"/>.</param>
/// <param name="Gateways">How many share the load, per street when the name has one.</param>
internal sealed record KindPlan(string Kind, string? Prefix, int Digits, int Count, string? Name, string Gateway, int Gateways);

using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Registry.District;
using LuohuIOC.Spatial;
using Xunit;

namespace LuohuIOC.Tests.Registry.District;

public class LuohuDistrictTests
{
    private static readonly IReadOnlyDictionary<string, int> AsPlanned = new Dictionary<string, int>();
    private static readonly IReadOnlyList<SensorDraft> Drafts = LuohuDistrict.Generate(AsPlanned);

    [Theory]
    [InlineData(SensorKind.Outfall, 170)]
    [InlineData(SensorKind.Pipe, 100)]
    [InlineData(SensorKind.Waterlogging, 21)]
    [InlineData(SensorKind.WaterQuality, 11)]
    [InlineData(SensorKind.RainGauge, 30)]
    [InlineData(SensorKind.Reservoir, 2)]
    [InlineData(SensorKind.River, 12)]
    [InlineData(SensorKind.Tide, 2)]
    [InlineData(SensorKind.Slope, 60)]
    [InlineData(SensorKind.Smoke, 1200)]
    [InlineData(SensorKind.Heat, 800)]
    [InlineData(SensorKind.Parking, 3000)]
    [InlineData(SensorKind.Gas, 100)]
    [InlineData(SensorKind.Charger, 60)]
    [InlineData(SensorKind.Manhole, 200)]
    [InlineData(SensorKind.Generic, 0)]
    public void Has_as_many_of_each_kind_as_the_district(SensorKind kind, int count) =>
        Assert.Equal(count, Drafts.Count(d => d.Kind == kind));

    [Fact]
    public void Ids_and_names_are_unique_and_ids_valid()
    {
        Assert.Equal(Drafts.Count, Drafts.Select(d => d.Id).Distinct().Count());
        Assert.Equal(Drafts.Count, Drafts.Select(d => d.Name).Distinct().Count());
        Assert.All(Drafts, d => Assert.True(Topic.IsId(d.Id) && Topic.IsId(d.Gateway), d.Id));
        Assert.Contains(Drafts, d => d.Id == "outfall-001");
        Assert.Contains(Drafts, d => d.Id == "smoke-1200");
    }

    [Fact]
    public void Every_place_is_strictly_inside_and_in_its_street()
    {
        foreach (var draft in Drafts)
        {
            Assert.True(Boundary.Luohu.Contains(draft.Place!.Value), draft.Id);
            Assert.Equal(StreetMap.At(draft.Place!.Value).Name, draft.Street);
            Assert.Contains(StreetMap.Find(draft.Street)!.Committees, c => c.Name == draft.Community);
            Assert.True(draft.Synthetic, draft.Id);
            Assert.NotNull(draft.InstalledOn);
        }
    }

    [Fact]
    public void Load_spreads_over_forty_to_sixty_gateways()
    {
        var loads = Drafts.GroupBy(d => d.Gateway).ToDictionary(g => g.Key, g => g.Count());
        Assert.InRange(loads.Count, 40, 60);
        Assert.InRange(loads.Values.Max(), 1, Drafts.Count / 10);
    }

    [Fact]
    public void Every_street_has_detectors_and_parking_bays()
    {
        foreach (var kind in new[] { SensorKind.Smoke, SensorKind.Parking })
            Assert.Equal(10, Drafts.Where(d => d.Kind == kind).Select(d => d.Street).Distinct().Count());
    }

    [Fact]
    public void Is_the_same_every_time() => Assert.Equal(Drafts, LuohuDistrict.Generate(AsPlanned));

    [Fact]
    public void Another_count_leaves_the_other_kinds_where_they_are()
    {
        var more = LuohuDistrict.Generate(new Dictionary<string, int> { ["smoke"] = 12_000 });
        Assert.Equal(12_000, more.Count(d => d.Kind == SensorKind.Smoke));
        Assert.Equal(
            Drafts.Where(d => d.Kind == SensorKind.Parking).Select(d => (d.Id, d.Place)),
            more.Where(d => d.Kind == SensorKind.Parking).Select(d => (d.Id, d.Place)));
        Assert.Contains(more, d => d.Id == "smoke-12000");
        Assert.Contains(more, d => d.Id == "smoke-00001");
    }

    [Fact]
    public void No_pipes_or_outfalls_is_a_district_too()
    {
        var registry = new SensorRegistry();
        var outcome = registry.Apply(LuohuDistrict.Generate(new Dictionary<string, int> { ["pipe"] = 0, ["outfall"] = 0 }));
        Assert.Empty(outcome.Refused);
    }

    [Fact]
    public void The_registry_accepts_all_of_it()
    {
        var outcome = new SensorRegistry().Apply(Drafts);
        Assert.Empty(outcome.Refused);
        Assert.Equal(Drafts.Count, outcome.Added);
    }

    [Fact]
    public void Water_runs_from_every_point_through_pipes_and_outfalls_to_the_tide()
    {
        var registry = new SensorRegistry();
        registry.Apply(Drafts);
        var network = registry.Network;
        Assert.All(Drafts.Where(d => d.Kind == SensorKind.Waterlogging), d => Assert.Equal(SensorKind.Pipe, KindOf(registry, d.Downstream!)));
        foreach (var draft in Drafts.Where(d => d.Kind is SensorKind.Waterlogging or SensorKind.Pipe or SensorKind.Outfall or SensorKind.River or SensorKind.Reservoir))
        {
            var path = network.DownstreamPath(draft.Id);
            Assert.Equal("tide-02", path[^1].Id);
            if (draft.Kind is SensorKind.Waterlogging or SensorKind.Pipe) Assert.Contains(path, s => s.Kind == SensorKind.Outfall);
            if (draft.Kind is SensorKind.Outfall) Assert.Contains(path, s => s.Kind is SensorKind.River);
        }
        // Pipes in a row, and outfalls that a pipe station watches.
        Assert.Contains(Drafts, d => d.Kind == SensorKind.Pipe && KindOf(registry, d.Downstream!) == SensorKind.Pipe);
        Assert.True(Drafts.Count(d => d.Kind == SensorKind.Outfall && network.Upstream(d.Id).Count > 0) >= 20);
    }

    [Fact]
    public void Sections_of_a_river_follow_each_other_and_the_reservoir_releases_along_the_Shawan_river()
    {
        var registry = new SensorRegistry();
        registry.Apply(Drafts);
        Assert.Equal(["river-08", "river-09", "river-10", "tide-02"], registry.Network.DownstreamPath("river-07").Select(s => s.Id));
        Assert.Equal(["river-03", "river-11", "river-12", "tide-01", "tide-02"], registry.Network.DownstreamPath("reservoir-01").Select(s => s.Id));
    }

    private static SensorKind KindOf(SensorRegistry registry, string id) => registry.TryFind(id, out var sensor) ? sensor.Kind : throw new KeyNotFoundException(id);
}

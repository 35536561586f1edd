using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Rules;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class RuleBookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rules").FullName;
    private readonly LuohuIOC.Registry.Sensor _street = Watched.Of(SensorKind.Waterlogging);

    private static LadderRule Depth(double yellow) => new()
    {
        Id = "waterlogging-depth",
        Metric = "depth",
        Hysteresis = 0.02,
        Steps = [new(Severity.Yellow, yellow)],
        Comment = "下穿通道",
    };

    [Fact]
    public void The_same_rules_come_back_until_something_changes()
    {
        var book = Open();
        var before = book.For(_street);
        Assert.Same(before, book.For(_street));
        var told = new List<string>();
        book.Changed += told.Add;
        book.Set(_street, "waterlogging-depth", Depth(0.3), "chen", "下穿通道");
        var after = book.For(_street);
        Assert.NotSame(before, after);
        Assert.NotEqual(before.Version, after.Version);
        Assert.Same(after, book.For(_street));
        Assert.Same(before, book.For(_street with { Id = "t-02" }));
        Assert.Equal(["t-01"], told);
    }

    [Fact]
    public void An_override_takes_effect_at_the_next_tick_and_its_end_too()
    {
        var book = Open();
        var w = new Watched(SensorKind.Waterlogging, book.For(_street));
        w.Read(0, ("depth", 0.2));
        book.Set(_street, "waterlogging-depth", Depth(0.3), "chen", null);
        w.Rules = book.For(_street);
        w.Tick(10);
        book.Set(_street, "waterlogging-depth", null, "chen", null);
        w.Rules = book.For(_street);
        w.Tick(20);
        Assert.Equal("waterlogging-depth yellow@0, waterlogging-depth ended@10, waterlogging-depth yellow@20", w.Story);
    }

    [Fact]
    public void Overrides_and_their_history_survive_a_restart()
    {
        var book = Open();
        book.Set(_street, "waterlogging-depth", Depth(0.3), "chen", "one");
        book.Set(_street, "waterlogging-depth", Depth(0.35), "li", "two");
        book.Set(_street, "own-rule", Depth(0.1) with { Id = "own-rule", Name = "自定" }, "li", null);
        book.Set(_street, "battery-low", new LadderRule { Id = "battery-low", Enabled = false, Metric = "battery" }, "li", null);
        book.Set(_street, "offline", new NoDataRule { Id = "offline", Severity = Severity.Red }, "li", null);
        book.Set(_street, "offline", null, "li", null);
        var version = book.For(_street).Version;
        book = Open();
        Assert.Equal(version, book.For(_street).Version);
        Assert.Equal(2, book.VersionOf("t-01", "waterlogging-depth"));
        Assert.Equal(
            [("waterlogging-depth", 2), ("battery-low", 1), ("offline", 0), ("own-rule", 1)],
            book.Explain(_street).Select(r => (r.Rule.Id, r.Override?.Version ?? 0)));
        Assert.Equal([(2, "li", "two"), (1, "chen", "one")],
            book.History("t-01", "waterlogging-depth").Select(v => (v.Version, v.ChangedBy, v.Comment)));
        Assert.Equal(0.35, Assert.IsType<LadderRule>(book.History("t-01", "waterlogging-depth")[0].Rule).Steps[0].At);
        Assert.Equal(2, book.For(_street).Ids.Count(id => id is "waterlogging-depth" or "own-rule"));
        Assert.DoesNotContain("battery-low", book.For(_street).Ids);
    }

    [Fact]
    public void Who_saw_an_older_version_does_not_overwrite_a_newer_one()
    {
        var book = Open();
        Assert.Equal(1, book.Set(_street, "waterlogging-depth", Depth(0.3), "chen", null, expectedVersion: 0)?.Version);
        Assert.Null(book.Set(_street, "waterlogging-depth", Depth(0.4), "li", null, expectedVersion: 0));
        Assert.Equal(1, book.VersionOf("t-01", "waterlogging-depth"));
    }

    [Fact]
    public void A_generic_sensor_grows_into_its_rules()
    {
        var book = Open();
        var bare = Watched.Of(SensorKind.Generic);
        book.Set(bare, "torque-high", new LadderRule { Id = "torque-high", Metric = "torque", Steps = [new(Severity.Red, 5)] }, "li", null);
        var grown = bare with { Layout = new([.. bare.Layout.Names, "torque"]) };
        Assert.DoesNotContain("torque-high", book.For(bare).Ids);
        Assert.Contains("torque-high", book.For(grown).Ids);
        Assert.Same(book.For(grown), book.For(grown));
    }

    [Fact]
    public void Only_the_reservoir_of_that_name_has_its_flood_limit()
    {
        var book = Open();
        var named = Watched.Of(SensorKind.Reservoir, "深圳水库坝前");
        Assert.Contains("reservoir-level", book.For(named).Ids);
        Assert.Same(book.For(named), book.For(named));
        Assert.DoesNotContain("reservoir-level", book.For(Watched.Of(SensorKind.Reservoir, "仙湖水库")).Ids);
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private RuleBook Open() => new(Path.Combine(_folder, "rules.db"), TimeProvider.System);
}

using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Health;
using LuohuIOC.Spatial;
using LuohuIOC.Tests.Sensing.Rain;
using LuohuIOC.Texts;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Health;

public sealed class HealthWatchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-health-").FullName;
    private readonly SensorRegistry _registry = new();
    private readonly AlertBoard _alerts = new();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("false", "learning")]
    [InlineData("true", "faulty")]
    [InlineData(null, "faulty")]
    public async Task A_mark_that_was_given_just_before_a_stop_counts_after_the_start(string? verdict, string state)
    {
        StoreAFault();
        _alerts.Publish(Fault(verdict));
        var settings = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("DataDirectory", (string?)_folder)]).Build();
        var board = new HealthBoard();
        using var watch = new HealthWatch(_registry, new LatestBoard(), board, new HealthOptions(), _alerts, settings, TimeProvider.System, NullLogger<HealthWatch>.Instance);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => board.IsKnown, TimeSpan.FromSeconds(30)), "the first look has not come");
        Assert.Equal(state, watch.ViewOf(_registry[2], TextBook.English)!.State);
        await watch.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The alert was closed by an officer, so that it is in no list of open ones.</summary>
    [Theory]
    [InlineData(false, "learning")]
    [InlineData(true, "faulty")]
    public async Task A_mark_that_is_taken_back_before_the_next_look_makes_nothing_forgotten(bool isWithdrawn, string state)
    {
        StoreAFault();
        var settings = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create("DataDirectory", (string?)_folder)]).Build();
        var board = new HealthBoard();
        using var watch = new HealthWatch(_registry, new LatestBoard(), board, new HealthOptions(), _alerts, settings, TimeProvider.System, NullLogger<HealthWatch>.Instance);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => board.IsKnown, TimeSpan.FromSeconds(30)), "the first look has not come");
        var closed = Fault("false") with { State = "closed", ClosedBy = "甲" };
        _alerts.Publish(closed);
        if (isWithdrawn) _alerts.Publish(closed with { Verdict = null, Version = closed.Version + 1 });
        watch.Look();
        Assert.Equal(state, watch.ViewOf(_registry[2], TextBook.English)!.State);
        await watch.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Six river sections of which the third has been off by a metre for a day.</summary>
    private void StoreAFault()
    {
        var first = new GeoPoint(114.1, 22.55);
        _registry.Apply([.. Enumerable.Range(0, 6).Select(i => RainDesk.Draft($"rv-{i}", SensorKind.River, first.Offset(i * 500, 0)))]);
        var latest = new LatestBoard();
        var round = new HealthRound(_registry, latest, new HealthBoard(), new HealthOptions());
        var random = new Random(3);
        for (long step = 0, ms = 1_735_660_800_000; step < 6 * 144; step++, ms += 600_000)
        {
            for (var i = 0; i < 6; i++) latest.Set(i, new LatestReading(ms, [1 + i + (random.NextDouble() * 0.02) - (i == 2 && step > 5 * 144 ? 1 : 0), 60, -80], default));
            round.Look(ms);
        }
        var store = new HealthStore(_folder);
        store.Write([.. round.Sensors.Select(s => (_registry[s.Number].Id, s.Health.Snapshot()))]);
    }

    private static AlertView Fault(string? verdict) => new()
    {
        Id = "a",
        SensorId = "rv-2",
        SensorName = "rv-2",
        Kind = "river",
        Street = "",
        Rule = HealthMarks.FaultRule,
        RuleName = "",
        Severity = "blue",
        Worst = "blue",
        State = "raised",
        Metric = "level",
        Unit = "m",
        Value = 2,
        Verdict = verdict,
        ObservedAt = DateTimeOffset.UnixEpoch,
        RaisedAt = DateTimeOffset.UnixEpoch,
        UpdatedAt = DateTimeOffset.UnixEpoch,
        Version = 2,
    };
}

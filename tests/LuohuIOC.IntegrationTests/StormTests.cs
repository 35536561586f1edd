using System.Collections.Concurrent;
using System.Text.Json;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Registry;
using Microsoft.AspNetCore.SignalR.Client;

namespace LuohuIOC.IntegrationTests;

public sealed class StormTests
{
    private const int Seed = 7;
    private const double Speed = 120;
    private static readonly TimeSpan StormDelay = TimeSpan.FromMinutes(1);

    // The simulator looks every 250 ms, which is half a simulated minute; crossings closer than three of those may change places.
    private static readonly TimeSpan Tie = TimeSpan.FromMinutes(1.5);

    // After a stall it reports all at once what came to pass meanwhile: such readings have one time, or nearly.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    [Fact]
    public async Task A_fifty_year_storm_raises_the_waterlogging_points_in_the_order_of_the_model()
    {
        await using var host = new HostProcess(settings: $"--Detection:Nowcast:Speed={Speed}");
        await host.StartAsync();
        var registry = Path.Combine(host.Data, "registry.csv");
        await SimulatedCity.SaveRegistryAsync(host, registry);

        await using var hub = host.Hub();
        var raised = new ConcurrentDictionary<string, DateTimeOffset>();
        var forewarned = new ConcurrentDictionary<string, bool>();
        hub.On<JsonElement>("alert", alert =>
        {
            var sensor = alert.GetProperty("sensorId").GetString()!;
            if (alert.GetProperty("rule").GetString() == "nowcast-depth" && alert.GetProperty("state").GetString() == "raised" && !raised.ContainsKey(sensor)) forewarned[sensor] = true;
            if (alert.GetProperty("rule").GetString() == "waterlogging-depth" && alert.GetProperty("state").GetString() == "raised") raised.TryAdd(sensor, alert.GetProperty("observedAt").GetDateTimeOffset());
        });
        await HostProcess.JoinAsync(hub);

        var start = DateTimeOffset.UtcNow.ToOffset(TimeSpan.FromHours(8));
        await using var simulator = SimulatedCity.Start(
            host, registry, "--speed", $"{Speed}", "--seed", $"{Seed}", "--storm", "chicago", "--return-period", "50",
            "--storm-start", $"{StormDelay.TotalMinutes}", "--faults", "off", "--fires", "0");
        var model = new CityModel(
            [.. RegistryFile.Read(registry)],
            new CityOptions { Seed = Seed, Start = start, Storm = StormKind.Chicago, ReturnPeriodYears = 50, StormDelay = StormDelay, FiresPerDay = 0 });
        model.AdvanceTo(TimeSpan.FromMinutes(100));
        var expected = model.Crossings.Where(c => c.At < TimeSpan.FromMinutes(95)).ToDictionary(c => c.SensorId, c => c.At);
        Assert.True(expected.Count >= 10, $"A storm of fifty years floods {expected.Count} points of the model only (seed {Seed}).");

        await Wait.UntilAsync(
            () => expected.Keys.All(raised.ContainsKey),
            () => $"alerts of {string.Join(", ", expected.Keys.Except(raised.Keys))} (seed {Seed})", TimeSpan.FromMinutes(3));
        // By the readings' own times: on which way one overtakes another is not the model's matter.
        var order = raised.Where(r => expected.ContainsKey(r.Key)).OrderBy(r => r.Value).Select(r => r.Key).ToArray();
        for (var i = 0; i < order.Length; i++)
            for (var j = i + 1; j < order.Length; j++)
                Assert.True(raised[order[j]] - raised[order[i]] < Look || expected[order[i]] < expected[order[j]] + Tie, $"{order[i]} was raised before {order[j]}, the model has them at {expected[order[i]]} and {expected[order[j]]} (seed {Seed}).");

        HashSet<string> listed = [];
        await Wait.UntilAsync(
            async () => (listed = [.. (await host.GetAsync("alerts?rule=waterlogging-depth&limit=1000")).GetProperty("items").EnumerateArray().Select(a => a.GetProperty("sensorId").GetString()!)])
                .IsSupersetOf(expected.Keys),
            () => $"the alerts of {string.Join(", ", expected.Keys.Except(listed))} in the ledger");
        await ForecastsCame(host, expected.Keys, forewarned.Keys);
    }

    /// <summary>Most crossings are announced before they come, once each, and the announcement ends when the water is there.</summary>
    private static async Task ForecastsCame(HostProcess host, IEnumerable<string> flooded, IEnumerable<string> forewarned)
    {
        var (crossed, told) = (flooded.ToArray(), forewarned.ToHashSet());
        Assert.True(crossed.Count(told.Contains) >= 0.8 * crossed.Length, $"Of {crossed.Length} floods {crossed.Count(told.Contains)} were announced (seed {Seed}): {string.Join(", ", crossed.Except(told))} came unannounced.");
        string[] open = [];
        await Wait.UntilAsync(
            async () => (open = [.. (await host.GetAsync("alerts?rule=nowcast-depth&limit=1000")).GetProperty("items").EnumerateArray()
                .Where(a => crossed.Contains(a.GetProperty("sensorId").GetString()) && a.GetProperty("state").GetString() != "closed").Select(a => a.GetRawText())]).Length == 0,
            // Water that falls slowly past its threshold may be announced once more, until it is well below.
            () => $"the announcements to end where the water stands: {string.Join('\n', open)}", TimeSpan.FromMinutes(5));
        var alerts = (await host.GetAsync("alerts?rule=nowcast-depth&limit=1000")).GetProperty("items").EnumerateArray().ToArray();
        Assert.All(alerts, a => Assert.Equal("blue", a.GetProperty("severity").GetString()));
        Assert.All(crossed.Where(told.Contains), point => Assert.True(alerts.Count(a => a.GetProperty("sensorId").GetString() == point) <= 2, $"{point} was announced again and again."));

        var all = (await host.GetAsync("nowcasts")).GetProperty("items").EnumerateArray().ToArray();
        Assert.Superset(crossed.ToHashSet(), all.Select(n => n.GetProperty("sensorId").GetString()!).ToHashSet());
        var one = await host.GetAsync($"sensors/{crossed[0]}/nowcast");
        Assert.Equal(("depth", 0.15, "prior"), (one.GetProperty("metric").GetString(), one.GetProperty("threshold").GetDouble(), one.GetProperty("model").GetProperty("origin").GetString()));
        Assert.Equal([15, 30, 60], one.GetProperty("horizons").EnumerateArray().Select(h => h.GetProperty("minutes").GetInt32()));
        Assert.All(one.GetProperty("horizons").EnumerateArray(), h => Assert.True(h.GetProperty("low").GetDouble() <= h.GetProperty("high").GetDouble()));
        Assert.Equal("untried", one.GetProperty("training").GetProperty("state").GetString());
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using LuohuIOC.Alerts;
using LuohuIOC.Identity;
using LuohuIOC.Sensing;
using LuohuIOC.Tests.Http;
using LuohuIOC.Wall;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace LuohuIOC.Tests.Wall;

public sealed class WallHubTests(SharedCity shared) : IClassFixture<SharedCity>
{
    private readonly CityHost _city = shared.Host;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_transition_reaches_a_client_of_either_protocol(bool messagePack)
    {
        await using var client = await _city.ConnectAsync(messagePack);
        var alerts = new BlockingCollection<AlertView>();
        Collect(client, $"wl-{messagePack}", alerts);
        await client.InvokeAsync<WallStats>("Stats", TestContext.Current.CancellationToken);
        await _city.ObserveAsync($"wl-{messagePack}", Change(Severity.Orange, 1));
        var raised = Next(alerts);
        Assert.Equal(($"wl-{messagePack}", "orange", "raised", 1), (raised.SensorId, raised.Severity, raised.State, raised.Version));
        Assert.Equal("道路积水", raised.RuleName);
        Assert.Equal(Alerts.Some.Now.AddSeconds(1), raised.ObservedAt);
        Assert.Equal(0.3, raised.Value!.Value, 9);
        await _city.ObserveAsync($"wl-{messagePack}", Change(Severity.Red, 2), Change(null, 3));
        Assert.Equal(("red", 2), (Next(alerts).Severity, 2));
        var cleared = Next(alerts);
        Assert.NotNull(cleared.ClearedAt);
        var answer = await _city.Officer.Post($"/api/v1/alerts/{raised.Id}/acknowledge", "{}");
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(("closed", "system", "a DutyOfficer"), (Next(alerts) is var closed ? closed.State : "", closed.ClosedBy, closed.AcknowledgedBy));
    }

    [Fact]
    public async Task An_english_reader_gets_english_names()
    {
        await using var client = await _city.ConnectAsync(query: "?lang=en");
        var alerts = new BlockingCollection<AlertView>();
        Collect(client, "wl-en", alerts);
        await client.InvokeAsync<WallStats>("Stats", TestContext.Current.CancellationToken);
        await _city.ObserveAsync("wl-en", Change(Severity.Orange, 1));
        Assert.Equal("Water on the road", Next(alerts).RuleName);
        var city = await client.InvokeAsync<JsonElement>("Snapshot", TestContext.Current.CancellationToken);
        Assert.All(city.GetProperty("alerts").EnumerateArray(), alert => Assert.Equal("Water on the road", alert.GetProperty("ruleName").GetString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Readings_come_in_frames_with_the_latest_of_each_sensor(bool messagePack)
    {
        await using var client = await _city.ConnectAsync(messagePack);
        var frames = new BlockingCollection<Reading[]>();
        client.On<Reading[]>("readings", frames.Add);
        await client.InvokeAsync<WallStats>("Stats", TestContext.Current.CancellationToken);
        _city.Show($"g-{messagePack}", 1732262400000, 81.5, double.NaN);
        // What other tests of the city showed before may come in the same frame or in one before it.
        var reading = default(Reading);
        while (reading is null) reading = Next(frames).SingleOrDefault(r => r.SensorId == $"g-{messagePack}");
        Assert.Equal(($"g-{messagePack}", 1732262400000, "good", null), (reading.SensorId, reading.Ts, reading.Quality, reading.Reason));
        Assert.Equal([new("battery", 81.5)], reading.Values);
        Assert.Null(reading.Times);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_value_that_a_device_sends_no_more_comes_with_its_own_time(bool messagePack)
    {
        await using var client = await _city.ConnectAsync(messagePack);
        var frames = new BlockingCollection<Reading[]>();
        client.On<Reading[]>("readings", frames.Add);
        await client.InvokeAsync<WallStats>("Stats", TestContext.Current.CancellationToken);
        var sensor = _city.Registry.WithMetric(_city.Sensor($"t-{messagePack}"), "depth");
        Assert.Equal(["battery", "signal", "depth"], sensor.Layout.Names);
        _city.Services.GetRequiredService<LatestBoard>().Set(
            sensor.Number, new LatestReading(1732262400000, [81.5, double.NaN, 0.31], default) { Times = [1732262400000 - 59_000, 0, 1732260000000] });
        var reading = default(Reading);
        while (reading is null) reading = Next(frames).SingleOrDefault(r => r.SensorId == $"t-{messagePack}");
        Assert.Equal(1732262400000, reading.Ts);
        Assert.Equal([new("depth", 1732260000000)], reading.Times!);
    }

    [Fact]
    public void The_host_pings_often_enough_for_a_wall_that_gives_up_after_twelve_seconds() =>
        Assert.Equal(TimeSpan.FromSeconds(5), _city.Services.GetRequiredService<IOptions<HubOptions>>().Value.KeepAliveInterval);

    [Fact]
    public async Task The_snapshot_is_the_same_by_hub_and_by_http()
    {
        _city.Show("g-snapshot", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), 55);
        await _city.ObserveAsync("wl-blue", Change(Severity.Blue, 1));
        await _city.ObserveAsync("wl-red", Change(Severity.Red, 2));
        await using var client = await _city.ConnectAsync();
        var hub = await WithAsync("g-snapshot", () => client.InvokeAsync<JsonElement>("Snapshot", TestContext.Current.CancellationToken));
        var http = await WithAsync("g-snapshot", async () => await ApiClient.JsonOf(await _city.Officer.Get("/api/v1/city")));
        foreach (var city in new[] { hub, http })
        {
            var sensors = city.GetProperty("alerts").EnumerateArray().Select(a => a.GetProperty("sensorId").GetString()).ToList();
            Assert.True(sensors.IndexOf("wl-red") < sensors.IndexOf("wl-blue"), "The worst comes first.");
            var reading = Assert.Single(city.GetProperty("readings").EnumerateArray(), r => r.GetProperty("sensorId").GetString() == "g-snapshot");
            Assert.Equal(55, reading.GetProperty("values").GetProperty("battery").GetDouble());
            Assert.Equal(sensors.Count, city.GetProperty("counts").GetProperty("open").GetInt32());
        }
    }

    [Fact]
    public async Task Without_a_token_nobody_watches_and_a_token_is_never_logged()
    {
        using var stranger = new HttpClient { BaseAddress = new Uri(_city.Address) };
        var refused = await stranger.PostAsync("/hubs/wall/negotiate?negotiateVersion=1", null, TestContext.Current.CancellationToken);
        Assert.Equal(401, (int)refused.StatusCode);
        var token = _city.TokenOf(Role.Viewer);
        using (var socket = new System.Net.WebSockets.ClientWebSocket())
            await socket.ConnectAsync(new Uri($"{_city.Address.Replace("http", "ws")}/hubs/wall?access_token={token}"), TestContext.Current.CancellationToken);
        await using var client = await _city.ConnectAsync();
        Assert.NotEmpty(_city.Log.Lines);
        Assert.DoesNotContain(_city.Log.Lines, line => line.Contains(token, StringComparison.Ordinal) || line.Contains("access_token", StringComparison.Ordinal));
    }

    /// <summary>Readings are gathered at most every <see cref="City.ReadingsFor"/>: what another test has just asked for may lack this one.</summary>
    private static async Task<JsonElement> WithAsync(string sensor, Func<Task<JsonElement>> snapshot)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        for (var looks = 0; ; looks++)
        {
            var city = await snapshot();
            if (city.GetProperty("readings").EnumerateArray().Any(r => r.GetProperty("sensorId").GetString() == sensor)) return city;
            Assert.True(looks < 1_000, $"{sensor} is in no snapshot.");
            await look.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private static RuleChange Change(Severity? severity, int second) => Alerts.Some.Change(severity, second);

    private static void Collect(HubConnection client, string sensor, BlockingCollection<AlertView> into) => client.On<AlertView>("alert", alert =>
    {
        if (alert.SensorId == sensor) into.Add(alert);
    });

    private static T Next<T>(BlockingCollection<T> from)
    {
        Assert.True(from.TryTake(out var next, TimeSpan.FromSeconds(30)), "Nothing came from the hub within 30 s.");
        return next!;
    }

    [MessagePack.MessagePackObject]
    public sealed record Reading(
        [property: MessagePack.Key("sensorId")] string SensorId,
        [property: MessagePack.Key("ts")] long Ts,
        [property: MessagePack.Key("values")] Dictionary<string, double> Values,
        [property: MessagePack.Key("quality")] string Quality,
        [property: MessagePack.Key("reason")] string? Reason,
        [property: MessagePack.Key("times")] Dictionary<string, long>? Times = null);
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>Three real hosts on one PostgreSQL form one city; one of them is killed under load and comes back.</summary>
public sealed class SeveralHostsTests : IAsyncDisposable
{
    private const string Kind = "smoke";

    private readonly CityHosts _city = new();
    private readonly List<HubConnection> _hubs = [];
    private readonly ConcurrentDictionary<(int Host, string Sensor), bool> _seen = new();
    private readonly ConcurrentQueue<string> _failures = new();

    // Alarms of each gateway at most, so that a wall that is slow to show the first ones finds some left for later.
    private int _alarmsMax = int.MaxValue;

    private async Task StartAsync(string patience = HostProcess.Patient)
    {
        await _city.StartAsync(3, "--Mqtt:AllowAnonymous=true", "--Registry:AutoRegister=true", "--Sensing:SaveEvery=00:00:05", patience);
        for (var i = 0; i < 3; i++) _hubs.Add(await WatchAsync(i));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hub in _hubs) await hub.DisposeAsync();
        await _city.DisposeAsync();
    }

    [Fact]
    public async Task An_alert_is_raised_once_and_every_wall_shows_it_wherever_the_reading_came_in()
    {
        await StartAsync();
        var sensors = await SensorsAsync(6);
        for (var i = 0; i < 6; i++)
        {
            using var gateway = await ConnectAsync(_city.Hosts[i % 3], $"gw-{i}");
            await AlarmAsync(gateway, sensors[i], 1);
            await EveryWallShowsAsync(sensors[i].Id, [0, 1, 2]);
        }
        // The same sensor by another host: its grain lives where it first came in, and knows the reading.
        using (var other = await ConnectAsync(_city.Hosts[2], "gw-other")) await AlarmAsync(other, sensors[0], 2);

        var alerts = await OneAlertOfEachAsync(_city.Hosts[1], sensors);
        await _city.Hosts[0].SendAsync(HttpMethod.Post, $"alerts/{alerts[0].Id}/acknowledge", new { });
        foreach (var host in _city.Hosts)
            await Wait.UntilAsync(
                async () => (await host.GetAsync("city")).GetProperty("alerts").EnumerateArray().Any(a => a.GetProperty("id").GetString() == alerts[0].Id && a.GetProperty("state").GetString() == "acknowledged"),
                () => "every wall to show what an officer did on one host");
        await SameCityAsync(1, 0);
        await SameCityAsync(2, 0);
        await OneAlertOfEachAsync(_city.Hosts[1], sensors);
        Assert.True((await _city.Hosts[2].GetAsync("alerts/verification")).GetProperty("intact").GetBoolean());
    }

    [Fact]
    public async Task What_is_set_or_registered_on_one_host_holds_on_all()
    {
        await StartAsync();
        var sensor = (await _city.Hosts[0].GetAsync("sensors?kind=heat&limit=1")).GetProperty("items")[0];
        var (id, gateway) = (sensor.GetProperty("id").GetString()!, sensor.GetProperty("gateway").GetString()!);
        await _city.Hosts[0].SendAsync(HttpMethod.Put, $"sensors/{id}/rules/heat-temperature", new
        {
            type = "ladder",
            metric = "temperature",
            when = "at-least",
            steps = new[] { new { severity = "red", at = 41 } },
            hysteresis = 5,
        });
        using var client = await ConnectAsync(_city.Hosts[2], "far");
        await Wait.UntilAsync(
            async () =>
            {
                var sent = await client.PublishStringAsync(
                    $"luohu/v1/{gateway}/{id}/telemetry", $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"values":{"temperature":42}}""",
                    MqttQualityOfServiceLevel.AtLeastOnce);
                return sent.IsSuccess && _seen.ContainsKey((1, id));
            },
            () => $"the rule of host 0 to hold for a reading by host 2; {Outputs()}");

        await client.PublishStringAsync(
            "luohu/v1/gw-new/new-1/telemetry", $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"values":{"b":2,"a":1}}""", MqttQualityOfServiceLevel.AtLeastOnce);
        foreach (var host in _city.Hosts)
            await Wait.UntilAsync(
                async () => (await host.GetAsync("city")).GetProperty("readings").EnumerateArray().Any(r => r.GetProperty("sensorId").GetString() == "new-1"),
                () => $"the new sensor on every wall; {Outputs()}");
    }

    /// <summary>An update without a gap: each host ends gracefully and comes back while the others go on.</summary>
    [Fact]
    public async Task They_are_restarted_one_after_the_other_under_light_load_and_nothing_is_lost_or_doubled()
    {
        await StartAsync();
        var sensors = await SensorsAsync(90);
        using var stop = new CancellationTokenSource();
        var acknowledged = new ConcurrentDictionary<string, int>();
        var raised = new ConcurrentDictionary<string, bool>();
        var gateways = Enumerable.Range(0, 3)
            .Select(i => Task.Run(() => RunGatewayAsync(i, sensors.Where((_, n) => n % 3 == i).ToList(), acknowledged, raised, stop.Token, alarmEvery: 45))).ToArray();
        await Wait.UntilAsync(() => raised.Count >= 3, () => "the first alarms");
        foreach (var host in _city.Hosts)
        {
            var code = await host.StopAsync();
            Assert.True(code == 0, $"A host that was asked to end ended with {code}:\n{host.Output}");
            await host.StartAsync();
        }
        await Wait.UntilAsync(() => raised.Count == sensors.Count, () => $"all alarms to be acknowledged, {raised.Count} are; {Outputs()}", TimeSpan.FromMinutes(6));
        await stop.CancelAsync();
        await Task.WhenAll(gateways);

        await SameCityAsync(0, 1);
        await SameCityAsync(2, 1);
        await OneAlertOfEachAsync(_city.Hosts[1], sensors);
        Assert.True((await _city.Hosts[0].GetAsync("alerts/verification")).GetProperty("intact").GetBoolean());
        await KeptAsync(acknowledged.Values.Sum());
    }

    /// <summary>How long the alerts of the dead host's sensors were away is written out and not judged: a machine that is busy takes longer for everything.</summary>
    [Fact]
    public async Task One_is_killed_under_load_and_alerts_go_on_none_lost_none_doubled()
    {
        await StartAsync("--Cluster:ProbeTimeout=00:00:03");
        var sensors = await SensorsAsync(90);
        using var stop = new CancellationTokenSource();
        var acknowledged = new ConcurrentDictionary<string, int>();
        var raised = new ConcurrentDictionary<string, bool>();
        _alarmsMax = 10;
        // A third of the sensors by each host; whose host is dead goes to the next one, as a gateway with two addresses does.
        var gateways = Enumerable.Range(0, 3).Select(i => Task.Run(() => RunGatewayAsync(i, sensors.Where((_, n) => n % 3 == i).ToList(), acknowledged, raised, stop.Token))).ToArray();
        await Wait.UntilAsync(async () => await EveryWallCountsAsync([0, 1, 2], 15), () => $"alerts under load; {Outputs()}");

        var killed = Stopwatch.GetTimestamp();
        await _city.Hosts[0].KillAsync();
        var before = raised.Keys.ToHashSet();
        Volatile.Write(ref _alarmsMax, int.MaxValue);
        // Sensors that lived on the dead host, alarmed after its death.
        await Wait.UntilAsync(
            () => raised.Keys.Any(s => !before.Contains(s) && IndexOf(sensors, s) % 3 == 0 && _seen.ContainsKey((1, s))),
            () => $"an alert of the dead host's sensors; {Outputs()}");
        TestContext.Current.TestOutputHelper?.WriteLine($"Alerts of the dead host's sensors went on after {Stopwatch.GetElapsedTime(killed).TotalSeconds:0.0} s.");

        await Wait.UntilAsync(() => raised.Count == sensors.Count, () => $"all alarms to be acknowledged, {raised.Count} are; {Outputs()}", TimeSpan.FromMinutes(6));
        await stop.CancelAsync();
        await Task.WhenAll(gateways);
        foreach (var wall in (int[])[1, 2])
            await Wait.UntilAsync(() => sensors.All(s => _seen.ContainsKey((wall, s.Id))), () => $"every alert on wall {wall}; {Missing(wall, sensors)}; {Outputs()}");

        await _city.Hosts[0].StartAsync();
        await SameCityAsync(0, 1);
        await SameCityAsync(2, 1);
        // Each sensor has had one alarm: one alert, however often and by whatever way its readings were told.
        await OneAlertOfEachAsync(_city.Hosts[2], sensors, isKilled: true);
        Assert.True((await _city.Hosts[1].GetAsync("alerts/verification")).GetProperty("intact").GetBoolean());
        // Nothing acknowledged is lost: each host's history has what it acknowledged, the dead one's from its journal.
        await KeptAsync(acknowledged.Values.Sum());
    }

    private async Task SameCityAsync(int host, int than)
    {
        List<string> back = [], other = [];
        await Wait.UntilAsync(
            async () => (back = await CityAsync(_city.Hosts[host])).SequenceEqual(other = await CityAsync(_city.Hosts[than])),
            () => $"the same city on host {host}; only there: {string.Join(" ", back.Except(other).Take(3))}; only on the other: {string.Join(" ", other.Except(back).Take(3))}; {Outputs()}");
    }

    /// <summary>So many readings at least are in the histories of all hosts, once these are up to date.</summary>
    private async Task KeptAsync(long sent)
    {
        var kept = 0L;
        await Wait.UntilAsync(
            async () =>
            {
                kept = 0;
                foreach (var host in _city.Hosts) kept += await host.CountAsync();
                return kept >= sent;
            },
            () => $"{sent} readings in the histories, {kept} are");
    }

    /// <summary>Quiet readings all the time, and one alarm a sensor in turn; sent again until somebody acknowledges.</summary>
    private async Task RunGatewayAsync(
        int home, List<(string Id, string Gateway)> sensors, ConcurrentDictionary<string, int> acknowledged, ConcurrentDictionary<string, bool> raised, CancellationToken stop,
        int alarmEvery = 15)
    {
        var (at, sequence, alarms) = (home, 1, 0);
        IMqttClient? client = null;
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var turn = 0; !stop.IsCancellationRequested; turn++)
        {
            await pace.WaitForNextTickAsync(CancellationToken.None);
            // One new alarm every 300 ms or more slowly: the last comes nine seconds after the first.
            var alarmed = turn > 0 && turn % alarmEvery == 0 && alarms < Volatile.Read(ref _alarmsMax);
            var sensor = sensors[(alarmed ? alarms++ : turn) % sensors.Count];
            for (var sent = false; !sent && !stop.IsCancellationRequested;)
            {
                try
                {
                    client ??= await ConnectAsync(_city.Hosts[at], $"home-{home}-{Guid.NewGuid():N}");
                    sent = await PublishAsync(client, sensor, sequence, alarmed || raised.ContainsKey(sensor.Id));
                }
                catch (Exception e)
                {
                    // Whatever it is: the connection is given up, and the same reading goes to the next host.
                    _failures.Enqueue($"gateway {home} at host {at}: {e.GetType().Name} {e.Message}");
                    client?.Dispose();
                    client = null;
                    at = (at + 1) % 3;
                    await pace.WaitForNextTickAsync(CancellationToken.None);
                }
            }
            if (stop.IsCancellationRequested) break;
            acknowledged.AddOrUpdate(sensor.Id, 1, (_, n) => n + 1);
            if (alarmed) raised[sensor.Id] = true;
            sequence++;
        }
        client?.Dispose();
    }

    private async Task<HubConnection> WatchAsync(int index)
    {
        var hub = _city.Hosts[index].Hub();
        hub.On<JsonElement>("alert", alert => _seen.TryAdd((index, alert.GetProperty("sensorId").GetString()!), true));
        await HostProcess.JoinAsync(hub);
        return hub;
    }

    private async Task EveryWallShowsAsync(string sensor, int[] walls)
    {
        foreach (var wall in walls) await Wait.UntilAsync(() => _seen.ContainsKey((wall, sensor)), () => $"the alert of {sensor} on wall {wall}; {Outputs()}");
    }

    private Task<bool> EveryWallCountsAsync(int[] walls, int alerts) =>
        Task.FromResult(walls.All(wall => _seen.Keys.Count(k => k.Host == wall) >= alerts));

    private static async Task AlarmAsync(IMqttClient client, (string Id, string Gateway) sensor, int sequence) =>
        Assert.True(await PublishAsync(client, sensor, sequence, alarm: true));

    private static async Task<bool> PublishAsync(IMqttClient client, (string Id, string Gateway) sensor, int sequence, bool alarm)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        var answer = await client.PublishStringAsync(
            $"luohu/v1/{sensor.Gateway}/{sensor.Id}/telemetry",
            $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"seq":{{{sequence}}},"values":{"alarm":{{{(alarm ? 1 : 0)}}}}}""",
            MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: patience.Token);
        return answer.IsSuccess;
    }

    private static async Task<IMqttClient> ConnectAsync(HostProcess host, string id)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).WithClientId(id).WithTimeout(TimeSpan.FromSeconds(5)).Build());
        return client;
    }

    private async Task<List<(string Id, string Gateway)>> SensorsAsync(int count) =>
    [
        .. (await _city.Hosts[0].GetAsync($"sensors?kind={Kind}&limit={count}")).GetProperty("items").EnumerateArray()
            .Select(s => (s.GetProperty("id").GetString()!, s.GetProperty("gateway").GetString()!)),
    ];

    private static int IndexOf(List<(string Id, string Gateway)> sensors, string id) => sensors.FindIndex(s => s.Id == id);

    private static async Task<List<(string Id, string Sensor)>> AlertsAsync(HostProcess host) =>
    [
        .. (await host.GetAsync("alerts?limit=1000")).GetProperty("items").EnumerateArray()
            .Select(a => (a.GetProperty("id").GetString()!, a.GetProperty("sensorId").GetString()!)),
    ];

    /// <summary>Walls are told before the ledger has it: it is waited for, and then has one alert of each sensor and no other.</summary>
    private async Task<List<(string Id, string Sensor)>> OneAlertOfEachAsync(HostProcess host, List<(string Id, string Gateway)> sensors, bool isKilled = false)
    {
        List<(string Id, string Sensor)> alerts = [];
        await Wait.UntilAsync(
            async () => (alerts = await AlertsAsync(host)).Select(a => a.Sensor).ToHashSet().IsSupersetOf(sensors.Select(s => s.Id)),
            () => $"an alert of each sensor in the ledger; missing are {string.Join(' ', sensors.Select(s => s.Id).Except(alerts.Select(a => a.Sensor)))}; {Outputs()}");
        foreach (var several in alerts.GroupBy(a => a.Sensor).Where(g => g.Count() > 1).ToList())
        {
            var stories = new Dictionary<string, JsonElement>();
            foreach (var (id, _) in several) stories[id] = (await host.GetAsync($"alerts/{id}")).GetProperty("events");
            // What a killed host had shown and a slow ledger not taken, it tells when it is back: ended at once, for the one that went on.
            var toldLate = stories.Where(told => isKilled && stories.Keys.Any(kept => kept != told.Key && EndedFor(told.Value, kept))).Select(told => told.Key).ToList();
            Assert.True(
                toldLate.Count == stories.Count - 1, $"{several.Key} has had one alarm and has {stories.Count} alerts:\n{string.Join('\n', stories.Values)}\n{Outputs()}");
            alerts.RemoveAll(a => toldLate.Contains(a.Id));
        }
        Assert.Equal(sensors.Select(s => s.Id).Order(), alerts.Select(a => a.Sensor).Order());
        return alerts;
    }

    // Nothing is looked at around an alert that is over when it is told.
    private static bool EndedFor(JsonElement events, string kept) => events.EnumerateArray().All(e => e.GetProperty("type").GetString() != "surveyed")
        && events.EnumerateArray().Last().GetProperty("evidence").GetString()?.Contains($"\"doubled\":\"{kept}\"", StringComparison.Ordinal) == true;

    /// <summary>What a wall shows of the alarmed sensors: alerts with version and state, latest readings with time and values.</summary>
    private static async Task<List<string>> CityAsync(HostProcess host)
    {
        var city = await host.GetAsync("city");
        return
        [
            .. city.GetProperty("alerts").EnumerateArray().Select(a => $"{a.GetProperty("id")} {a.GetProperty("version")} {a.GetProperty("state")}").Order(StringComparer.Ordinal),
            .. city.GetProperty("readings").EnumerateArray().Select(r => r.GetRawText()).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The sensors whose alert a wall has not been told, and whether it would answer when asked.</summary>
    private string Missing(int wall, List<(string Id, string Gateway)> sensors)
    {
        var shown = AlertsAsync(_city.Hosts[wall]).GetAwaiter().GetResult().Select(a => a.Sensor).ToHashSet();
        return string.Join(" ", sensors.Select((s, n) => (s.Id, Home: n % 3)).Where(s => !_seen.ContainsKey((wall, s.Id)))
            .Select(s => $"{s.Id} of host {s.Home} {(shown.Contains(s.Id) ? "in the ledger" : "nowhere")}, other wall {(_seen.ContainsKey((3 - wall, s.Id)) ? "told" : "not told")}"));
    }

    private string Outputs() => string.Join('\n', _failures.TakeLast(10)) + string.Join("\n", _city.Hosts.Select((h, i) => $"--- host {i}\n{string.Join('\n', h.Output.Split('\n').TakeLast(15))}"));
}

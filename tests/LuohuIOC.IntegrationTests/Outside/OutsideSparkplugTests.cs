namespace LuohuIOC.IntegrationTests.Outside;

/// <summary>The simulator's edge nodes of Sparkplug B at a mosquitto that two real hosts share.</summary>
public sealed class OutsideSparkplugTests : IAsyncLifetime
{
    private const string Session = "luohu-ioc-spBv1.0-1";

    private readonly MosquittoServer _broker = new();

    public async ValueTask InitializeAsync() => await _broker.StartAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task One_host_takes_all_of_it_and_when_that_one_dies_another_asks_for_the_births_and_goes_on()
    {
        // Several connections, and a host that did not ask for Sparkplug itself: neither may tear births and data apart.
        await using var left = Host("left", "--Mqtt:Outside:Connections=2", "--Mqtt:Outside:Filters:0=luohu/v1/+/telemetry", "--Mqtt:Outside:Filters:1=spBv1.0/#");
        await using var right = Host("right");
        await Task.WhenAll(left.StartAsync(), right.StartAsync());
        await Wait.UntilAsync(
            async () => await ServedAsync(left) + await ServedAsync(right) == 5 && await TakesAsync(left) != await TakesAsync(right),
            () => $"each to take part, one to take Sparkplug and one raw frames; output:\n{left.Output}\n{right.Output}");
        await using var city = await CityAsync(left);
        HostProcess taker = null!, other = null!;
        await Wait.UntilAsync(
            async () =>
            {
                (taker, other) = await TakesAsync(left) ? (left, right) : (right, left);
                return await taker.CountAsync() > 50;
            },
            () => $"readings of the nodes; output:\n{left.Output}\n{right.Output}");
        // Nothing is shared, so no alias comes without its birth.
        Assert.Equal(0, await other.CountAsync());
        Assert.Empty(await ReasonsAsync(taker));

        await taker.KillAsync();
        await Wait.UntilAsync(async () => await TakesAsync(other), () => $"the other to take over; output:\n{other.Output}");
        await Wait.UntilAsync(() => other.Output.Contains("asked for its births", StringComparison.Ordinal), () => $"the births to be asked for; output:\n{other.Output}");
        await Wait.UntilAsync(async () => await other.CountAsync() > 50, () => $"the readings to go on; output:\n{other.Output}");
        // What came before the births is told, and nothing else was refused: not the host's own commands either.
        Assert.Equal(["alias_unknown"], await ReasonsAsync(other));
    }

    private HostProcess Host(string name, params string[] settings) => new(null, [$"--Mqtt:Outside:Url={_broker.Url}", $"--Mqtt:Outside:Host={name}", .. settings]) { MqttPort = 0 };

    // Two gateways' sensors, all of them devices of Sparkplug, each measured every second.
    private async Task<SimulatedCity.Running> CityAsync(HostProcess host)
    {
        var all = Path.Combine(host.Data, "all.csv");
        await SimulatedCity.SaveRegistryAsync(host, all);
        var lines = await File.ReadAllLinesAsync(all);
        var (gateway, id) = (Array.IndexOf(lines[0].Split(','), "gateway"), Array.IndexOf(lines[0].Split(','), "id"));
        var some = lines.Skip(1).GroupBy(l => l.Split(',')[gateway]).Take(2).SelectMany(g => g).ToList();
        var (registry, stations) = (Path.Combine(host.Data, "some.csv"), Path.Combine(host.Data, "nodes.csv"));
        await File.WriteAllLinesAsync(registry, [lines[0], .. some]);
        await File.WriteAllLinesAsync(stations, some.Select(l => $"sparkplug,lh,{l.Split(',')[id]}"));
        return SimulatedCity.Start(_broker.Port, host, registry, "--stations", stations, "--interval", "1", "--faults", "off", "--seed", "7");
    }

    private static async Task<int> ServedAsync(HostProcess host) => (await ConnectedAsync(host)).Length;

    private static async Task<bool> TakesAsync(HostProcess host) => (await ConnectedAsync(host)).Contains(Session);

    private static async Task<string[]> ConnectedAsync(HostProcess host) =>
    [
        .. (await OutsideBrokerTests.OutsideAsync(host)).GetProperty("sessions").EnumerateArray()
            .Where(s => s.GetProperty("connectedSince").ValueKind == System.Text.Json.JsonValueKind.String).Select(s => s.GetProperty("clientId").GetString()!),
    ];

    private static async Task<string[]> ReasonsAsync(HostProcess host) =>
        [.. (await host.GetAsync("rejections?limit=1000")).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("reason").GetString()!).Distinct()];
}

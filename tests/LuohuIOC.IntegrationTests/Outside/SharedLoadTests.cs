using System.Collections.Concurrent;
using LuohuIOC.Simulator.Load;
using LuohuIOC.Tests.History.Influx;

namespace LuohuIOC.IntegrationTests.Outside;

/// <summary>Two real hosts share a mosquitto and one InfluxDB; one of them is killed under load and comes back.</summary>
public sealed class SharedLoadTests : IAsyncLifetime
{
    private const int SentTwice = 20;

    private readonly MosquittoServer _broker = new();
    private readonly Influxd _influxd = new();

    public async ValueTask InitializeAsync() => await Task.WhenAll(_broker.StartAsync(), _influxd.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        await _influxd.DisposeAsync();
    }

    [Theory]
    [InlineData("5")]
    [InlineData("3.1.1")]
    public async Task Both_take_part_one_is_killed_the_other_takes_over_and_every_acknowledged_reading_is_stored_once(string version)
    {
        await using var left = Host("left", version);
        await using var right = Host("right", version);
        await Task.WhenAll(left.StartAsync(), right.StartAsync());
        await Task.WhenAll(OutsideBrokerTests.ServesAsync(left, 1), OutsideBrokerTests.ServesAsync(right, 1));
        await SameReadingByBothAsync(left, right);
        var acknowledged = new ConcurrentQueue<AcknowledgedMessage>();
        using var source = Source(acknowledged);
        await source.ConnectAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var load = source.RunAsync(stop.Token);

        await Wait.UntilAsync(async () => await ReceivedAsync(left) > 300 && await ReceivedAsync(right) > 300, () => $"both to take part; {Outputs(left, right)}");
        await left.KillAsync();
        await OutsideBrokerTests.ServesAsync(right, 2);
        Assert.Equal(["luohu-ioc-left-1", "luohu-ioc-right-1"], await SessionsAsync(right));
        var atDeath = acknowledged.Count;
        await Wait.UntilAsync(() => acknowledged.Count > atDeath + 500, () => $"the load to go on with one host; {Outputs(left, right)}");

        // It comes back, and the other gives its session back.
        await left.StartAsync();
        await OutsideBrokerTests.ServesAsync(left, 1);
        await Wait.UntilAsync(async () => await SessionsAsync(right) is ["luohu-ioc-right-1"], () => $"the session to be given back; {Outputs(left, right)}");
        await Wait.UntilAsync(async () => await ReceivedAsync(left) > 300, () => $"the host that came back to take part; {Outputs(left, right)}");
        await stop.CancelAsync();
        var summary = await load;
        Assert.Equal(0, summary.Unacked);

        var expected = SentTwice + acknowledged.Sum(m => m.Sensors.Count);
        Assert.Equal(expected - SentTwice, acknowledged.SelectMany(m => m.Sensors.Select((s, k) => (s, m.UnixMilliseconds, m.FirstSequence + k))).Distinct().Count());
        await Wait.UntilAsync(async () => await UnacknowledgedAsync(left) + await UnacknowledgedAsync(right) == 0, () => "all to be acknowledged to the broker");
        // Everything sent was acknowledged, so the count is neither less nor, once nothing is on its way any more, more.
        await Wait.UntilAsync(async () => await right.CountAsync() >= expected, () => $"{expected} readings in InfluxDB; {Outputs(left, right)}");
        foreach (var host in (HostProcess[])[left, right])
            await Wait.UntilAsync(async () => await StoreOutageTests.MetricAsync(host, "luohu_history_lag") == 0, () => "history to have caught up");
        Assert.Equal(expected, await right.CountAsync());
    }

    // mosquitto deals the messages out in turn, so of two that are the same each host has one in its journal.
    private async Task SameReadingByBothAsync(HostProcess left, HostProcess right)
    {
        using var gateway = await OutsideBrokerTests.GatewayAsync(_broker.Port, "gw-twice");
        // Not years ago: readings that are older than they are kept are deleted at night.
        var start = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var i = 0; i < 2 * SentTwice; i++)
            await OutsideBrokerTests.SendAsync(gateway, "luohu/v1/gw-twice/telemetry", $$$"""{"twice":[{"ts":{{{start + (i / 2)}}},"seq":{{{i / 2}}},"values":{"level":0.5}}]}""");
        await Wait.UntilAsync(async () => await ReceivedAsync(left) + await ReceivedAsync(right) == 2 * SentTwice, () => $"all to be received; {Outputs(left, right)}");
        Assert.Equal((SentTwice, SentTwice), (await ReceivedAsync(left), await ReceivedAsync(right)));
    }

    private HostProcess Host(string name, string version) => new(
        null,
        [
            $"--Mqtt:Outside:Url={_broker.Url}", $"--Mqtt:Outside:Host={name}", $"--Mqtt:Outside:Version={version}", "--Registry:District=Empty", "--Registry:AutoRegister=true",
            "--History:Store=Influx", $"--History:Influx:Url={_influxd.Url}", $"--History:Influx:Database=city_{version.Replace('.', '_')}",
        ])
    { MqttPort = 0 };

    private LoadSource Source(ConcurrentQueue<AcknowledgedMessage> acknowledged) => new(
        new LoadOptions
        {
            Port = _broker.Port,
            Connections = 4,
            InFlight = 20,
            MessagesPerSecond = 1_000,
            Duration = TimeSpan.FromMinutes(10),
            Gateways = LoadGateway.Anonymous(4, 20, 2),
            OnAcknowledged = acknowledged.Enqueue,
        },
        TimeProvider.System);

    private static Task<long> ReceivedAsync(HostProcess host) => OutsideBrokerTests.SumAsync(host, "received");

    private static Task<long> UnacknowledgedAsync(HostProcess host) => OutsideBrokerTests.SumAsync(host, "unacknowledged");

    private static async Task<string[]> SessionsAsync(HostProcess host) =>
        [.. (await OutsideBrokerTests.OutsideAsync(host)).GetProperty("sessions").EnumerateArray().Select(s => s.GetProperty("clientId").GetString()!).Where(id => !id.Contains("-raw.", StringComparison.Ordinal))];

    private static string Outputs(params HostProcess[] hosts) => string.Join("\n", hosts.Select(h => $"---\n{string.Join('\n', h.Output.Split('\n').TakeLast(15))}"));
}

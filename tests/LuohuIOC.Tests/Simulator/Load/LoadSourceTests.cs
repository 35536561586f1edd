using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using LuohuIOC.Simulator.Load;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Load;

public sealed class LoadSourceTests
{
    [Fact]
    public async Task Every_publish_is_acknowledged_once_and_counted()
    {
        using var broker = new AckingBroker();
        var acknowledged = new ConcurrentQueue<AcknowledgedMessage>();
        using var stop = new CancellationTokenSource();
        var options = Options(broker) with
        {
            OnAcknowledged = m =>
            {
                acknowledged.Enqueue(m);
                if (acknowledged.Count >= 500) stop.Cancel();
            },
        };
        var summary = await RunAsync(options, stop.Token);

        Assert.True(summary.Messages >= 500);
        Assert.Equal((0, 0), (summary.Unacked, summary.ConnectionsLost));
        Assert.Equal(broker.Publishes.Count, summary.Messages);
        Assert.Equal(summary.Messages, summary.Readings);
        var sent = broker.Publishes.Select(Identity).ToHashSet();
        Assert.Equal(summary.Messages, sent.Count);
        Assert.All(acknowledged, m => Assert.Contains((m.Sensors[0], m.UnixMilliseconds, m.FirstSequence), sent));
    }

    [Fact]
    public async Task What_the_broker_never_acknowledges_is_reported_and_the_window_holds()
    {
        using var broker = new AckingBroker(acknowledgeMax: 0);
        var options = Options(broker) with { Duration = TimeSpan.FromSeconds(1), Drain = TimeSpan.FromMilliseconds(50) };
        var summary = await RunAsync(options, CancellationToken.None);
        Assert.Equal(0, summary.Messages);
        Assert.Equal(options.Connections * options.InFlight, summary.Unacked);
    }

    [Fact]
    public async Task A_rate_is_not_exceeded()
    {
        using var broker = new AckingBroker();
        using var stop = new CancellationTokenSource();
        var options = Options(broker) with { MessagesPerSecond = 500, OnAcknowledged = _ => { if (broker.Publishes.Count >= 60) stop.Cancel(); } };
        var summary = await RunAsync(options, stop.Token);
        Assert.True(summary.Messages >= 60);
        // 500 a second is one in 2 ms: the count can not run ahead of the time.
        Assert.True(summary.Messages <= (summary.Seconds * 500) + options.Connections, $"{summary.Messages} in {summary.Seconds} s");
        Assert.Equal(0, summary.Unacked);
    }

    [Fact]
    public async Task A_refused_login_names_the_client_and_the_code()
    {
        using var broker = new AckingBroker(returnCode: 5);
        using var source = new LoadSource(Options(broker), TimeProvider.System);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => source.ConnectAsync(TestContext.Current.CancellationToken));
        Assert.Contains("load-gw-load-01-1", refused.Message);
        Assert.Contains("5", refused.Message);
    }

    [Fact]
    public void A_gateway_without_enough_sensors_is_refused() =>
        Assert.Throws<ArgumentException>(() => new LoadSource(
            new LoadOptions { Gateways = LoadGateway.Anonymous(1, 3, 1), Connections = 1, ReadingsPerMessage = 5 }, TimeProvider.System));

    [Fact]
    public void Anonymous_sensors_are_dealt_out_to_the_gateways()
    {
        var gateways = LoadGateway.Anonymous(3, 7, 2);
        Assert.Equal(["gw-load-01", "gw-load-02", "gw-load-03"], gateways.Select(g => g.Id));
        Assert.Equal(["load-00001", "load-00004", "load-00007"], gateways[0].Sensors.Select(s => s.Id));
        Assert.Equal(7, gateways.Sum(g => g.Sensors.Count));
    }

    private static LoadOptions Options(AckingBroker broker) => new()
    {
        Port = broker.Port,
        Connections = 3,
        InFlight = 4,
        Duration = TimeSpan.FromSeconds(30),
        Gateways = LoadGateway.Anonymous(3, 9, 2),
    };

    private static async Task<LoadSummary> RunAsync(LoadOptions options, CancellationToken stop)
    {
        using var source = new LoadSource(options, TimeProvider.System);
        await source.ConnectAsync(TestContext.Current.CancellationToken);
        return await source.RunAsync(stop);
    }

    private static (string, long, long) Identity(byte[] publish)
    {
        var topicLength = (publish[0] << 8) | publish[1];
        var sensor = Encoding.UTF8.GetString(publish.AsSpan(2, topicLength)).Split('/')[3];
        var reading = JsonDocument.Parse(publish.AsMemory(topicLength + 4)).RootElement;
        return (sensor, reading.GetProperty("ts").GetInt64(), reading.GetProperty("seq").GetInt64());
    }
}

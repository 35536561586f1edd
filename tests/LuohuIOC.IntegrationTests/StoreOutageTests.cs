using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using LuohuIOC.Tests.History.Influx;
using Microsoft.AspNetCore.SignalR.Client;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>The plant's store is killed under a running city, and comes back.</summary>
public sealed class StoreOutageTests
{
    private const int ReadingsPerMessage = 200;

    [Fact]
    public async Task While_influxd_is_dead_alerts_go_on_and_afterwards_no_reading_is_missing()
    {
        await using var influxd = new Influxd();
        await influxd.StartAsync();
        // The smallest queue: most of the outage's readings have to come back from the journal.
        await using var host = new HostProcess(
            null, "--History:Store=Influx", $"--History:Influx:Url={influxd.Url}", "--History:Influx:Database=city", "--History:QueueReadings=1000",
            "--History:BatchReadings=1000", "--Mqtt:AllowAnonymous=true");
        await host.StartAsync();
        await using var hub = host.Hub();
        var raised = new ConcurrentQueue<string>();
        hub.On<JsonElement>("alert", alert => raised.Enqueue(alert.GetProperty("sensorId").GetString()!));
        await HostProcess.JoinAsync(hub);
        using var gateway = await ConnectAsync(host);
        var outfall = await host.SensorAsync("outfall");
        var startMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 3_600_000;
        var sent = await PublishAsync(gateway, outfall, startMs, 0, 5);
        await Wait.UntilAsync(async () => await host.CountAsync() == sent, () => $"{sent} readings in InfluxDB");

        await influxd.KillAsync();
        sent += await PublishAsync(gateway, outfall, startMs, 5, 40);
        var smoke = await host.SensorAsync("smoke");
        await gateway.PublishStringAsync(
            $"luohu/v1/{smoke.Gateway}/{smoke.Id}/telemetry", $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"values":{"alarm":1}}""",
            MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: TestContext.Current.CancellationToken);
        sent++;
        await Wait.UntilAsync(() => raised.Contains(smoke.Id), () => "the alert while the store is dead", TimeSpan.FromSeconds(60));
        await Wait.UntilAsync(async () => await MetricAsync(host, "luohu_history_lag_time_seconds") > 0, () => "the lag in /metrics");
        await Wait.UntilAsync(async () => await HealthOfHistoryAsync(host) == "Degraded", () => "the readiness to tell of it");

        await influxd.StartAsync();
        await Wait.UntilAsync(async () => await MetricAsync(host, "luohu_history_lag") == 0, () => $"the lag's end; output:\n{host.Output}");
        Assert.Equal(sent, await host.CountAsync());
        var page = await host.GetAsync($"sensors/{outfall.Id}/readings?from={startMs}&to={startMs + 3_600_000}&limit=10000");
        Assert.Equal(
            Enumerable.Range(0, 45 * ReadingsPerMessage).Select(i => (long)i), page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("seq").GetInt64()));
    }

    /// <summary>The other ways in which a store is away, in the way to the real one: cut (above it is dead), 503, taken and never answered, slow.</summary>
    [Fact]
    public async Task However_the_store_fails_alerts_go_on_the_queue_stays_small_and_nothing_is_missing()
    {
        await using var influxd = new Influxd();
        await influxd.StartAsync();
        await using var way = await FaultyWay.BeforeAsync(influxd.Url);
        await using var host = new HostProcess(
            null, "--History:Store=Influx", $"--History:Influx:Url={way.Url}", "--History:Influx:Database=city", "--History:QueueReadings=1000",
            "--History:BatchReadings=1000", "--History:QueueBytes=1048576", $"--History:Influx:Timeout={FaultyWay.SlowFor * 2}",
            "--History:Influx:MetersEvery=00:00:00", "--Mqtt:AllowAnonymous=true");
        await host.StartAsync();
        await using var hub = host.Hub();
        var raised = new ConcurrentQueue<string>();
        hub.On<JsonElement>("alert", alert => raised.Enqueue(alert.GetProperty("sensorId").GetString()!));
        await HostProcess.JoinAsync(hub);
        using var gateway = await ConnectAsync(host);
        var outfall = await host.SensorAsync("outfall");
        var startMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 3_600_000;
        var stored = await PublishAsync(gateway, outfall, startMs, 0, 5);
        await Wait.UntilAsync(async () => await host.CountAsync() == stored, () => $"{stored} readings in InfluxDB");

        WayFault[] faults = [WayFault.Cut, WayFault.Overloaded, WayFault.Silent, WayFault.Slow];
        for (var round = 0; round < faults.Length; round++)
        {
            var (fault, smoke, met) = (faults[round], await host.SensorAsync("smoke", round), way.Met);
            way.Fault = fault;
            stored += await PublishAsync(gateway, outfall, startMs, 5 + (10 * round), 10) + 1;
            await gateway.PublishStringAsync(
                $"luohu/v1/{smoke.Gateway}/{smoke.Id}/telemetry", $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"values":{"alarm":1}}""",
                MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: TestContext.Current.CancellationToken);
            await Wait.UntilAsync(async () => await MetricAsync(host, "luohu_history_lag") > 0, () => $"the lag while the store is {fault}");
            await Wait.UntilAsync(() => raised.Contains(smoke.Id), () => $"the alert while the store is {fault}", TimeSpan.FromSeconds(60));
            await Wait.UntilAsync(() => way.Met > met, () => $"{fault} meeting a request");
            Assert.InRange(await MetricAsync(host, "luohu_history_queued"), 0, 1_000);
            Assert.InRange(await MetricAsync(host, "luohu_history_queued_size_bytes"), 0, 1_048_576 * 5 / 4);

            way.Fault = WayFault.None;
            await Wait.UntilAsync(async () => await MetricAsync(host, "luohu_history_lag") == 0, () => $"the lag's end after {fault}; output:\n{host.Output}");
            Assert.Equal(stored, await host.CountAsync());
        }
        var page = await host.GetAsync($"sensors/{outfall.Id}/readings?from={startMs}&to={startMs + 3_600_000}&limit=10000");
        Assert.Equal(
            Enumerable.Range(0, 45 * ReadingsPerMessage).Select(i => (long)i), page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("seq").GetInt64()));
    }

    private static async Task<int> PublishAsync(IMqttClient client, (string Id, string Gateway) sensor, long startMs, int from, int messages)
    {
        for (var message = from; message < from + messages; message++)
        {
            var readings = Enumerable.Range(message * ReadingsPerMessage, ReadingsPerMessage)
                .Select(i => $$$"""{"ts":{{{startMs + i}}},"seq":{{{i}}},"values":{"level":0.{{{i % 10}}}}}""");
            var acknowledged = await client.PublishStringAsync(
                $"luohu/v1/{sensor.Gateway}/telemetry", $$$"""{"{{{sensor.Id}}}":[{{{string.Join(',', readings)}}}]}""",
                MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(acknowledged.IsSuccess, acknowledged.ReasonString);
        }
        return messages * ReadingsPerMessage;
    }

    private static async Task<IMqttClient> ConnectAsync(HostProcess host)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).WithClientId("plant").Build(), TestContext.Current.CancellationToken);
        return client;
    }

    internal static async Task<double> MetricAsync(HostProcess host, string name)
    {
        var text = await TextAsync(host, "/metrics");
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(name + "{", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"{name} is not among:\n{text}");
        return double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private static async Task<string> HealthOfHistoryAsync(HostProcess host)
    {
        var text = await TextAsync(host, "/healthz/ready");
        return text.Contains("Degraded", StringComparison.OrdinalIgnoreCase) || text.Contains("degraded", StringComparison.Ordinal) ? "Degraded" : text;
    }

    private static async Task<string> TextAsync(HostProcess host, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.Token);
        using var response = await host.Http.SendAsync(request);
        return Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync());
    }
}

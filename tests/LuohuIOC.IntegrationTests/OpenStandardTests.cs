using System.Buffers;
using System.Text;
using System.Text.Json;
using LuohuIOC.DeviceProtocol.Sparkplug;
using MQTTnet;

namespace LuohuIOC.IntegrationTests;

/// <summary>Sparkplug B and SenML in, SensorThings out, through the real host.</summary>
public sealed class OpenStandardTests
{
    [Fact]
    public async Task A_sparkplug_node_is_asked_for_its_births_and_then_believed()
    {
        await using var host = new HostProcess();
        await host.StartAsync();
        var (sensor, gateway) = await host.SensorAsync("waterlogging");
        using var client = new MqttClientFactory().CreateMqttClient();
        var commands = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationMessageReceivedAsync += message =>
        {
            commands.TrySetResult(message.ApplicationMessage.Payload.ToArray());
            return Task.CompletedTask;
        };
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).WithCredentials(gateway, host.Secrets()[gateway]).Build());
        await client.SubscribeAsync($"spBv1.0/lh/NCMD/{gateway}");

        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await Publish(client, $"spBv1.0/lh/DDATA/{gateway}/{sensor}", 1, Metric(null, now, 28.4));
        var command = SparkplugPayload.Parse(await commands.Task.WaitAsync(TimeSpan.FromSeconds(30)))!;
        Assert.Equal("Node Control/Rebirth", command.Metrics.Single().Name);
        // What nobody can name is not taken, and not passed over in silence either.
        await Wait.UntilAsync(
            async () => (await host.GetAsync("rejections")).GetProperty("items") is var items && items.GetArrayLength() == 1 && items[0].GetProperty("reason").GetString() == "alias_unknown" && items[0].GetProperty("sensor").GetString() == sensor,
            () => "the refused alias with its reason");

        await Publish(client, $"spBv1.0/lh/NBIRTH/{gateway}", 0);
        await Publish(client, $"spBv1.0/lh/DBIRTH/{gateway}/{sensor}", 1, Metric("waterlog/depth_cm", now, 12));
        await Publish(client, $"spBv1.0/lh/DDATA/{gateway}/{sensor}", 2, Metric(null, now + 1000, 28.4));
        await Wait.UntilAsync(async () => (await ReadingsAsync(host, sensor, now)).Count == 2, () => "birth and data in history");
        Assert.Equal([0.12, 0.284], (await ReadingsAsync(host, sensor, now)).Select(r => Math.Round(r.GetProperty("values").GetProperty("depth").GetDouble(), 9)));
    }

    [Fact]
    public async Task A_gap_asks_for_a_rebirth_and_a_death_makes_the_latest_stale_until_the_birth()
    {
        await using var host = new HostProcess();
        await host.StartAsync();
        var (sensor, gateway) = await host.SensorAsync("waterlogging");
        using var client = new MqttClientFactory().CreateMqttClient();
        var commands = new System.Collections.Concurrent.ConcurrentQueue<string>();
        client.ApplicationMessageReceivedAsync += message =>
        {
            commands.Enqueue(SparkplugPayload.Parse(message.ApplicationMessage.Payload.ToArray())!.Metrics.Single().Name!);
            return Task.CompletedTask;
        };
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).WithCredentials(gateway, host.Secrets()[gateway]).Build());
        await client.SubscribeAsync($"spBv1.0/lh/NCMD/{gateway}");
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await Publish(client, $"spBv1.0/lh/NBIRTH/{gateway}", 0);
        await Publish(client, $"spBv1.0/lh/DBIRTH/{gateway}/{sensor}", 1, Metric("waterlog/depth_cm", now, 12));
        await Wait.UntilAsync(async () => await QualityAsync(host, sensor) == ("good", null), () => "the birth's reading on the wall");
        Assert.Empty(commands);
        // 2 is lost.
        await Publish(client, $"spBv1.0/lh/DDATA/{gateway}/{sensor}", 3, Metric(null, now + 1000, 13));
        await Wait.UntilAsync(() => !commands.IsEmpty, () => "a command to give the births again");
        Assert.Equal("Node Control/Rebirth", commands.Single());

        await Publish(client, $"spBv1.0/lh/DDEATH/{gateway}/{sensor}", 4);
        await Wait.UntilAsync(async () => await QualityAsync(host, sensor) == ("doubtful", "stale"), () => "the device's death on the wall");
        await Publish(client, $"spBv1.0/lh/DBIRTH/{gateway}/{sensor}", 5, Metric("waterlog/depth_cm", now + 2000, 14));
        await Wait.UntilAsync(async () => await QualityAsync(host, sensor) == ("good", null), () => "the device's birth on the wall");
        await Publish(client, $"spBv1.0/lh/NDEATH/{gateway}", 0);
        await Wait.UntilAsync(async () => await QualityAsync(host, sensor) == ("doubtful", "stale"), () => "the node's death on the wall");
        await Publish(client, $"spBv1.0/lh/NBIRTH/{gateway}", 0);
        await Publish(client, $"spBv1.0/lh/DBIRTH/{gateway}/{sensor}", 1, Metric("waterlog/depth_cm", now + 3000, 15));
        await Wait.UntilAsync(async () => await QualityAsync(host, sensor) == ("good", null), () => "both births on the wall");
    }

    private static async Task<(string?, string?)> QualityAsync(HostProcess host, string sensor)
    {
        foreach (var reading in (await host.GetAsync("city")).GetProperty("readings").EnumerateArray())
            if (reading.GetProperty("sensorId").GetString() == sensor) return (reading.GetProperty("quality").GetString(), reading.GetProperty("reason").GetString());
        return default;
    }

    [Fact]
    public async Task What_came_as_senml_is_read_as_sensorthings()
    {
        await using var host = new HostProcess();
        await host.StartAsync();
        var (sensor, gateway) = await host.SensorAsync("river");
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000;
        var records = string.Join(',', Enumerable.Range(0, 5).Select(i => FormattableString.Invariant($$"""{"n":"level","t":{{i}},"u":"m","v":1.{{i}}}""")));
        var pack = $$"""[{"bn":"urn:dev:1/","bt":{{now - 60}}},{{records}}]""";
        var sent = await Mosquitto.PublishAsync(host.MqttPort, $"luohu/v1/{gateway}/{sensor}/raw/senml", pack, gateway, host.Secrets()[gateway]);
        Assert.True(sent.ExitCode == 0, sent.Output);
        await Wait.UntilAsync(async () => (await ReadingsAsync(host, sensor, (now - 60) * 1000)).Count == 5, () => "five readings in history");

        var stream = $"Datastreams('{sensor}:level')";
        var page = await Sta(host, $"{stream}/Observations?$top=2&$count=true");
        Assert.Equal(5, page.GetProperty("@iot.count").GetInt32());
        Assert.Equal([1.0, 1.1], Results(page));
        var seen = new List<double>(Results(page));
        while (page.TryGetProperty("@iot.nextLink", out var next))
        {
            page = await Sta(host, new Uri(next.GetString()!).PathAndQuery["/sta/v1.1/".Length..]);
            seen.AddRange(Results(page));
        }
        Assert.Equal([1.0, 1.1, 1.2, 1.3, 1.4], seen);
        Assert.Equal([1.4], Results(await Sta(host, $"{stream}/Observations?$top=1&$orderby=phenomenonTime desc")));
        Assert.Equal([1.3, 1.4], Results(await Sta(host, $"Observations?$filter=Datastream/id eq '{sensor}:level' and result gt 1.25")));

        var thing = await Sta(host, $"Things('{sensor}')?$expand=Locations,Datastreams($filter=description eq 'level';$expand=ObservedProperty,Observations($top=1;$orderby=phenomenonTime desc))&$select=name,properties");
        Assert.Equal("river", thing.GetProperty("properties").GetProperty("kind").GetString());
        Assert.Equal("Point", thing.GetProperty("Locations")[0].GetProperty("location").GetProperty("type").GetString());
        var expanded = thing.GetProperty("Datastreams")[0];
        Assert.Equal("level", expanded.GetProperty("ObservedProperty").GetProperty("@iot.id").GetString());
        Assert.Equal("m", expanded.GetProperty("unitOfMeasurement").GetProperty("symbol").GetString());
        Assert.Equal(1.4, expanded.GetProperty("Observations")[0].GetProperty("result").GetDouble());

        var rivers = await Sta(host, "Things?$filter=properties/kind eq 'river'&$orderby=name desc&$top=2&$count=true");
        Assert.Equal(2, rivers.GetProperty("value").GetArrayLength());
        Assert.True(rivers.GetProperty("@iot.count").GetInt32() >= 2);
        foreach (var collection in (string[])["Locations", "FeaturesOfInterest", "Sensors", "ObservedProperties", "Datastreams"])
            Assert.NotEqual(0, (await Sta(host, $"{collection}?$top=3")).GetProperty("value").GetArrayLength());
    }

    private static Task<JsonElement> Sta(HostProcess host, string path) => host.GetAsync("../../sta/v1.1/" + path);

    private static IEnumerable<double> Results(JsonElement page) => page.GetProperty("value").EnumerateArray().Select(o => o.GetProperty("result").GetDouble());

    private static async Task<List<JsonElement>> ReadingsAsync(HostProcess host, string sensor, long fromMs) =>
        [.. (await host.GetAsync($"sensors/{sensor}/readings?from={fromMs}&to={fromMs + 3_600_000}")).GetProperty("items").EnumerateArray()];

    private static Task Publish(IMqttClient client, string topic, int sequence, params byte[][] metrics)
    {
        // timestamp, the metrics, seq
        var payload = new List<byte> { 0x08, 1 };
        foreach (var metric in metrics) payload.AddRange([0x12, (byte)metric.Length, .. metric]);
        payload.AddRange([0x18, (byte)sequence]);
        return client.PublishAsync(new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload.ToArray())
            .WithQualityOfServiceLevel(MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce).Build());
    }

    // name, alias 1, timestamp, data type 10 (Double), double value
    private static byte[] Metric(string? name, long unixMs, double value)
    {
        var metric = new List<byte>();
        if (name is not null) metric.AddRange([0x0A, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)]);
        metric.AddRange([0x10, 1, 0x18]);
        for (var rest = (ulong)unixMs; ; rest >>= 7)
        {
            metric.Add((byte)(rest < 0x80 ? rest : rest | 0x80));
            if (rest < 0x80) break;
        }
        metric.AddRange([0x20, 10, 0x69, .. BitConverter.GetBytes(value)]);
        return [.. metric];
    }
}

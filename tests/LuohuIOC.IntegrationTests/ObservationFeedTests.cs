using System.Collections.Concurrent;
using System.Text.Json;
using MQTTnet;

namespace LuohuIOC.IntegrationTests;

/// <summary>OGC SensorThings' new Observations over MQTT, and its questions over HTTP, through the real host.</summary>
public sealed class ObservationFeedTests
{
    [Fact]
    public async Task A_reader_gets_new_observations_and_nothing_else()
    {
        await using var host = new HostProcess();
        await host.StartAsync();
        var sensor = (await host.GetAsync("sensors?kind=river&limit=1")).GetProperty("items")[0];
        var (id, gateway) = (sensor.GetProperty("id").GetString()!, sensor.GetProperty("gateway").GetString()!);
        var stream = $"v1.1/Datastreams('{id}:level')/Observations";

        using var reader = await ConnectAsync(host, "viewer", host.Token);
        var received = new ConcurrentQueue<(string Topic, JsonElement Body)>();
        reader.ApplicationMessageReceivedAsync += message =>
        {
            var text = message.ApplicationMessage.ConvertPayloadToString();
            received.Enqueue((message.ApplicationMessage.Topic, JsonSerializer.Deserialize<JsonElement>(text)));
            return Task.CompletedTask;
        };
        Assert.True(await SubscribesAsync(reader, stream));
        Assert.False(await SubscribesAsync(reader, $"luohu/v1/{gateway}/+/command"));
        Assert.False(await SubscribesAsync(reader, "#"));
        var refused = await reader.PublishStringAsync($"luohu/v1/{gateway}/telemetry", "{}", MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce);
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, refused.ReasonCode);

        using var device = await ConnectAsync(host, gateway, host.Secrets()[gateway]);
        Assert.False(await SubscribesAsync(device, stream));
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await device.PublishStringAsync($"luohu/v1/{gateway}/{id}/telemetry", $$"""{"ts":{{now}},"seq":7,"values":{"level":1.25,"flow":3.5} }""", MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce);
        await Wait.UntilAsync(() => !received.IsEmpty, () => "an observation over MQTT");
        var (topic, body) = Assert.Single(received);
        Assert.Equal(stream, topic);
        Assert.Equal(($"{id}:level:{now}.7", 1.25), (body.GetProperty("@iot.id").GetString(), body.GetProperty("result").GetDouble()));
        await Wait.UntilAsync(async () => (await Sta(host, stream[5..])).GetProperty("value").GetArrayLength() == 1, () => "the same observation over HTTP");
        var kept = (await Sta(host, stream[5..])).GetProperty("value")[0];
        Assert.Equal(kept.GetProperty("@iot.id").GetString(), body.GetProperty("@iot.id").GetString());
        Assert.Equal(kept.GetProperty("phenomenonTime").GetString(), body.GetProperty("phenomenonTime").GetString());

        // Two hours ahead: both are of one receipt, and of two ids.
        var ahead = string.Join(',', Enumerable.Range(0, 2).Select(i => $$"""{"ts":{{now + 7_200_000 + (i * 1000)}},"values":{"level":{{i}}.5} }"""));
        await device.PublishStringAsync($"luohu/v1/{gateway}/{id}/telemetry", $"[{ahead}]", MQTTnet.Protocol.MqttQualityOfServiceLevel.AtLeastOnce);
        await Wait.UntilAsync(() => received.Count == 3, () => "two more observations over MQTT");
        await Wait.UntilAsync(async () => (await Sta(host, stream[5..])).GetProperty("value").GetArrayLength() == 3, () => "the same two over HTTP");
        var ids = (await Sta(host, stream[5..])).GetProperty("value").EnumerateArray().Select(IdOf).ToList();
        Assert.Equal(3, ids.Distinct().Count());
        Assert.Equal(received.Select(r => IdOf(r.Body)).Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));

        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(host, "viewer", "ioc_nobody00_" + new string('x', 43)));
    }

    [Fact]
    public async Task Questions_are_answered_as_a_plain_reading_of_all_entities_does()
    {
        await using var host = new HostProcess();
        await host.StartAsync();
        var things = await AllAsync(host, "Things");
        var places = (await AllAsync(host, "Locations")).ToDictionary(IdOf, l => l.GetProperty("location").GetProperty("coordinates").EnumerateArray().Select(c => c.GetDouble()).ToArray());
        Assert.True(things.Count > 100);
        bool Inside(string id) => places.TryGetValue(id, out var at) && at[0] > 114.1 && at[0] < 114.15 && at[1] > 22.54 && at[1] < 22.58;
        // Within leaves the edge out, intersects takes it in, and surveyed places do lie on it.
        bool InsideOrOn(string id) => places.TryGetValue(id, out var at) && at[0] >= 114.1 && at[0] <= 114.15 && at[1] >= 22.54 && at[1] <= 22.58;
        string Kind(JsonElement t) => t.GetProperty("properties").GetProperty("kind").GetString()!;
        string Name(JsonElement t) => t.GetProperty("name").GetString()!;
        const string box = "geography'POLYGON ((114.1 22.54, 114.15 22.54, 114.15 22.58, 114.1 22.58, 114.1 22.54))'";
        var questions = new (string Filter, Func<JsonElement, bool> Reference)[]
        {
            ("properties/kind eq 'river' or properties/kind eq 'pipe'", t => Kind(t) is "river" or "pipe"),
            ("not (properties/kind eq 'smoke') and startswith(id,'w')", t => Kind(t) != "smoke" && IdOf(t).StartsWith('w')),
            ("properties/synthetic eq true and (properties/kind eq 'tide' or length(id) lt 8)", t => t.GetProperty("properties").GetProperty("synthetic").GetBoolean() && (Kind(t) == "tide" || IdOf(t).Length < 8)),
            ($"st_within(Locations/location,{box})", t => Inside(IdOf(t))),
            ($"properties/kind ne 'parking' and not st_intersects(Locations/location,{box})", t => Kind(t) != "parking" && !InsideOrOn(IdOf(t))),
            ("Datastreams/ObservedProperty/name eq 'level'", t => Kind(t) is "river" or "reservoir" or "outfall" or "pipe" or "tide"),
        };
        foreach (var (filter, reference) in questions)
        {
            var expected = things.Where(reference).OrderByDescending(Kind, StringComparer.Ordinal).ThenBy(Name, StringComparer.Ordinal).ThenBy(IdOf, StringComparer.Ordinal).Select(IdOf).ToList();
            if (filter.StartsWith("Datastreams", StringComparison.Ordinal)) expected = await WithLevelAsync(host, things, Kind, Name);
            Assert.NotEmpty(expected);
            foreach (var (skip, top) in ((int, int)[])[(0, 5), (3, 7), (expected.Count - 1, 10), (expected.Count, 10), (0, 0)])
            {
                var page = await Sta(host, $"Things?$filter={Uri.EscapeDataString(filter)}&$orderby=properties/kind desc,name,id&$skip={skip}&$top={top}&$count=true&$select=id");
                Assert.Equal(expected.Count, page.GetProperty("@iot.count").GetInt32());
                Assert.Equal(expected.Skip(skip).Take(top), page.GetProperty("value").EnumerateArray().Select(IdOf));
                // Of pages of nothing there is no next one.
                Assert.Equal(top > 0 && skip + top < expected.Count, page.TryGetProperty("@iot.nextLink", out _));
            }
        }
    }

    // Which things have a level is asked one by one, by the neighbours' own answers.
    private static async Task<List<string>> WithLevelAsync(HostProcess host, List<JsonElement> things, Func<JsonElement, string> kind, Func<JsonElement, string> name)
    {
        var kinds = new Dictionary<string, bool>();
        foreach (var one in things.DistinctBy(kind))
        {
            var streams = await Sta(host, $"Things('{IdOf(one)}')/Datastreams?$expand=ObservedProperty&$top=100");
            kinds[kind(one)] = streams.GetProperty("value").EnumerateArray().Any(s => s.GetProperty("ObservedProperty").GetProperty("name").GetString() == "level");
        }
        return [.. things.Where(t => kinds[kind(t)]).OrderByDescending(kind, StringComparer.Ordinal).ThenBy(name, StringComparer.Ordinal).ThenBy(IdOf, StringComparer.Ordinal).Select(IdOf)];
    }

    private static string IdOf(JsonElement entity) => entity.GetProperty("@iot.id").GetString()!;

    private static async Task<List<JsonElement>> AllAsync(HostProcess host, string collection)
    {
        var all = new List<JsonElement>();
        for (var next = $"{collection}?$top=1000"; next.Length > 0;)
        {
            var page = await Sta(host, next);
            all.AddRange(page.GetProperty("value").EnumerateArray());
            next = page.TryGetProperty("@iot.nextLink", out var link) ? new Uri(link.GetString()!).PathAndQuery["/sta/v1.1/".Length..] : "";
        }
        return all;
    }

    private static Task<JsonElement> Sta(HostProcess host, string path) => host.GetAsync("../../sta/v1.1/" + path);

    private static async Task<IMqttClient> ConnectAsync(HostProcess host, string user, string password)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500)
            .WithCredentials(user, password).Build());
        return client.IsConnected ? client : throw new InvalidOperationException($"{user} is not let in.");
    }

    private static async Task<bool> SubscribesAsync(IMqttClient client, string filter) =>
        (await client.SubscribeAsync(filter)).Items.Single().ResultCode <= MqttClientSubscribeResultCode.GrantedQoS2;
}

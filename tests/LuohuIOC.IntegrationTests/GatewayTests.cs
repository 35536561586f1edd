using System.Text.Json;

namespace LuohuIOC.IntegrationTests;

/// <summary>A host with the default district, as a gateway's maker meets it with Debian's own MQTT clients.</summary>
public sealed class HostWithDistrict : IAsyncLifetime
{
    internal HostProcess Host { get; } = new();

    public async ValueTask InitializeAsync() => await Host.StartAsync();

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

public sealed class GatewayTests(HostWithDistrict fixture) : IClassFixture<HostWithDistrict>
{
    private readonly HostProcess _host = fixture.Host;

    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_gateway_with_its_secret_is_stored(string version)
    {
        var (sensor, gateway) = await _host.SensorAsync("outfall", 0);
        var ts = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var sent = await Mosquitto.PublishAsync(
            _host.MqttPort, $"luohu/v1/{gateway}/telemetry", $$$"""{"{{{sensor}}}":[{"ts":{{{ts}}},"seq":7,"values":{"level":0.312,"flow":1.25}}]}""",
            gateway, _host.Secrets()[gateway], version);
        Assert.True(sent.ExitCode == 0, sent.Output);

        JsonElement stored = default;
        await Wait.UntilAsync(
            async () =>
            {
                var page = await _host.GetAsync($"sensors/{sensor}/readings?from={ts}&to={ts + 1}");
                return page.GetProperty("items").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } first && (stored = first).ValueKind != 0;
            },
            () => $"the reading of {sensor} at {ts} in history");
        Assert.Equal(ts, stored.GetProperty("ts").GetInt64());
        Assert.Equal(7, stored.GetProperty("seq").GetInt64());
        Assert.Equal(0.312, stored.GetProperty("values").GetProperty("level").GetDouble());
        Assert.Equal(1.25, stored.GetProperty("values").GetProperty("flow").GetDouble());
        Assert.Equal("good", stored.GetProperty("quality").GetString());
    }

    [Fact]
    public async Task Without_its_secret_a_gateway_is_refused()
    {
        var (sensor, gateway) = await _host.SensorAsync("outfall", 1);
        var topic = $"luohu/v1/{gateway}/{sensor}/telemetry";
        const string message = """{"ts":1732262400000,"values":{"level":0.3}}""";

        // Exit code 5: connection refused, not authorised (4, bad user name or password, in MQTT 3.1.1).
        Assert.NotEqual(0, (await Mosquitto.PublishAsync(_host.MqttPort, topic, message)).ExitCode);
        Assert.NotEqual(0, (await Mosquitto.PublishAsync(_host.MqttPort, topic, message, gateway, "wrong")).ExitCode);
        Assert.Empty((await _host.GetAsync($"sensors/{sensor}/readings?from=1732262400000&to=1732262400001")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Another_gateways_topic_or_sensor_is_refused_and_kept_with_its_reason()
    {
        var (mine, gateway) = await _host.SensorAsync("outfall", 2);
        var (foreign, other) = await _host.SensorAsync("smoke", 2);
        Assert.NotEqual(gateway, other);
        var secret = _host.Secrets()[gateway];
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        await Mosquitto.PublishAsync(_host.MqttPort, $"luohu/v1/{other}/telemetry", "{}", gateway, secret);
        await Mosquitto.PublishAsync(
            _host.MqttPort, $"luohu/v1/{gateway}/telemetry",
            $$$"""{"{{{foreign}}}":[{"ts":{{{now}}},"values":{"alarm":1}}],"{{{mine}}}":[{"ts":{{{now}}},"values":{"level":0.2}}],"nobody":[{"ts":{{{now}}},"values":{"level":1}}]}""",
            gateway, secret);
        await Mosquitto.PublishAsync(_host.MqttPort, $"luohu/v1/{gateway}/{mine}/telemetry", "not json", gateway, secret);

        var reasons = new List<string?>();
        await Wait.UntilAsync(
            async () =>
            {
                reasons = [.. (await _host.GetAsync($"rejections?gateway={gateway}")).GetProperty("items").EnumerateArray().Select(r => r.GetProperty("reason").GetString())];
                return reasons.Count >= 4;
            },
            () => $"four rejections; there are: {string.Join(", ", reasons)}");
        Assert.Equivalent(new[] { "topic_forbidden", "sensor_of_other_gateway", "sensor_unknown", "not_json" }, reasons);
        // Of a payload that cannot be read the topic says whose it is.
        Assert.Equal("not_json", (await _host.GetAsync($"rejections?sensor={mine}")).GetProperty("items").EnumerateArray().Single().GetProperty("reason").GetString());
        var known = default(JsonElement);
        await Wait.UntilAsync(
            async () => (known = (await _host.GetAsync("gateways?limit=1000")).GetProperty("items").EnumerateArray().Single(g => g.GetProperty("gateway").GetString() == gateway))
                .GetProperty("online").ValueKind == JsonValueKind.False,
            () => $"the gateway to be away: {known}");
        Assert.Equal(JsonValueKind.String, known.GetProperty("onlineSince").ValueKind);
        await Wait.UntilAsync(
            async () => (await _host.GetAsync($"sensors/{mine}/readings?from={now}&to={now + 1}")).GetProperty("items").GetArrayLength() == 1,
            () => "the good reading beside the refused ones");
    }

    /// <summary>A client without a name, as <c>mosquitto_pub</c> is, must not be told that its name is at fault.</summary>
    [Theory]
    [InlineData("mqttv311")]
    [InlineData("mqttv5")]
    public async Task A_wrong_secret_is_said_to_be_one(string version)
    {
        var (_, gateway) = await _host.SensorAsync("outfall", 0);
        var (exitCode, output) = await Mosquitto.PublishAsync(_host.MqttPort, $"luohu/v1/{gateway}/telemetry", "{}", gateway, "wrong", version);
        Assert.NotEqual(0, exitCode);
        Assert.Contains("bad user name or password", output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_gateway_subscribes_only_to_its_own_commands()
    {
        var (_, gateway) = await _host.SensorAsync("outfall", 0);
        var (_, other) = await _host.SensorAsync("smoke", 0);
        var secret = _host.Secrets()[gateway];
        var own = await Mosquitto.SubscribeAsync(_host.MqttPort, $"luohu/v1/{gateway}/+/command", gateway, secret);
        Assert.Contains("Subscribed (mid: 1): 1", own.Output, StringComparison.Ordinal);
        foreach (var filter in (string[])[$"luohu/v1/{other}/+/command", "luohu/v1/+/+/command", "#", $"luohu/v1/{gateway}/telemetry"])
        {
            var refused = await Mosquitto.SubscribeAsync(_host.MqttPort, filter, gateway, secret);
            Assert.Contains("135", refused.Output, StringComparison.Ordinal);
        }
    }
}

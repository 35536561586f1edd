using System.Globalization;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>Two real hosts on one PostgreSQL: the gateway sends to the second, the officer asks the first.</summary>
public sealed class SharedDetectorsTests : IAsyncLifetime
{
    private const string Rule = "novelty-level";

    /// <summary>Readings until novelty of a level is sure to judge.</summary>
    private const int WarmUp = 620;

    private readonly CityHosts _city = new();

    public async ValueTask InitializeAsync() => await _city.StartAsync(2, "--Mqtt:AllowAnonymous=true", HostProcess.Patient);

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task A_detector_is_shown_by_the_host_that_has_not_got_it_and_a_mark_there_moves_its_threshold_until_it_is_taken_back()
    {
        var (sensor, gateway) = await _city.Hosts[0].SensorAsync("river");
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", _city.Hosts[1].MqttPort).WithClientId("far").Build());
        var random = new Random(5);
        var at = DateTimeOffset.UtcNow.AddMinutes(-5 * (WarmUp + 10));
        async Task SendAsync(double level)
        {
            at = at.AddMinutes(5);
            var payload = string.Create(CultureInfo.InvariantCulture, $$$"""{"ts":{{{at.ToUnixTimeMilliseconds()}}},"values":{"level":{{{level:F4}}}}}""");
            await client.PublishStringAsync($"luohu/v1/{gateway}/{sensor}/telemetry", payload, MqttQualityOfServiceLevel.AtLeastOnce);
        }
        double Ordinary() => 1.5 + (random.NextDouble() * 0.02);

        for (var i = 0; i < 20; i++) await SendAsync(Ordinary());
        await ShowAsync(sensor, stream => stream.GetProperty("warmUpLeft").ValueKind == JsonValueKind.Number, "the number of readings that it lacks");
        for (var i = 0; i < WarmUp - 20; i++) await SendAsync(Ordinary());
        await ShowAsync(sensor, stream => stream.GetProperty("state").GetString() == "watching", "that it watches");

        for (var i = 0; i < 4; i++) await SendAsync(4.5 + (i * 0.3));
        JsonElement alert = default;
        await Wait.UntilAsync(
            async () => (alert = (await _city.Hosts[0].GetAsync($"alerts?sensor={sensor}&rule={Rule}")).GetProperty("items").EnumerateArray()
                .FirstOrDefault(a => a.GetProperty("rule").GetString() == Rule)).ValueKind == JsonValueKind.Object,
            () => $"the alert of the jump; {_city.Hosts[1].Output}");
        await _city.Hosts[0].SendAsync(HttpMethod.Post, $"alerts/{alert.GetProperty("id").GetString()}/mark", new { verdict = "false" });
        await ShowAsync(sensor, stream => Math.Abs(stream.GetProperty("threshold").GetProperty("factor").GetDouble() - 1.15) < 1e-6, "the raised threshold");
        await _city.Hosts[1].SendAsync(HttpMethod.Post, $"alerts/{alert.GetProperty("id").GetString()}/mark", new { verdict = "none" });
        await ShowAsync(sensor, stream => stream.GetProperty("threshold") is var threshold && threshold.GetProperty("factor").GetDouble() == 1 && threshold.GetProperty("moves").GetArrayLength() == 2, "the threshold as it was");
        await ShowAsync(sensor, stream => stream.GetProperty("past") is var past && past.GetProperty("alerts").GetInt32() == 1 && past.GetProperty("false").GetInt32() == 0, "that nobody has said anything of its alert");
    }

    /// <summary>Both hosts show it, and the same.</summary>
    private async Task ShowAsync(string sensor, Func<JsonElement, bool> what, string told)
    {
        var views = new string[2];
        await Wait.UntilAsync(
            async () =>
            {
                for (var host = 0; host < 2; host++)
                {
                    var view = await _city.Hosts[host].GetAsync($"sensors/{sensor}/detector");
                    views[host] = view.GetRawText();
                    if (!what(view.GetProperty("streams").EnumerateArray().Single(s => s.GetProperty("rule").GetString() == Rule))) return false;
                }
                return views[0] == views[1];
            },
            () => $"{told} on both hosts; {views[0]}; {views[1]}; {_city.Hosts[0].Output}");
    }
}

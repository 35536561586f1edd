using System.Text.Json;

namespace LuohuIOC.IntegrationTests;

/// <summary>Whoever counts what was published finds all of it: stored, sent twice, or refused.</summary>
public sealed class CountsTests
{
    [Fact]
    public async Task What_was_published_is_stored_or_a_duplicate_or_refused()
    {
        await using var host = new HostProcess(null, "--Mqtt:AllowAnonymous=true", "--Registry:AutoRegister=true", "--Registry:District=Empty");
        await host.StartAsync();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var i = 0; i < 4; i++) await SendAsync(i);
        await SendAsync(1);
        await SendAsync(3);
        await Mosquitto.PublishAsync(host.MqttPort, "luohu/v1/gw-1/telemetry", $$$"""{"s-1":[{"ts":{{{now + 9}}},"seq":9,"values":{"level":"high"}}]}""");

        JsonElement state = default;
        await Wait.UntilAsync(
            async () => (state = await host.GetAsync("ingestion")).GetProperty("duplicates").ValueKind == JsonValueKind.Number && state.GetProperty("duplicates").GetInt64() == 2,
            () => $"the duplicates to be counted: {state}");
        Assert.Equal((6, 1), (state.GetProperty("readings").GetInt64(), state.GetProperty("rejections").GetInt64()));
        Assert.Equal(4, await host.CountAsync());
        var refused = (await host.GetAsync("rejections")).GetProperty("items")[0];
        Assert.Equal(("value_not_a_number", "level"), (refused.GetProperty("reason").GetString(), refused.GetProperty("metric").GetString()));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Authorization = new("Bearer", host.Token);
        using var metrics = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await metrics.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Matches("luohu_ingestion_duplicates[^\\n]* 2[ \\n]", text);
        Assert.Matches("luohu_ingestion_rejections[^\\n]*value_not_a_number[^\\n]* 1[ \\n]", text);

        Task SendAsync(int sequence) => Mosquitto.PublishAsync(
            host.MqttPort, "luohu/v1/gw-1/telemetry", $$$"""{"s-1":[{"ts":{{{now + sequence}}},"seq":{{{sequence}}},"values":{"level":0.5}}]}""");
    }
}

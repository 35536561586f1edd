using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace LuohuIOC.IntegrationTests;

public sealed class DashboardTests
{
    [Fact]
    public async Task Orleans_dashboard_is_for_administrators_and_there_only_when_asked_for()
    {
        await using var host = new HostProcess(null, "--Cluster:Dashboard=true", "--Mqtt:AllowAnonymous=true");
        await host.StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(host, null)).Status);
        foreach (var role in (string[])["viewer", "duty-officer"])
        {
            var token = (await host.SendAsync(HttpMethod.Post, "tokens", new { name = role, role })).GetProperty("token").GetString()!;
            Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(host, Bearer(token))).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(host, Basic(token))).Status);
        }
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(host, Basic("ioc_wrong"))).Status);
        foreach (var shown in (AuthenticationHeaderValue[])[Bearer(host.Token), Basic(host.Token)])
        {
            var (status, page) = await GetAsync(host, shown);
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Contains("<html", page, StringComparison.OrdinalIgnoreCase);
        }
        // Its figures are those of this silo, whose sensors come to life when they are heard.
        var (id, gateway) = await host.SensorAsync("smoke", 0);
        var sent = await Mosquitto.PublishAsync(
            host.MqttPort, $"luohu/v1/{gateway}/{id}/telemetry", $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"seq":1,"values":{"alarm":0}}""");
        Assert.Equal(0, sent.ExitCode);
        await Wait.UntilAsync(
            async () => (await GetAsync(host, Basic(host.Token), "/admin/orleans/DashboardCounters")).Body.Contains("SensorGrain", StringComparison.Ordinal),
            () => "the sensor's grain on the dashboard");
        // The name and password are for that page alone.
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(host, Basic(host.Token), "/api/v1/me")).Status);

        await using var without = new HostProcess();
        await without.StartAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(without, Bearer(without.Token))).Status);
    }

    private static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    private static AuthenticationHeaderValue Basic(string token) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"admin:{token}")));

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(HostProcess host, AuthenticationHeaderValue? shown, string path = "/admin/orleans/")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = shown;
        using var response = await host.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}

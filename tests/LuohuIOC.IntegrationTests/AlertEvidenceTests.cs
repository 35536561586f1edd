using System.Text.Json;
using LuohuIOC.IntegrationTests.Wall;
using Microsoft.AspNetCore.SignalR.Client;
using MQTTnet;

namespace LuohuIOC.IntegrationTests;

/// <summary>What stands around an alert, over the real host: asked for, told to the wall, kept over a power loss.</summary>
public sealed class AlertEvidenceTests
{
    private const string Point = "waterlogging-01";

    [Fact]
    public async Task An_alert_tells_of_its_neighbours_and_of_the_last_one_like_it_also_after_power_loss()
    {
        var data = Directory.CreateTempSubdirectory("luohu-test-").FullName;
        string second;
        string around;
        await using (var host = new HostProcess(data))
        {
            await host.StartAsync();
            var versions = new List<(string Id, int Version, string? Text)>();
            await using var hub = host.Hub();
            hub.On<JsonElement>("alert", view =>
            {
                lock (versions) versions.Add((view.GetProperty("id").GetString()!, view.GetProperty("version").GetInt32(), view.GetProperty("surroundingsText").GetString()));
            });
            await HostProcess.JoinAsync(hub);
            var near = (await RaiseAsync(host, 0.2)).GetProperty("neighbours").EnumerateArray().Select(n => n.GetProperty("sensorId").GetString()!).ToArray();
            // One neighbour speaks now, and the first alert ends: it is the last like the next one.
            await PublishAsync(host, near[0], 0.01, 0);
            var first = await OpenAsync(host);
            await host.SendAsync(HttpMethod.Post, $"alerts/{first}/mark", new { verdict = "true" });
            await PublishAsync(host, Point, 0, 10);
            await Wait.UntilAsync(async () => await OpenAsync(host) is null, () => "the first alert to close");
            await Wait.UntilAsync(async () => (await host.GetAsync($"sensors/{near[0]}/readings?metric=depth")).GetProperty("items").GetArrayLength() > 0, () => "the neighbour's reading");
            var found = await RaiseAsync(host, 0.45);
            second = (await OpenAsync(host))!;

            var verdicts = found.GetProperty("neighbours").EnumerateArray().ToDictionary(n => n.GetProperty("sensorId").GetString()!, n => n.GetProperty("verdict").GetString());
            Assert.Equal("calm", verdicts[near[0]]);
            Assert.Equal("silent", verdicts[near[1]]);
            Assert.Equal("rise", found.GetProperty("subject").GetString());
            Assert.Equal("undecided", found.GetProperty("lean").GetString());
            Assert.Contains("相邻 1 站未见上升", found.GetProperty("text").GetString());
            var last = found.GetProperty("last");
            Assert.Equal((first, 0.2, "true"), (last.GetProperty("alertId").GetString(), last.GetProperty("peak").GetDouble(), last.GetProperty("verdict").GetString()));
            Assert.Contains("标记为属实", last.GetProperty("text").GetString());
            // The wall heard of the raise at once and of its surroundings as of a step of its own.
            await Wait.UntilAsync(() => { lock (versions) return versions.Any(v => v.Id == second && v.Version == 2); }, () => "the second step at the hub");
            lock (versions) Assert.Equal([null, found.GetProperty("text").GetString()], versions.Where(v => v.Id == second).Select(v => v.Text));
            around = found.GetRawText();
            await host.KillAsync();
        }
        await using (var host = new HostProcess(data))
        {
            await host.StartAsync();
            Assert.Equal(around, (await host.GetAsync($"alerts/{second}")).GetProperty("surroundings").GetRawText());
            Assert.True((await host.GetAsync("alerts/verification")).GetProperty("intact").GetBoolean());
        }
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Floods the point; what was found around it.</summary>
    private static async Task<JsonElement> RaiseAsync(HostProcess host, double depth)
    {
        await PublishAsync(host, Point, depth, depth > 0.3 ? 20 : 0);
        JsonElement found = default;
        await Wait.UntilAsync(
            async () => await OpenAsync(host) is { } id && (found = (await host.GetAsync($"alerts/{id}")).GetProperty("surroundings")).ValueKind == JsonValueKind.Object, () => "the alert's surroundings");
        return found;
    }

    private static async Task<string?> OpenAsync(HostProcess host) =>
        (await host.GetAsync($"alerts?sensor={Point}&rule=waterlogging-depth&state=open")).GetProperty("items").EnumerateArray().Select(a => a.GetProperty("id").GetString()).FirstOrDefault();

    private static async Task PublishAsync(HostProcess host, string sensor, double depth, int second)
    {
        var gateway = (await host.GetAsync($"sensors/{sensor}")).GetProperty("gateway").GetString()!;
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).WithClientId($"evidence-{Guid.NewGuid():N}")
            .WithCredentials(gateway, host.Secrets()[gateway]).Build());
        // Device times a little apart, none ahead of the clock.
        await WallSite.PublishAsync(client, gateway, sensor, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 30_000 + (second * 1000), depth);
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Data.Sqlite;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>What goes wrong at three in the morning: each is told in one clear line, and nothing that was acknowledged is lost.</summary>
public sealed class BadDayTests
{
    [Fact]
    public async Task A_port_in_use_is_named_with_its_key()
    {
        using var taken = new TcpListener(IPAddress.Any, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var host = new HostProcess { MqttPort = port };
        host.Launch();
        Assert.Equal(3, await host.ExitAsync());
        Assert.Contains($"{port}", host.Output, StringComparison.Ordinal);
        Assert.Contains("Mqtt:Port", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_that_is_no_yes_or_no_is_named_before_anything_starts()
    {
        await using var host = new HostProcess(null, "--Registry:AutoRegister=yes");
        host.Launch();
        Assert.Equal(2, await host.ExitAsync());
        Assert.Contains("Registry:AutoRegister", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unreadable_registry_is_named_with_its_file()
    {
        await using var host = new HostProcess();
        await File.WriteAllTextAsync(Path.Combine(host.Data, "registry.db"), new string('x', 8192), TestContext.Current.CancellationToken);
        host.Launch();
        Assert.Equal(4, await host.ExitAsync());
        Assert.Contains("registry.db", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_corrupt_history_delays_and_loses_nothing()
    {
        await using var host = new HostProcess(null, "--Mqtt:AllowAnonymous=true", "--Registry:AutoRegister=true", "--Registry:District=Empty");
        var file = Path.Combine(host.Data, "history.duckdb");
        await File.WriteAllTextAsync(file, new string('x', 65536), TestContext.Current.CancellationToken);
        host.Launch();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        await Wait.UntilAsync(
            async () => (await Mosquitto.PublishAsync(host.MqttPort, "luohu/v1/gw-1/telemetry", Payload(now))).ExitCode == 0,
            () => $"the broker to acknowledge; output:\n{host.Output}");
        await Wait.UntilAsync(() => host.Output.Contains("history.duckdb", StringComparison.Ordinal), () => $"the damaged file to be named; output:\n{host.Output}");

        // What the message tells the operator to do.
        await host.StopAsync();
        File.Delete(file);
        await host.StartAsync();
        await Wait.UntilAsync(async () => await host.CountAsync() == 1, () => $"the reading in the new history; output:\n{host.Output}");
    }

    [Fact]
    public async Task A_full_disk_stops_acknowledgements_and_loses_nothing()
    {
        using var disk = new SmallDisk();
        await using var host = new HostProcess(disk.Folder, "--Mqtt:AllowAnonymous=true", "--Registry:AutoRegister=true", "--Registry:District=Empty");
        await host.StartAsync();
        disk.Fill();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var pending = Mosquitto.PublishAsync(host.MqttPort, "luohu/v1/gw-1/telemetry", Payload(now));
        await Wait.UntilAsync(() => host.Output.Contains("Journal cannot write", StringComparison.Ordinal), () => $"the journal to say that it cannot write; output:\n{host.Output}");
        Assert.False(pending.IsCompleted, "A publish was acknowledged although it could not be made durable.");

        disk.MakeRoom();
        Assert.Equal(0, (await pending).ExitCode);
        await Wait.UntilAsync(async () => await host.CountAsync() == 1, () => $"the reading in history; output:\n{host.Output}");
    }

    /// <summary>What the wall shows goes on, and so does history; killed meanwhile, the host has it all in the ledger after its next start.</summary>
    [Fact]
    public async Task A_ledger_that_takes_nothing_holds_up_no_reading_and_no_alert()
    {
        await using var host = new HostProcess(null, "--Mqtt:AllowAnonymous=true", "--Sensing:SaveEvery=00:00:01");
        await host.StartAsync();
        await using var hub = host.Hub();
        var raised = new ConcurrentDictionary<string, bool>();
        hub.On<JsonElement>("alert", alert => raised.TryAdd(alert.GetProperty("sensorId").GetString()!, true));
        await HostProcess.JoinAsync(hub);
        (string Id, string Gateway)[] smoke = [await host.SensorAsync("smoke", 0), await host.SensorAsync("smoke", 1), await host.SensorAsync("smoke", 2)];
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).Build(), TestContext.Current.CancellationToken);
        var sent = 0;
        async Task SendAsync((string Id, string Gateway) sensor, int alarm)
        {
            var answer = await client.PublishStringAsync(
                $"luohu/v1/{sensor.Gateway}/{sensor.Id}/telemetry",
                $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"seq":{{{sent++}}},"values":{"alarm":{{{alarm}}}}}""", MqttQualityOfServiceLevel.AtLeastOnce);
            Assert.True(answer.IsSuccess, answer.ReasonString);
        }

        await using (var other = new SqliteConnection($"Data Source={Path.Combine(host.Data, "alerts.db")};Pooling=false"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            foreach (var sensor in smoke)
            {
                await SendAsync(sensor, 1);
                for (var i = 0; i < 20; i++) await SendAsync(smoke[0], 1);
                await Wait.UntilAsync(() => raised.ContainsKey(sensor.Id), () => $"the alert of {sensor.Id} while the ledger takes nothing; output:\n{host.Output}");
            }
            await Wait.UntilAsync(async () => await host.CountAsync() == sent, () => $"all {sent} readings in history; output:\n{host.Output}");
            Assert.Empty((await host.GetAsync("alerts")).GetProperty("items").EnumerateArray());
            // A state that was saved meanwhile must not say that its alerts were told: the ledger has them only from the journal.
            await Wait.UntilAsync(() => host.Output.Contains("could not be saved", StringComparison.Ordinal), () => $"a round of saves; output:\n{host.Output}");
            await host.KillAsync();
        }
        await host.StartAsync();
        await Wait.UntilAsync(async () => (await host.GetAsync("alerts")).GetProperty("items").GetArrayLength() >= smoke.Length, () => $"the alerts in the ledger; output:\n{host.Output}");
        Assert.Equal(smoke.Select(s => s.Id).Order(), (await host.GetAsync("alerts")).GetProperty("items").EnumerateArray().Select(a => a.GetProperty("sensorId").GetString()).Order());
        Assert.True((await host.GetAsync("alerts/verification")).GetProperty("intact").GetBoolean());
        Assert.Equal(sent, await host.CountAsync());
    }

    /// <summary>The file of the sensors' states is gone, the ledger of alerts is not.</summary>
    [Fact]
    public async Task An_alert_of_a_sensor_whose_state_is_lost_ends_with_its_next_normal_reading()
    {
        await using var host = new HostProcess(null, "--Mqtt:AllowAnonymous=true");
        await host.StartAsync();
        var (id, gateway) = await host.SensorAsync("smoke");
        async Task<JsonElement> AlertAsync() => (await host.GetAsync($"alerts?sensor={id}")).GetProperty("items").EnumerateArray().SingleOrDefault(a => a.GetProperty("rule").GetString() == "smoke-alarm");
        Task SendAsync(int alarm) => Mosquitto.PublishAsync(
            host.MqttPort, $"luohu/v1/{gateway}/{id}/telemetry", $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"values":{"alarm":{{{alarm}}}}}""");
        await SendAsync(1);
        await Wait.UntilAsync(async () => (await AlertAsync()).ValueKind == JsonValueKind.Object, () => $"the alert; output:\n{host.Output}");
        var raised = (await AlertAsync()).GetProperty("id").GetString();
        await host.StopAsync();

        foreach (var file in Directory.GetFiles(host.Data, "grains.db*")) File.Delete(file);
        await host.StartAsync();
        await SendAsync(0);
        await Wait.UntilAsync(async () => (await AlertAsync()).GetProperty("clearedAt").ValueKind == JsonValueKind.String, () => $"the alert to clear; output:\n{host.Output}");
        Assert.Equal(raised, (await AlertAsync()).GetProperty("id").GetString());
    }

    private static string Payload(long ts) => $$$"""{"s-1":[{"ts":{{{ts}}},"seq":1,"values":{"level":0.5}}]}""";
}

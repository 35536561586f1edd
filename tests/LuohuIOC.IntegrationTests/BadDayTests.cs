using System.Net;
using System.Net.Sockets;

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

    private static string Payload(long ts) => $$$"""{"s-1":[{"ts":{{{ts}}},"seq":1,"values":{"level":0.5}}]}""";
}

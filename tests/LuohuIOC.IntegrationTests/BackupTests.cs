using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using LuohuIOC.Backup;
using LuohuIOC.Simulator.Load;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>A running city is copied, and comes to life elsewhere.</summary>
public sealed class BackupTests : IDisposable
{
    private static readonly string[] Settings = ["--Mqtt:AllowAnonymous=true", "--Registry:AutoRegister=true", "--Sensing:SaveEvery=00:00:01"];

    private const int Alarms = 6;
    private readonly string _here = Directory.CreateTempSubdirectory("luohu-backup-").FullName;
    private readonly ConcurrentQueue<AcknowledgedMessage> _acknowledged = new();

    public void Dispose() => Directory.Delete(_here, recursive: true);

    [Fact]
    public async Task A_city_restored_from_a_backup_under_load_has_all_that_was_acknowledged_and_one_from_a_quiet_moment_is_the_same()
    {
        await using var old = new HostProcess(Path.Combine(_here, "old"), Settings);
        await old.StartAsync();
        var token = await PrepareAsync(old);

        using var source = Source(old.MqttPort);
        await source.ConnectAsync(TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var load = source.RunAsync(stop.Token);
        // Several rounds of saves and of history's commits, so that the stores are at different places.
        await Wait.UntilAsync(() => _acknowledged.Count >= 5_000, () => "load", TimeSpan.FromSeconds(60));
        var before = _acknowledged.ToArray();
        Backup(old, "loaded.tar.gz");
        await Wait.UntilAsync(() => _acknowledged.Count >= before.Length + 1_000, () => "load after the backup");
        await stop.CancelAsync();
        await load;
        await SettleAsync(old, _acknowledged.Sum(m => (long)m.Sensors.Count) + Alarms);
        Backup(old, "quiet.tar");
        var (city, stored) = (await CityAsync(old), await ReadingsAsync(old));
        Assert.True(await old.StopAsync() == 0, old.Output);

        await using var quiet = await RestoreAsync("quiet.tar", "quiet");
        await AssertSameAsync(city, quiet);
        await AssertAdmitsAsync(quiet, token);

        await using var loaded = await RestoreAsync("loaded.tar.gz", "loaded");
        var acknowledged = before.SelectMany(m => m.Sensors.Select((sensor, k) => (sensor, m.UnixMilliseconds, m.FirstSequence + k))).ToHashSet();
        List<(string, long, long)> restored = [];
        await Wait.UntilAsync(async () => acknowledged.IsSubsetOf(restored = await ReadingsAsync(loaded)), () => $"what was acknowledged before the backup; {acknowledged.Except(restored).Count()} are missing; {loaded.Output}");
        await SettleAsync(loaded);
        restored = await ReadingsAsync(loaded);
        Assert.Empty(restored.Except(stored));
        Assert.Equal(restored.Count, restored.Distinct().Count());
        // The load raises no alerts, so the ledger is the same up to its last event.
        Assert.Equal(city.Where(line => line.StartsWith("alert", StringComparison.Ordinal)), (await CityAsync(loaded)).Where(line => line.StartsWith("alert", StringComparison.Ordinal)));
        await AssertAdmitsAsync(loaded, token);
    }

    [Fact]
    public async Task A_restore_killed_half_way_leaves_a_folder_that_no_host_takes_and_that_the_next_restore_makes_good()
    {
        var data = Path.Combine(_here, "old");
        await using (var old = new HostProcess(data, Settings))
        {
            await old.StartAsync();
            await old.StopAsync();
        }
        // Large enough to be killed in.
        Directory.CreateDirectory(Path.Combine(data, "export"));
        await File.WriteAllBytesAsync(Path.Combine(data, "export", "2024-11-22.parquet"), RandomNumberGenerator.GetBytes(96 << 20), TestContext.Current.CancellationToken);
        var (archive, into) = (Path.Combine(_here, "node.tar"), Path.Combine(_here, "new"));
        Assert.Equal(0, BackupCommand.Run(["--data", data, "--to", archive], TextWriter.Null, TextWriter.Null, TimeProvider.System));

        using (var restore = Process.Start(new ProcessStartInfo("dotnet", [HostProcess.Program, "restore", archive, "--data", into]) { RedirectStandardError = true })!)
        {
            var notes = restore.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            // Looked for without rest: on a machine that is busy the whole restore may fit between two looks of a wait.
            var patience = Stopwatch.StartNew();
            while (!File.Exists(Path.Combine(into, "restore.unfinished")) && !restore.HasExited && patience.Elapsed < TimeSpan.FromMinutes(2)) Thread.Yield();
            restore.Kill();
            await restore.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(File.Exists(Path.Combine(into, "restore.unfinished")), await notes);
        }
        await using var host = new HostProcess(into, Settings);
        host.Launch();
        Assert.Equal(4, await host.ExitAsync());
        Assert.Contains("./ioc restore", host.Output, StringComparison.Ordinal);

        await using var again = await RestoreAsync("node.tar", "new");
        Assert.Equal(96 << 20, new FileInfo(Path.Combine(into, "export", "2024-11-22.parquet")).Length);
    }

    /// <summary>Alerts in several states, a rule of somebody's own and a token.</summary>
    private static async Task<string> PrepareAsync(HostProcess host)
    {
        var sensors = (await host.GetAsync($"sensors?kind=smoke&limit={Alarms}")).GetProperty("items").EnumerateArray().ToList();
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).Build());
        foreach (var sensor in sensors)
            await client.PublishStringAsync(
                $"luohu/v1/{sensor.GetProperty("gateway")}/{sensor.GetProperty("id")}/telemetry", $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"values":{"alarm":1}}""",
                MqttQualityOfServiceLevel.AtLeastOnce);
        JsonElement[] alerts = [];
        await Wait.UntilAsync(
            async () => (alerts = [.. (await host.GetAsync("alerts")).GetProperty("items").EnumerateArray()]).Length == sensors.Count, () => "an alert of each smoke detector");
        await host.SendAsync(HttpMethod.Post, $"alerts/{alerts[0].GetProperty("id")}/acknowledge", new { });
        await host.SendAsync(HttpMethod.Post, $"alerts/{alerts[1].GetProperty("id")}/comment", new { comment = "东门老街口" });
        await host.SendAsync(HttpMethod.Put, $"sensors/{sensors[5].GetProperty("id")}/rules/smoke-alarm", new { enabled = false, comment = "under repair" });
        var issued = await host.SendAsync(HttpMethod.Post, "tokens", new { name = "three-defence desk", role = "duty-officer" });
        return issued.GetProperty("token").GetString()!;
    }

    private LoadSource Source(int port) => new(
        new LoadOptions
        {
            Port = port,
            Connections = 5,
            InFlight = 10,
            Duration = TimeSpan.FromSeconds(120),
            ReadingsPerMessage = 2,
            MessagesPerSecond = 2_000,
            Gateways = LoadGateway.Anonymous(5, 10, 3),
            OnAcknowledged = _acknowledged.Enqueue,
        },
        TimeProvider.System);

    private void Backup(HostProcess host, string name)
    {
        using var notes = new StringWriter();
        Assert.True(BackupCommand.Run(["--data", host.Data, "--to", Path.Combine(_here, name)], TextWriter.Null, notes, TimeProvider.System) == 0, $"{notes}\n{host.Output}");
    }

    private async Task<HostProcess> RestoreAsync(string archive, string folder)
    {
        using var notes = new StringWriter();
        var data = Path.Combine(_here, folder);
        Assert.True(RestoreCommand.Run([Path.Combine(_here, archive), "--data", data], TextWriter.Null, notes, TimeProvider.System) == 0, notes.ToString());
        var host = new HostProcess(data, Settings);
        await host.StartAsync();
        return host;
    }

    /// <summary>Until history has so many readings and what the journal has, twice the same.</summary>
    private static async Task SettleAsync(HostProcess host, long least = 0)
    {
        var last = -1L;
        await Wait.UntilAsync(
            async () =>
            {
                var lag = (await host.GetAsync("history")).GetProperty("lagGroups").GetInt64();
                var (count, before) = (await host.CountAsync(), last);
                last = count;
                return lag == 0 && count >= least && count == before;
            },
            () => "history to be up to date");
    }

    /// <summary>Sensors come to life one after the other, so the wall fills up in the first seconds.</summary>
    private static async Task AssertSameAsync(List<string> city, HostProcess host)
    {
        List<string> now = [];
        await Wait.UntilAsync(
            async () => (now = await CityAsync(host)).SequenceEqual(city),
            () => $"the same city; missing: {string.Join("\n", city.Except(now).Take(5))}\nadded: {string.Join("\n", now.Except(city).Take(5))}");
    }

    /// <summary>What people and programs can see of a city, line by line.</summary>
    private static async Task<List<string>> CityAsync(HostProcess host)
    {
        var city = await host.GetAsync("city");
        var rules = new List<string>();
        foreach (var id in (await host.GetAsync($"sensors?kind=smoke&limit={Alarms}")).GetProperty("items").EnumerateArray().Select(s => s.GetProperty("id").GetString()))
            rules.Add($"rules {id} {(await host.GetAsync($"sensors/{id}/rules")).GetRawText()} {(await host.GetAsync($"sensors/{id}/rules/history")).GetRawText()}");
        return
        [
            $"count {await host.CountAsync()}",
            $"alert chain {(await host.GetAsync("alerts/verification")).GetRawText()}",
            .. (await host.GetAsync("alerts?limit=1000")).GetProperty("items").EnumerateArray().Select(a => $"alert {a.GetRawText()}"),
            .. city.GetProperty("readings").EnumerateArray().Select(r => $"latest {r.GetRawText()}").Order(StringComparer.Ordinal),
            .. await SensorsAsync(host),
            .. (await host.GetAsync("tokens")).GetProperty("items").EnumerateArray()
                .Select(t => $"token {t.GetProperty("id")} {t.GetProperty("name")} {t.GetProperty("role")} {t.GetProperty("createdAt")}").Order(StringComparer.Ordinal),
            .. rules,
        ];
    }

    private static async Task<List<string>> SensorsAsync(HostProcess host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/sensors");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.Token);
        request.Headers.Accept.ParseAdd("text/csv");
        using var response = await host.Http.SendAsync(request);
        return [.. (await response.Content.ReadAsStringAsync()).Split('\n').Select(line => $"sensor {line}")];
    }

    private static async Task AssertAdmitsAsync(HostProcess host, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await host.Http.SendAsync(request);
        Assert.Contains("three-defence desk", await response.Content.ReadAsStringAsync());
    }

    /// <summary>Sensor, time and sequence of every reading of the load.</summary>
    private static async Task<List<(string Sensor, long Ms, long Sequence)>> ReadingsAsync(HostProcess host)
    {
        var all = new List<(string, long, long)>();
        foreach (var sensor in LoadGateway.Anonymous(5, 10, 3).SelectMany(g => g.Sensors).Select(s => s.Id))
        {
            for (string? after = null; ;)
            {
                var page = await host.GetAsync($"sensors/{sensor}/readings?from=0&limit=10000&quality=all{(after is null ? "" : $"&after={after}")}");
                all.AddRange(page.GetProperty("items").EnumerateArray().Select(r => (sensor, r.GetProperty("ts").GetInt64(), r.GetProperty("seq").GetInt64())));
                if (page.GetProperty("next").ValueKind == JsonValueKind.Null) break;
                after = Uri.EscapeDataString(page.GetProperty("next").ToString());
            }
        }
        return all;
    }
}

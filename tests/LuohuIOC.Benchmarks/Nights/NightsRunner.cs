using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LuohuIOC.Benchmarks.Ladder;
using LuohuIOC.Tests.Storage;
using Microsoft.AspNetCore.SignalR.Client;

namespace LuohuIOC.Benchmarks.Nights;

/// <summary>
/// <c>nights [MINUTES] [SEED]</c>: three published hosts of one city in trouble, under readings whose faults come and go. Afterwards the ledger is held against what
/// was acknowledged: each fault is one alert, which begins and ends with it.
/// </summary>
internal static class NightsRunner
{
    private const int Gateways = 6;
    private const int SensorsOfEach = 20;
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(3);

    public static async Task<int> RunAsync(TimeSpan duration, int seed)
    {
        await using var server = new PostgresServer();
        await server.StartAsync();
        var database = await server.NewDatabaseAsync();
        var hosts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ServedRung.StartAsync(Rung.Published, $"--Cluster:PostgreSql={database}", "--Sensing:SaveEvery=00:00:05")));
        try
        {
            var sensors = (await hosts[0].GetAsync($"sensors?kind=smoke&limit={Gateways * SensorsOfEach}")).GetProperty("items").EnumerateArray()
                .Select((s, i) => new NightSensor(s.GetProperty("id").GetString()!, s.GetProperty("gateway").GetString()!, new Random(HashCode.Combine(seed, i)))).ToList();
            var told = new ConcurrentDictionary<(string Sensor, long ObservedMs), bool>();
            var officer = new NightOfficer(hosts, seed);
            var hubs = await Task.WhenAll(hosts.Select(host => WatchAsync(host, told, officer)));
            using var day = new CancellationTokenSource(duration);
            var troubles = new NightTroubles(hosts, server, database, seed);
            var gateways = Enumerable.Range(0, Gateways)
                .Select(i => new NightGateway(i % hosts.Length, [.. sensors.Where((_, n) => n % Gateways == i)], hosts, seed + i)).ToList();
            // Gateways go on until all hosts are up again.
            using var calm = new CancellationTokenSource();
            var sending = gateways.Select(gateway => Task.Run(() => gateway.RunAsync(calm.Token))).ToArray();
            var deciding = Task.Run(() => officer.RunAsync(calm.Token));
            await troubles.RunAsync(day.Token);
            await calm.CancelAsync();
            await Task.WhenAll([.. sending, deciding]);
            await SettledAsync(hosts);
            var verdict = new NightVerdict(await AlertsAsync(hosts[1]), told, troubles.Log);
            foreach (var sensor in sensors) verdict.Judge(sensor);
            foreach (var (at, what) in troubles.Log) Console.WriteLine($"{at:HH:mm:ss.fff} {what}");
            verdict.Judge(officer);
            verdict.Write(gateways.Sum(g => g.GivenUp));
            foreach (var (host, i) in hosts.Select((h, i) => (h, i)))
                Console.WriteLine($"host {i}: ledger {((await host.GetAsync("alerts/verification")).GetProperty("intact").GetBoolean() ? "intact" : "NOT INTACT")}, open alerts on its wall {(await OpenAsync(host)).Count}");
            foreach (var hub in hubs) await hub.DisposeAsync();
            return verdict.IsGood ? 0 : 1;
        }
        finally
        {
            foreach (var host in hosts) await host.DisposeAsync();
        }
    }

    private static async Task<HubConnection> WatchAsync(ServedRung host, ConcurrentDictionary<(string Sensor, long ObservedMs), bool> told, NightOfficer officer)
    {
        var hub = new HubConnectionBuilder().WithUrl(new Uri(host.Url, "/hubs/wall"), o => o.AccessTokenProvider = () => Task.FromResult<string?>(host.Token)).WithAutomaticReconnect(new Again()).Build();
        hub.On<JsonElement>("alert", alert =>
        {
            if (alert.GetProperty("rule").GetString() != NightVerdict.Rule) return;
            told.TryAdd((alert.GetProperty("sensorId").GetString()!, alert.GetProperty("observedAt").GetDateTimeOffset().ToUnixTimeMilliseconds()), true);
            if (alert.GetProperty("state").GetString() == "raised") officer.Told(alert.GetProperty("id").GetString()!);
        });
        await hub.StartAsync();
        return hub;
    }

    /// <summary>Until no host shows an open alert and all agree with the ledger, or patience ends: what is open then is in the verdict.</summary>
    private static async Task SettledAsync(ServedRung[] hosts)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < Settling)
        {
            var open = await Task.WhenAll(hosts.Select(OpenAsync));
            if (open.All(o => o.Count == 0)) break;
            await Task.Delay(500);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"settled after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s"));
    }

    private static async Task<List<string>> OpenAsync(ServedRung host) =>
        [.. (await host.GetAsync("city")).GetProperty("alerts").EnumerateArray().Where(a => a.GetProperty("rule").GetString() == NightVerdict.Rule).Select(a => a.GetProperty("sensorId").GetString()!)];

    private static async Task<List<NightAlert>> AlertsAsync(ServedRung host)
    {
        var alerts = new List<NightAlert>();
        for (var after = ""; ;)
        {
            var page = await host.GetAsync($"alerts?rule={NightVerdict.Rule}&limit=1000{after}");
            foreach (var item in page.GetProperty("items").EnumerateArray())
            {
                var id = item.GetProperty("id").GetString()!;
                var events = (await host.GetAsync($"alerts/{Uri.EscapeDataString(id)}")).GetProperty("events").EnumerateArray().ToList();
                alerts.Add(new NightAlert(id, item.GetProperty("sensorId").GetString()!, Observed(events, "raised")!.Value, Observed(events, "cleared"), item.GetProperty("state").GetString() != "closed", string.Join(", ", events.Select(Tell))));
            }
            if (page.GetProperty("next").GetString() is not { } next) return alerts;
            after = $"&after={Uri.EscapeDataString(next)}";
        }
    }

    private static long? Observed(List<JsonElement> events, string type) =>
        events.FirstOrDefault(e => e.GetProperty("type").GetString() == type) is { ValueKind: JsonValueKind.Object } found && found.GetProperty("observedAt") is { ValueKind: JsonValueKind.String } at
            ? at.GetDateTimeOffset().ToUnixTimeMilliseconds() : null;

    private static string Tell(JsonElement happened) => $"{happened.GetProperty("type").GetString()} {happened.GetProperty("at").GetDateTimeOffset():HH:mm:ss.fff} {happened.GetProperty("evidence")}".Trim();

    private sealed class Again : IRetryPolicy
    {
        public TimeSpan? NextRetryDelay(RetryContext retryContext) => TimeSpan.FromMilliseconds(300);
    }
}

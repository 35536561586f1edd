using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using LuohuIOC.Benchmarks.Ladder;

namespace LuohuIOC.Benchmarks.Nowcast;

/// <summary>
/// Storms over the whole product: the published host and the simulated city as processes, sixty times as fast as life. How long before the water
/// stands at the threshold did the forecast's alert come, how many crossings came unannounced, how many announcements came to nothing.
/// Times are those at which the host told, on the same clock as the city's.
/// </summary>
internal static class ProductStorms
{
    private const double Speed = 60;
    private const double DryMinutes = 15;
    private const double TailMinutes = 75;

    /// <summary>A warning may have ended so long before its crossing and still count, as in the tables of the model.</summary>
    private const double GraceMinutes = 15;

    // Cities that no model has learned in.
    private static readonly Storm[] Storms =
        [new(2, 90, 0.4, 11), new(5, 120, 0.3, 12), new(10, 180, 0.5, 13), new(20, 60, 0.4, 14), new(50, 120, 0.4, 1)];

    public static async Task<int> RunAsync()
    {
        var found = new ConcurrentBag<(Storm Storm, Outcome[] Outcomes)>();
        await Parallel.ForEachAsync(Storms, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (storm, cancel) => found.Add((storm, await RunAsync(storm, cancel))));
        Console.WriteLine("| storm | stations | crossings | announced | lead, median (least) | announcements | came to nothing | open beside the alert, longest |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var (storm, outcomes) in found.OrderBy(f => f.Storm.Years))
            foreach (var o in outcomes) Print($"{storm.Years} years, {storm.Minutes} min, city {storm.Seed}", o);
        foreach (var kind in new[] { Outcome.Points, Outcome.Pipes })
        {
            var all = found.SelectMany(f => f.Outcomes).Where(o => o.Stations == kind).ToArray();
            Print("all", new Outcome(kind, all.Sum(o => o.Crossings), [.. all.SelectMany(o => o.Leads)], all.Sum(o => o.Told), all.Sum(o => o.False), all.Max(o => o.Overlap), []));
        }
        foreach (var (storm, outcomes) in found.OrderBy(f => f.Storm.Years))
            foreach (var o in outcomes.Where(o => o.Unannounced.Length > 0)) Console.WriteLine($"not announced, {storm.Years} years: {string.Join(", ", o.Unannounced)}");
        return 0;
    }

    private static void Print(string storm, Outcome o)
    {
        var leads = o.Leads.Order().ToArray();
        var lead = leads.Length == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{leads[leads.Length / 2]:F0} ({leads[0]:F0}) min");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {storm} | {o.Stations} | {o.Crossings} | {leads.Length} | {lead} | {o.Told} | {o.False} | {o.Overlap:F0} min |"));
    }

    private static async Task<Outcome[]> RunAsync(Storm storm, CancellationToken cancel)
    {
        await using var host = await ServedRung.StartAsync(Rung.Published, $"--Detection:Nowcast:Speed={Speed}", "--Registry:AutoRegister=false");
        var registry = Path.GetTempFileName();
        try
        {
            await SaveRegistryAsync(host, registry, cancel);
            var seconds = (DryMinutes + storm.Minutes + TailMinutes) * 60 / Speed;
            using var simulator = Process.Start(new ProcessStartInfo("dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "LuohuIOC.Simulator.dll"), "city", "--broker", $"127.0.0.1:{host.MqttPort}", "--registry", registry,
                "--speed", $"{Speed}", "--seed", $"{storm.Seed}", "--storm", "chicago", "--return-period", $"{storm.Years}", "--storm-duration", $"{storm.Minutes}",
                "--peak", storm.Peak.ToString(CultureInfo.InvariantCulture), "--storm-start", $"{DryMinutes}", "--faults", "off", "--fires", "0", "--duration", $"{seconds}",
            ])
            { RedirectStandardOutput = true })!;
            await simulator.StandardOutput.ReadToEndAsync(cancel);
            await simulator.WaitForExitAsync(cancel);
            // The rule of pipes waits a minute of the devices' clocks before it speaks: an hour of this weather, which is no lead of the forecast.
            return [await JudgeAsync(host, Outcome.Points, "nowcast-depth", "waterlogging-depth", 0), await JudgeAsync(host, Outcome.Pipes, "nowcast-level", "pipe-level", Speed)];
        }
        finally
        {
            File.Delete(registry);
        }
    }

    private static async Task SaveRegistryAsync(ServedRung host, string path, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = host.Url };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/sensors");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", host.Token);
        request.Headers.Accept.ParseAdd("text/csv");
        using var response = await http.SendAsync(request, cancel);
        await File.WriteAllBytesAsync(path, await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancel), cancel);
    }

    private static async Task<Outcome> JudgeAsync(ServedRung host, string stations, string forecast, string threshold, double holdMinutes)
    {
        var watched = (await host.GetAsync("nowcasts")).GetProperty("items").EnumerateArray().Select(n => n.GetProperty("sensorId").GetString()).ToHashSet();
        var told = await AlertsAsync(host, forecast);
        var real = (await AlertsAsync(host, threshold)).Where(a => watched.Contains(a.Sensor)).ToArray();
        var (leads, overlap, used, unannounced) = (new List<double>(), 0.0, new HashSet<string>(), new List<string>());
        foreach (var alert in real)
        {
            var crossed = alert.Raised - TimeSpan.FromMinutes(holdMinutes / Speed);
            var before = told.Where(t => t.Sensor == alert.Sensor && t.Raised < crossed && (t.Closed is not { } closed || (crossed - closed).TotalMinutes * Speed <= GraceMinutes))
                .OrderByDescending(t => t.Raised).FirstOrDefault();
            if (before is null)
            {
                unannounced.Add(alert.Sensor);
                continue;
            }
            used.Add(before.Id);
            leads.Add((crossed - before.Raised).TotalMinutes * Speed);
            if (before.Closed is { } ended) overlap = Math.Max(overlap, (ended - alert.Raised).TotalMinutes * Speed);
        }
        return new Outcome(stations, real.Length, [.. leads], told.Length, told.Count(t => !used.Contains(t.Id)), overlap, [.. unannounced]);
    }

    private static async Task<AlertSpan[]> AlertsAsync(ServedRung host, string rule) =>
    [
        .. (await host.GetAsync($"alerts?rule={rule}&limit=1000")).GetProperty("items").EnumerateArray().Select(a => new AlertSpan(
            a.GetProperty("id").GetString()!, a.GetProperty("sensorId").GetString()!, a.GetProperty("raisedAt").GetDateTimeOffset(),
            a.GetProperty("closedAt") is { ValueKind: JsonValueKind.String } closed ? closed.GetDateTimeOffset() : null)),
    ];

    private sealed record Storm(int Years, int Minutes, double Peak, int Seed);

    private sealed record AlertSpan(string Id, string Sensor, DateTimeOffset Raised, DateTimeOffset? Closed);

    private sealed record Outcome(string Stations, int Crossings, double[] Leads, int Told, int False, double Overlap, string[] Unannounced)
    {
        public const string Points = "points";
        public const string Pipes = "pipes";
    }
}

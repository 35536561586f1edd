using System.Diagnostics;
using System.Globalization;
using LuohuIOC.Benchmarks.Ladder;
using LuohuIOC.Tests.History.Influx;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Influx;

/// <summary>
/// <c>outage [minutes]</c>: the published host with its history in influxd, 2,000 messages a second. The store is killed under it and comes back;
/// alerts, memory and lag are watched minute by minute, and at the end every acknowledged reading is looked for in the store.
/// </summary>
internal static class OutageRunner
{
    private const int Rate = 2_000;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static async Task<int> RunAsync(int minutes)
    {
        await using var influxd = new Influxd();
        await influxd.StartAsync();
        await using var host = await ServedRung.StartAsync(
            Rung.Published, "--History:Store=Influx", $"--History:Influx:Url={influxd.Url}", "--History:Influx:Database=city");
        var smoke = await LatencyRunner.SmokeSensorsAsync(host);
        await using var probe = await AlarmProbe.ConnectAsync(host);
        var table = new Table().Border(TableBorder.Markdown).AddColumns("minute", "store", "messages/s", "alerts", "p50 ms", "p99 ms", "max ms", "resident MB", "lag s", "queued", "queue MB", "in history");
        var sent = 0L;
        async Task<double> WatchAsync(string name, string store)
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]{name}: store {store} …[/]");
            var (load, latencies) = await LatencyRunner.MeasureAsync(host, probe, smoke, Rate, Minute);
            sent += load.Readings + probe.Acknowledged;
            var stored = await CountAsync(influxd);
            table.AddRow(name, store, Text(load.MessagesPerSecond, "#,0"), $"{latencies.Length}", Text(LatencyRunner.At(latencies, 0.5), "0.0"), Text(LatencyRunner.At(latencies, 0.99), "0.0"),
                Text(LatencyRunner.At(latencies, 1), "0.0"), Text(host.ResidentMegabytes, "#,0"), Text(await host.MetricAsync("luohu_history_lag_time_seconds"), "0"),
                Text(await host.MetricAsync("luohu_history_queued"), "#,0"), Text(await host.MetricAsync("luohu_history_queued_size_bytes") / 1e6, "0.0"), stored < 0 ? "" : Text(stored, "#,0"));
            return LatencyRunner.At(latencies, 0.99);
        }

        await WatchAsync("warm-up", "up");
        List<double> up = [await WatchAsync("1", "up"), await WatchAsync("2", "up")];
        await influxd.KillAsync();
        var down = new List<double>();
        for (var minute = 1; minute <= minutes; minute++) down.Add(await WatchAsync($"{minute + 2}", "dead"));
        await influxd.StartAsync();
        var back = Stopwatch.GetTimestamp();
        var caughtUp = CaughtUpAsync(host);
        up.Add(await WatchAsync($"{minutes + 3}", "back"));
        var drained = await caughtUp;
        up.Add(await WatchAsync($"{minutes + 4}", "up"));
        while (await CountAsync(influxd) < sent && Stopwatch.GetElapsedTime(back) < TimeSpan.FromMinutes(10)) await Task.Delay(200);
        AnsiConsole.Write(table);
        var there = await CountAsync(influxd);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"acknowledged {sent:#,0} readings, in the store {there:#,0}; what waited was there {drained.TotalSeconds:0} s after the store's return, under the same load (lag below 2 s); median p99 {Median(up):0.0} ms with the store, {Median(down):0.0} ms without"));
        return 0;
    }

    /// <summary>How long until the store is as far behind as it always is.</summary>
    private static async Task<TimeSpan> CaughtUpAsync(ServedRung host)
    {
        var began = Stopwatch.GetTimestamp();
        while (await host.MetricAsync("luohu_history_lag_time_seconds") > 2 && Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(10)) await Task.Delay(500);
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Readings in the store; −1 while it is dead.</summary>
    private static async Task<long> CountAsync(Influxd influxd)
    {
        try
        {
            var answer = System.Text.Json.JsonDocument.Parse(await influxd.QueryAsync("SELECT sum(n) FROM (SELECT count(\"Quality\") AS n FROM /^(generic|smoke)$/)", "city"));
            return !answer.RootElement.GetProperty("results")[0].TryGetProperty("series", out var series) ? 0
                : series.EnumerateArray().Sum(s => s.GetProperty("values")[0][1].GetInt64());
        }
        catch (HttpRequestException)
        {
            return -1;
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

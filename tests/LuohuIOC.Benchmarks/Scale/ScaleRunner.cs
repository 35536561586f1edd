using System.Diagnostics;
using System.Globalization;
using System.Text;
using LuohuIOC.Benchmarks.Ladder;
using LuohuIOC.Simulator.Load;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Scale;

/// <summary>
/// <c>scale [TIMES …]</c>: what one host costs with the district once, ten and a hundred times in it (memory, processor, disk, queries), and a line
/// through each, by which larger cities are reckoned. The published host, the real kinds with their rules and detectors, readings of a quiet day.
/// </summary>
internal static class ScaleRunner
{
    private const int MetricsPerReading = 3;

    // The simulated district's own pace in dry weather is about 20 messages a second.
    private const double MessagesPerDistrict = 20;

    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(int[] times)
    {
        var measured = new List<Measured>();
        foreach (var n in times.Length > 0 ? times : [1, 10, 100])
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]{n} × the district …[/]");
            measured.Add(await MeasureAsync(n));
            AnsiConsole.MarkupLineInterpolated($"[grey]{measured[^1]}[/]");
        }
        Show(measured);
        if (measured.Count > 1) Reckon(measured);
        return measured.All(m => m.Stored == m.Acknowledged && m.Reporting == m.Sensors) ? 0 : 1;
    }

    private sealed record Measured(
        int Times, int Sensors, int Reporting, long Acknowledged, long Stored, Report First, Report Again, double ImportSeconds, double ResidentMb, double IdleCores, double BusyCores, double MessagesPerSecond, double BytesPerReading,
        double SnapshotMs, double SnapshotMb, double HourMs, double CountMs, double AlertsMs, double ListMs);

    /// <summary>Every sensor has reported, and all of it is judged and in history.</summary>
    private sealed record Report(long Readings, double Seconds, double ProcessorSeconds);

    private static async Task<Measured> MeasureAsync(int times)
    {
        await using var host = await ServedRung.StartAsync(Rung.Published, "--Registry:AutoRegister=false");
        var began = Stopwatch.GetTimestamp();
        var sensors = await ScaledDistrict.MakeAsync(host, times);
        var import = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var gateways = RegisteredLoad.Gateways(sensors, null, MetricsPerReading, 0);

        // Every sensor reports, so that its grain lives, and again, which tells what waking costs beside judging; then states are saved and the memory is
        // what it stays at.
        var first = await ReportAsync(host, EvenParts(gateways), 0);
        AnsiConsole.MarkupLineInterpolated($"[grey]first: {first}[/]");
        await Task.Delay(TimeSpan.FromSeconds(40));
        var again = await ReportAsync(host, EvenParts(gateways), first.Readings);
        AnsiConsole.MarkupLineInterpolated($"[grey]again: {again}[/]");
        await Task.Delay(TimeSpan.FromSeconds(40));

        var idle = await CoresAsync(host, () => Task.Delay(Watch));
        var readings = first.Readings + again.Readings;
        var rate = 0.0;
        var busy = await CoresAsync(host, async () =>
        {
            var load = await LoadAsync(host, gateways, 1, MessagesPerDistrict * times, Watch);
            (readings, rate) = (readings + load.Readings, load.MessagesPerSecond);
        });
        var stored = await StoredAsync(host, readings);
        var resident = host.ResidentMegabytes;

        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var bytes = 0L;
        var reporting = (await host.GetAsync("city")).GetProperty("readings").GetArrayLength();
        var snapshot = await MillisecondsAsync(async () => bytes = Encoding.UTF8.GetByteCount(await host.GetTextAsync("city", "application/json")), 5);
        return new Measured(
            times, gateways.Sum(g => g.Sensors.Count), reporting, readings, stored, first, again, import, resident, idle, busy, rate, host.BytesOf("history.duckdb*") / (double)readings, snapshot, bytes / 1e6,
            await MillisecondsAsync(() => host.GetAsync($"sensors/{sensors[0].Id}/readings?from={now - 3_600_000}&to={now}"), 20),
            await MillisecondsAsync(() => host.GetAsync("readings/count"), 20),
            await MillisecondsAsync(() => host.GetAsync("alerts?limit=100"), 20),
            await MillisecondsAsync(() => host.GetAsync("sensors?kind=outfall&limit=100"), 20));
    }

    private static async Task<LoadSummary> LoadAsync(
        ServedRung host, IReadOnlyList<LoadGateway> gateways, int readings, double rate, TimeSpan duration, Action<AcknowledgedMessage>? acknowledged = null,
        CancellationToken stop = default)
    {
        using var source = new LoadSource(
            new LoadOptions
            {
                Port = host.MqttPort,
                Connections = gateways.Count,
                ReadingsPerMessage = readings,
                MetricsPerReading = MetricsPerReading,
                MessagesPerSecond = rate,
                Duration = duration,
                Drain = TimeSpan.FromMinutes(2),
                Gateways = gateways,
                OnAcknowledged = acknowledged,
            },
            TimeProvider.System);
        await source.ConnectAsync(CancellationToken.None);
        return await source.RunAsync(stop);
    }

    /// <summary>The gateways' sensors over so many connections that all have about as many: else the small ones report ten times while the largest reports once.</summary>
    private static List<LoadGateway> EvenParts(IReadOnlyList<LoadGateway> gateways)
    {
        const int connections = 150;
        var size = Math.Max(20, gateways.Sum(g => g.Sensors.Count) / connections);
        return [.. gateways.SelectMany(g => g.Sensors.Chunk(g.Sensors.Count / Math.Max(1, g.Sensors.Count / size) + 1)
            .Select(part => part.Length >= 20 ? g with { Sensors = part } : g with { Sensors = [.. g.Sensors.TakeLast(20)] }))];
    }

    /// <summary>Sends as fast as is acknowledged, until every sensor has been.</summary>
    private static async Task<Report> ReportAsync(ServedRung host, IReadOnlyList<LoadGateway> gateways, long before)
    {
        var (began, processor) = (Stopwatch.GetTimestamp(), host.ProcessorTime);
        var missing = gateways.SelectMany(g => g.Sensors).Select(s => s.Id).ToHashSet();
        using var all = new CancellationTokenSource();
        var load = await LoadAsync(host, gateways, 20, 0, TimeSpan.FromMinutes(15), message =>
        {
            foreach (var sensor in message.Sensors) missing.Remove(sensor);
            if (missing.Count == 0) all.Cancel();
        }, all.Token);
        await StoredAsync(host, before + load.Readings);
        return new Report(load.Readings, Stopwatch.GetElapsedTime(began).TotalSeconds, (host.ProcessorTime - processor).TotalSeconds);
    }

    /// <summary>Waits until history, which takes only what all sensors have judged, has so many readings; how many it has.</summary>
    private static async Task<long> StoredAsync(ServedRung host, long readings)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var stored = (await host.GetAsync("readings/count")).GetProperty("count").GetInt64();
            if (stored >= readings || Stopwatch.GetElapsedTime(began) > TimeSpan.FromMinutes(5)) return stored;
            await Task.Delay(200);
        }
    }

    private static async Task<double> CoresAsync(ServedRung host, Func<Task> work)
    {
        var (before, began) = (host.ProcessorTime, Stopwatch.GetTimestamp());
        await work();
        return (host.ProcessorTime - before) / Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Median.</summary>
    private static async Task<double> MillisecondsAsync(Func<Task> query, int rounds)
    {
        await query();
        var took = new List<double>();
        for (var i = 0; i < rounds; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await query();
            took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return took.Order().ElementAt(rounds / 2);
    }

    private static void Show(List<Measured> measured)
    {
        var table = new Table().Border(TableBorder.Markdown).AddColumns(["what", .. measured.Select(m => $"{m.Times} × ({m.Sensors:#,0} sensors)")]);
        void Row(string what, string format, Func<Measured, double> value) =>
            table.AddRow([what, .. measured.Select(m => value(m).ToString(format, CultureInfo.InvariantCulture))]);
        Row("sensors that have reported", "#,0", m => m.Reporting);
        Row("readings acknowledged", "#,0", m => m.Acknowledged);
        Row("judged and in history", "#,0", m => m.Stored);
        Row("first readings of all, readings/s until judged", "#,0", m => m.First.Readings / m.First.Seconds);
        Row("the same, µs of processor each", "0", m => m.First.ProcessorSeconds / m.First.Readings * 1e6);
        Row("next readings of all, readings/s until judged", "#,0", m => m.Again.Readings / m.Again.Seconds);
        Row("the same, µs of processor each", "0", m => m.Again.ProcessorSeconds / m.Again.Readings * 1e6);
        Row("import of the copies, s", "0.0", m => m.ImportSeconds);
        Row("resident memory, MB", "#,0", m => m.ResidentMb);
        Row("processor at rest, cores", "0.000", m => m.IdleCores);
        Row("messages/s, one reading each", "#,0", m => m.MessagesPerSecond);
        Row("processor under them, cores", "0.000", m => m.BusyCores);
        Row("history, bytes a reading", "0", m => m.BytesPerReading);
        Row("GET city, ms", "0", m => m.SnapshotMs);
        Row("its size, MB", "0.0", m => m.SnapshotMb);
        Row("an hour of one sensor, ms", "0.0", m => m.HourMs);
        Row("readings/count, ms", "0.0", m => m.CountMs);
        Row("100 alerts, ms", "0.0", m => m.AlertsMs);
        Row("100 sensors of a kind, ms", "0.0", m => m.ListMs);
        AnsiConsole.Write(table);
    }

    private static void Reckon(List<Measured> measured)
    {
        LineFit Fit(Func<Measured, double> y) => LineFit.Of([.. measured.Select(m => ((double)m.Times, y(m)))]);
        // Shenzhen by people: 17,990,000 (end of 2024) to Luohu's 1,143,801 (census of 2020); by area: 1,997 to 78.75 km².
        (string Name, double Times)[] cities = [("10 districts", 10), ("Shenzhen by people, 16 ×", 16), ("Shenzhen by area, 25 ×", 25)];
        var table = new Table().Border(TableBorder.Markdown).AddColumns(["what", "at 0", "each district", "largest miss %", .. cities.Select(c => c.Name)]);
        void Row(string what, string format, Func<Measured, double> y)
        {
            var fit = Fit(y);
            var miss = measured.Max(m => Math.Abs(fit.At(m.Times) / y(m) - 1) * 100);
            table.AddRow([what, .. new[] { fit.At0, fit.Each }.Select(v => v.ToString(format, CultureInfo.InvariantCulture)), miss.ToString("0", CultureInfo.InvariantCulture),
                .. cities.Select(c => fit.At(c.Times).ToString(format, CultureInfo.InvariantCulture))]);
        }
        Row("resident memory, MB", "#,0", m => m.ResidentMb);
        Row("processor at rest, cores", "0.000", m => m.IdleCores);
        Row("processor at 20 messages/s a district, cores", "0.000", m => m.BusyCores);
        Row("GET city, ms", "0.0", m => m.SnapshotMs);
        AnsiConsole.Write(table);
    }
}

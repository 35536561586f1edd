using System.Diagnostics;
using System.Globalization;
using LuohuIOC.Simulator.Load;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Ladder;

/// <summary>
/// <c>ladder [SECONDS [RUNG …]]</c>: 50 connections × 20 in flight against each rung, one reading of three metrics a message and then twenty.
/// Figures of one run compare with each other; figures of two runs do not on a shared machine.
/// </summary>
internal static class LadderRunner
{
    private const int Sensors = 1_000;

    public static async Task<int> RunAsync(TimeSpan duration, Rung[] only)
    {
        var table = new Table().Border(TableBorder.Markdown).AddColumns(
            "rung", "readings a message", "messages/s", "readings/s", "ack p50 ms", "ack p99 ms", "host µs a message", "in history", "visible after s");
        foreach (var readings in (int[])[1, 20])
            foreach (var rung in only.Length > 0 ? only : Enum.GetValues<Rung>())
            {
                AnsiConsole.MarkupLineInterpolated($"[grey]{rung}, {readings} reading(s) a message …[/]");
                table.AddRow(await MeasureAsync(rung, readings, duration));
            }
        AnsiConsole.Write(table);
        return 0;
    }

    private static async Task<string[]> MeasureAsync(Rung rung, int readings, TimeSpan duration)
    {
        await using var host = await ServedRung.StartAsync(rung);

        // The first seconds are the runtime's: code is compiled twice before it is fast.
        await LoadAsync(host, readings, duration);
        await WarmAsync(host, rung);
        var before = rung >= Rung.History ? await CountAsync(host) : 0;
        var cpu = host.ProcessorTime;
        var summary = await LoadAsync(host, readings, duration);
        var drained = Stopwatch.GetTimestamp();
        var visible = "";
        var stored = "";
        if (rung >= Rung.History)
        {
            var want = before + summary.Readings;
            while (await CountAsync(host) < want && Stopwatch.GetElapsedTime(drained) < TimeSpan.FromMinutes(1)) await Task.Delay(20);
            visible = Number(Stopwatch.GetElapsedTime(drained).TotalSeconds, "0.00");
            stored = (await CountAsync(host) - before).ToString(CultureInfo.InvariantCulture);
        }
        var each = (host.ProcessorTime - cpu).TotalMicroseconds / Math.Max(1, summary.Messages);
        return
        [
            rung.ToString(), readings.ToString(CultureInfo.InvariantCulture), Number(summary.MessagesPerSecond, "#,0"), Number(summary.ReadingsPerSecond, "#,0"),
            Number(summary.P50Ms, "0.0"), Number(summary.P99Ms, "0.0"), Number(each, "0.0"), stored, visible,
        ];
    }

    private static async Task<LoadSummary> LoadAsync(ServedRung host, int readings, TimeSpan duration)
    {
        using var source = new LoadSource(
            new LoadOptions
            {
                Port = host.MqttPort,
                Connections = 50,
                InFlight = 20,
                ReadingsPerMessage = readings,
                MetricsPerReading = 3,
                Duration = duration,
                Gateways = LoadGateway.Anonymous(50, Sensors, 3),
            },
            TimeProvider.System);
        await source.ConnectAsync(CancellationToken.None);
        return await source.RunAsync(CancellationToken.None);
    }

    // History catches up before the measured part begins.
    private static async Task WarmAsync(ServedRung host, Rung rung)
    {
        if (rung < Rung.History) return;
        var last = -1L;
        while (await CountAsync(host) is var now && now != last)
        {
            last = now;
            await Task.Delay(1_000);
        }
    }

    private static async Task<long> CountAsync(ServedRung host) => (await host.GetAsync("readings/count")).GetProperty("count").GetInt64();

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

using System.Diagnostics;
using LuohuIOC.Detection.Chart;
using LuohuIOC.Detection.Novelty;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Detectors;

/// <summary>What a reading costs in each detector: processor, allocation, state. A loop over made readings, the best of five rounds.</summary>
public static class DetectorCost
{
    private const int Readings = 100_000, Rounds = 5, Metrics = 9;

    public static int Run()
    {
        var random = new Random(1);
        var values = new double[Readings * Metrics];
        for (var i = 0; i < values.Length; i++)
            values[i] = 20 + Math.Sin(i / Metrics * 2 * Math.PI / 288) * 5 + random.NextDouble() * 2 + (random.Next(2000) == 0 ? 30 : 0);

        var table = new Table().AddColumns("detector", "µs/reading", "bytes allocated/reading", "snapshot bytes");
        var novelty = new NoveltyDetector();
        var time = 0L;
        Row(table, "novelty (one metric)", i => novelty.Observe(time += 300_000, values[i]), () => novelty.Snapshot().Length);
        var chart = new ChartDetector(Metrics);
        Row(table, $"chart ({Metrics} metrics)", i => chart.Observe(values.AsSpan(i * Metrics, Metrics)), () => chart.Snapshot().Length);
        AnsiConsole.Write(table);
        return 0;
    }

    private static void Row(Table table, string name, Action<int> observe, Func<int> snapshot)
    {
        for (var i = 0; i < Readings; i++) observe(i);
        var best = double.PositiveInfinity;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < Rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < Readings; i++) observe(i);
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMicroseconds / Readings);
        }
        var allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)(Readings * Rounds);
        table.AddRow(name, $"{best:F2}", $"{allocated:F2}", $"{snapshot()}");
    }
}

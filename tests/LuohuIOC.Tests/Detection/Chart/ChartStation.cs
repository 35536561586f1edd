using LuohuIOC.Detection.Chart;

namespace LuohuIOC.Tests.Detection.Chart;

/// <summary>A made station for the chart.</summary>
internal static class ChartStation
{
    public const int Metrics = 6;

    /// <summary>Six metrics that share a slow wave and have noise of their own; a fault adds to the third from a row on.</summary>
    public static double[][] Station(int seed, int rows, int faultFrom = int.MaxValue, double fault = 4, double missing = 0)
    {
        var random = new Random(seed);
        double Noise() => random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5;
        return [.. Enumerable.Range(0, rows).Select(r => Enumerable.Range(0, Metrics)
            .Select(m => random.NextDouble() < missing ? double.NaN : 10 * m + Math.Sin(r / 400.0) * (m % 2) + Noise() + (m == 2 && r >= faultFrom ? fault : 0)).ToArray())];
    }

    public static double[] Scores(ChartDetector detector, IEnumerable<double[]> rows) => [.. rows.Select(r => detector.Observe(r))];
}

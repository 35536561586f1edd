namespace LuohuIOC.Tests.Detection.Novelty;

/// <summary>A sensor's readings every five minutes: a daily wave and noise, from a seed.</summary>
internal static class MadeStream
{
    public const long IntervalMs = 300_000;

    public static double[] Daily(int seed, int count, double noise = 0.3)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => 10 + 3 * Math.Sin(i * 2 * Math.PI / 288) + noise * (random.NextDouble() + random.NextDouble() - 1))];
    }
}

using LuohuIOC.Benchmarks.Copies;

namespace LuohuIOC.Benchmarks.MadeWater;

/// <summary>Made contaminations: two to six channels leave their course for a while, and come back.</summary>
internal static class WaterContamination
{
    private const int FirstRow = 3000, LastRows = 400, Turbidity = 5;

    /// <summary>Adds events until they have their share of the rows; returns the rows that are theirs.</summary>
    public static bool[] Into(double[][] rows, WaterEvents events, Random random)
    {
        var labels = new bool[rows.Length];
        var wanted = (events == WaterEvents.Short ? 0.012 : 0.024) * rows.Length;
        var done = 0;
        while (done < wanted)
        {
            var at = random.Next(FirstRow, rows.Length - LastRows);
            for (var left = events == WaterEvents.Short ? 1 : random.Next(1, 6); left > 0; left--)
            {
                var length = events == WaterEvents.Short ? random.Next(12, 30) : (int)Math.Clamp(25 * Math.Exp(0.7 * MadeNoise.Gauss(random)), 8, 180);
                if (at + length >= rows.Length || labels[at] || labels[at + length])
                {
                    at += 200;
                    continue;
                }
                Add(rows.AsSpan(at, length), events, random);
                labels.AsSpan(at, length).Fill(true);
                done += length;
                at += length + (int)(30 + (300 * random.NextDouble()));
                if (at > rows.Length - LastRows) break;
            }
        }
        return labels;
    }

    private static void Add(Span<double[]> rows, WaterEvents events, Random random)
    {
        var ramp = Math.Max(1, rows.Length / (events == WaterEvents.Short ? 8 : 5));
        // The six that are no temperature and no flow.
        int[] channels = [.. Enumerable.Range(1, 6).OrderBy(_ => random.Next()).Take(random.Next(2, 7))];
        var strength = events == WaterEvents.Short ? 1.0 + (random.NextDouble() * 2) : 0.6 + (random.NextDouble() * 2.2);
        foreach (var c in channels)
        {
            var height = strength * WaterRecord.Wander[c] * (0.5 + random.NextDouble()) * ((random.Next(2) * 2) - 1);
            if (c == Turbidity) height = Math.Abs(height) * 2;
            for (var k = 0; k < rows.Length; k++) rows[k][c] += height * Math.Min(1, Math.Min(k + 1, rows.Length - k) / (double)ramp);
        }
    }
}

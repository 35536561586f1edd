using LuohuIOC.Benchmarks.Scores;

namespace LuohuIOC.Benchmarks.MadeWater;

/// <summary>
/// What a chart should beat: the largest distance of a channel from the median of its last hour, in units of that channel's usual distance in the whole record, at the level that suits the record
/// best. Both look ahead.
/// </summary>
internal static class MedianDistance
{
    private const int Width = 60, KnownMin = 10, LevelMax = 60;

    public static RowCount Best(LabelledRows record, int fitRows)
    {
        var largest = new double[record.Rows.Length];
        for (var c = 0; c < record.Rows[0].Length; c++)
        {
            var away = Away(record.Rows, c);
            var sorted = away.Order().ToArray();
            var usual = Math.Max(sorted[sorted.Length / 2] * 1.4826, sorted[(int)(sorted.Length * .9)] / 2) + 1e-9;
            for (var row = 0; row < largest.Length; row++) largest[row] = Math.Max(largest[row], away[row] / usual);
        }
        var best = default(RowCount);
        for (var level = 2.0; level < LevelMax; level *= 1.1)
        {
            var count = RowCount.Sum(Enumerable.Range(fitRows, largest.Length - fitRows).Select(row => RowCount.One(record.Labels[row], largest[row] > level)));
            if (count.F1 > best.F1) best = count;
        }
        return best;
    }

    /// <summary>0 where the value is missing or too few were before it.</summary>
    private static double[] Away(double[][] rows, int channel)
    {
        var away = new double[rows.Length];
        var (sorted, inOrder) = (new List<double>(), new Queue<double>());
        for (var row = 0; row < rows.Length; row++)
        {
            var value = rows[row][channel];
            if (double.IsNaN(value)) continue;
            if (inOrder.Count > KnownMin) away[row] = Math.Abs(value - sorted[sorted.Count / 2]);
            inOrder.Enqueue(value);
            var place = sorted.BinarySearch(value);
            sorted.Insert(place < 0 ? ~place : place, value);
            if (inOrder.Count > Width) sorted.RemoveAt(sorted.BinarySearch(inOrder.Dequeue()));
        }
        return away;
    }
}

namespace LuohuIOC.Benchmarks.Scores;

/// <summary>
/// The standard profile of the Numenta Anomaly Benchmark (Lavin &amp; Ahmad 2015, arXiv:1510.03336, edges as in its version 1.1): the earliest alarm in a window counts up to 1, the earlier the more; a
/// missed window costs 1; an alarm outside costs up to 0.11, least just behind a window. 0 is a detector that never alarms, 100 one that alarms at the beginning of every window and nowhere else.
/// </summary>
internal static class NabScore
{
    private const double FalseAlarm = 0.11;

    /// <summary>Raw score and windows by threshold: an alarm is a score at or above it.</summary>
    public readonly record struct Point(double Threshold, double Raw, int Caught, int FalseRows);

    public static double Normalised(double raw, int windows) => windows == 0 ? double.NaN : 100 * (raw + windows) / (2 * windows);

    public static int WindowsOf(IEnumerable<LabelledSeries> series) => series.Sum(s => s.Windows.Length);

    /// <summary>Every threshold that makes a difference, from the highest down.</summary>
    public static List<Point> Sweep(IEnumerable<LabelledSeries> series)
    {
        var rows = new List<(double Score, (string, int)? Window, double Worth)>();
        var best = new Dictionary<(string, int), double>();
        foreach (var each in series)
        {
            foreach (var (row, window, worth) in Worths(each))
            {
                rows.Add((each.Scores[row], window is { } w ? (each.Path, w) : null, worth));
                if (window is { } hit) best[(each.Path, hit)] = -1;
            }
        }
        var points = new List<Point>();
        var (raw, caught, falseRows, threshold) = (-(double)best.Count, 0, 0, 1.1);
        foreach (var (score, window, worth) in rows.OrderByDescending(r => r.Score))
        {
            if (score != threshold)
            {
                points.Add(new Point(threshold, raw, caught, falseRows));
                threshold = score;
            }
            if (window is not { } hit)
            {
                raw += worth;
                falseRows++;
            }
            else if (worth > best[hit])
            {
                if (best[hit] == -1) caught++;
                raw += worth - best[hit];
                best[hit] = worth;
            }
        }
        points.Add(new Point(threshold, raw, caught, falseRows));
        return points;
    }

    public static Point Best(List<Point> points) => points.MaxBy(p => p.Raw);

    /// <summary>What a threshold that was chosen elsewhere gives here.</summary>
    public static Point At(List<Point> points, double threshold) => points.TakeWhile(p => p.Threshold >= threshold).LastOrDefault(points[0]);

    private static IEnumerable<(int Row, int? Window, double Worth)> Worths(LabelledSeries series)
    {
        var spans = series.Spans();
        var next = 0;
        (int First, int Last)? past = null;
        for (var row = 0; row < series.Scores.Length; row++)
        {
            while (next < spans.Length && row > spans[next].Last) past = spans[next++];
            if (row < series.Probation) continue;
            if (next < spans.Length && row >= spans[next].First)
            {
                var (left, right) = spans[next];
                yield return (row, next, Sigmoid(-(right - row + 1.0) / (right - left + 1)) / Sigmoid(-1));
            }
            else yield return (row, null, FalseAlarm * (past is var (l, r) ? Sigmoid((row - r) / (double)(r - l)) : -1));
        }
    }

    private static double Sigmoid(double y) => y > 3 ? -1 : (2 / (1 + Math.Exp(5 * y))) - 1;
}

namespace LuohuIOC.Benchmarks.Scores;

/// <summary>
/// What a duty officer has of a detector: events that are told within 24 hours of their beginning, at so many false alarms. A false alarm is six hours in which any number of alarms lie outside the
/// windows and later than two hours behind one.
/// </summary>
internal static class OfficerScore
{
    private const long DayMs = 86_400_000;
    private const long SpellMs = DayMs / 4;
    private const long AfterMs = DayMs / 12;

    /// <param name="Threshold">The lowest that keeps to the false alarms; above every score when none does.</param>
    /// <param name="Caught">Share of the events.</param>
    /// <param name="MedianDelay">From the window's first row to the first alarm.</param>
    public readonly record struct Result(double Threshold, double Caught, TimeSpan MedianDelay);

    /// <summary>At most one false alarm in so many days of one sensor.</summary>
    public static Result At(IReadOnlyList<LabelledSeries> series, double days)
    {
        var all = DaysOf(series);
        var thresholds = series.SelectMany(s => s.Scores).Distinct().Order().Append(double.PositiveInfinity).ToArray();
        // False alarms fall as the threshold rises.
        var (low, high) = (0, thresholds.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Count(series, thresholds[middle]).False <= all / days) high = middle;
            else low = middle + 1;
        }
        return ResultOf(series, thresholds[low], Count(series, thresholds[low]).Delays);
    }

    /// <summary>At a threshold, and in how many days of one sensor there is one false alarm then.</summary>
    public static (Result Result, double Days) AtThreshold(IReadOnlyList<LabelledSeries> series, double threshold)
    {
        var (wrong, delays) = Count(series, threshold);
        return (ResultOf(series, threshold, delays), DaysOf(series) / wrong);
    }

    private static Result ResultOf(IReadOnlyList<LabelledSeries> series, double threshold, List<long> unordered)
    {
        var delays = unordered.Order().ToArray();
        return new Result(threshold, delays.Length / (double)NabScore.WindowsOf(series), TimeSpan.FromMilliseconds(delays.Length == 0 ? 0 : delays[delays.Length / 2]));
    }

    // Of all sensors together, outside of the windows.
    private static double DaysOf(IEnumerable<LabelledSeries> series) =>
        series.Sum(s => s.TimesMs[^1] - s.TimesMs[s.Probation] - s.Windows.Sum(w => w.ToMs - w.FromMs)) / (double)DayMs;

    private static (int False, List<long> Delays) Count(IEnumerable<LabelledSeries> series, double threshold)
    {
        var (wrong, delays) = (0, new List<long>());
        foreach (var each in series)
        {
            var (lastFalse, caught) = (long.MinValue / 2, -1);
            for (var row = each.Probation; row < each.Scores.Length; row++)
            {
                if (each.Scores[row] < threshold) continue;
                var time = each.TimesMs[row];
                var window = Array.FindLastIndex(each.Windows, w => w.FromMs <= time);
                if (window >= 0 && time <= each.Windows[window].ToMs)
                {
                    if (window > caught && time <= each.Windows[window].FromMs + DayMs) (caught, _) = (window, Add(delays, time - each.Windows[window].FromMs));
                }
                else if ((window < 0 || time > each.Windows[window].ToMs + AfterMs) && time - lastFalse >= SpellMs) (lastFalse, wrong) = (time, wrong + 1);
            }
        }
        return (wrong, delays);
    }

    private static int Add(List<long> delays, long delay)
    {
        delays.Add(delay);
        return delays.Count;
    }
}

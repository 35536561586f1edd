using System.Globalization;
using LuohuIOC.Detection.Nowcast;

namespace LuohuIOC.Benchmarks.Nowcast;

/// <summary>Scores as Markdown.</summary>
internal static class NowcastTables
{
    public static void Print(string title, HorizonScore[] scores)
    {
        Console.WriteLine();
        Console.WriteLine($"### {title}");
        Console.WriteLine();
        Console.WriteLine("| ahead | stations | NSE nowcast | NSE persistence | NSE trend | worst station, nowcast | interval | holds | … of wet minutes | … at the worst station | mean width, wet | … dry | interval score, wet |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var score in scores) Fit(score);
        Console.WriteLine();
        Console.WriteLine("| ahead | warning by | crossings | hit rate | false-alarm ratio | lead, median | lead, 10 % |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var score in scores)
        {
            Warning(score.Minutes, "value", score.ByValue);
            Warning(score.Minutes, "upper end", score.ByHigh);
            Warning(score.Minutes, "trend", score.ByTrend);
        }
    }

    /// <summary>Names the stations that the efficiencies leave out.</summary>
    /// <param name="targets">In the order in which they were judged.</param>
    /// <param name="scores">Theirs.</param>
    public static void PrintUnmoved(Target[] targets, HorizonScore[] scores)
    {
        foreach (var score in scores)
        {
            string[] unmoved = [.. targets.Where((_, i) => !NowcastJudge.HasMoved(score.Fits[i])).Select(t => t.Id)];
            if (unmoved.Length == 0) continue;
            Console.WriteLine();
            Console.WriteLine(FormattableString.Invariant(
                $"Left out of the efficiencies {score.Minutes} minutes ahead, because their water never reached {NowcastJudge.MovedMetres} m: {string.Join(", ", unmoved)}."));
        }
    }

    // Of a station whose water never moved there is nothing to explain: its efficiency is left out, its interval is not.
    private static void Fit(HorizonScore score)
    {
        var moved = score.Fits.Where(NowcastJudge.HasMoved).ToArray();
        var start = moved.Length == 0 ? $"| {score.Minutes} min | 0 | – | – | – | – |" : string.Create(CultureInfo.InvariantCulture,
            $"| {score.Minutes} min | {moved.Length} | {Median(moved, f => f.Nowcast):F3} | {Median(moved, f => f.Persistence):F3} | {Median(moved, f => f.Trend):F3} | {moved.Min(f => f.Nowcast):F3} |");
        Console.WriteLine($"{start} the model's | {Interval(score.Unadapted)}");
        Console.WriteLine($"| | | | | | | adapted | {Interval(score.Fits)}");
    }

    private static string Interval(List<FitScore> fits)
    {
        var (wet, dry) = (fits.Sum(f => f.Wet), fits.Sum(f => f.Count - f.Wet));
        var all = string.Create(CultureInfo.InvariantCulture, $"{fits.Average(f => f.Coverage) * 100:F1} %");
        var dryWidth = string.Create(CultureInfo.InvariantCulture, $"{fits.Sum(f => f.DryWidth) / dry:F2} m");
        if (wet == 0) return $"{all} | – | – | – | {dryWidth} | – |";
        var worst = fits.Where(f => f.Wet > 0).Min(f => (double)f.WetCovered / f.Wet);
        return string.Create(CultureInfo.InvariantCulture,
            $"{all} | {100.0 * fits.Sum(f => f.WetCovered) / wet:F1} % | {100 * worst:F0} % | {fits.Sum(f => f.WetWidth) / wet:F2} m | {dryWidth} | {fits.Sum(f => f.WetLoss) / wet:F2} |");
    }

    private static void Warning(int minutes, string by, WarningScore score) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"| {minutes} min | {by} | {score.Hits + score.Misses} | {score.HitRate:F3} | {score.FalseAlarmRatio:F3} | {score.LeadMedian:F0} min | {score.LeadTenth:F0} min |"));

    private static double Median(FitScore[] fits, Func<FitScore, double> of)
    {
        var values = fits.Select(of).Order().ToArray();
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}

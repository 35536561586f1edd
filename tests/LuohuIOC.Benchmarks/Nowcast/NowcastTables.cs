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
        Console.WriteLine("| ahead | stations | NSE nowcast | NSE persistence | NSE trend | worst station, nowcast | interval holds | … of wet minutes | its mean width, wet |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
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

    // Of a station whose water never moved there is nothing to explain: its efficiency is left out, its interval is not.
    private static void Fit(HorizonScore score)
    {
        var moved = score.Fits.Where(f => f.LevelMax >= 0.05).ToArray();
        if (moved.Length == 0)
        {
            Console.WriteLine($"| {score.Minutes} min | 0 | – | – | – | – | {score.Fits.Average(f => f.Coverage):P0} | – | – |");
            return;
        }
        var wet = score.Fits.Sum(f => f.Wet);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {score.Minutes} min | {moved.Length} | {Median(moved, f => f.Nowcast):F3} | {Median(moved, f => f.Persistence):F3} | {Median(moved, f => f.Trend):F3} | {moved.Min(f => f.Nowcast):F3} | {score.Fits.Average(f => f.Coverage) * 100:F1} % | {100.0 * score.Fits.Sum(f => f.WetCovered) / wet:F1} % | {score.Fits.Sum(f => f.WetWidth) / wet:F3} m |"));
    }

    private static void Warning(int minutes, string by, WarningScore score) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"| {minutes} min | {by} | {score.Hits + score.Misses} | {score.HitRate:F3} | {score.FalseAlarmRatio:F3} | {score.LeadMedian:F0} min | {score.LeadTenth:F0} min |"));

    private static double Median(FitScore[] fits, Func<FitScore, double> of)
    {
        var values = fits.Select(of).Order().ToArray();
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}

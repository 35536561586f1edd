using LuohuIOC.Detection.Nowcast;

namespace LuohuIOC.Benchmarks.Nowcast;

/// <summary>The scores of one horizon over some stations and storms.</summary>
internal sealed class HorizonScore(int minutes)
{
    public int Minutes { get; } = minutes;

    /// <summary>One for each station, the interval as the product widens it while it misses.</summary>
    public List<FitScore> Fits { get; } = [];

    /// <summary>The same with the model's own interval.</summary>
    public List<FitScore> Unadapted { get; } = [];

    /// <summary>Warnings when the value stands at the threshold.</summary>
    public WarningScore ByValue { get; } = new();

    /// <summary>Warnings when the interval's upper end does.</summary>
    public WarningScore ByHigh { get; } = new();

    /// <summary>Warnings when the trend of the last ten minutes leads there.</summary>
    public WarningScore ByTrend { get; } = new();
}

internal static class NowcastJudge
{
    /// <summary>Water that never stood so high has not moved.</summary>
    public const double MovedMetres = 0.05;

    public static bool HasMoved(FitScore fit) => fit.LevelMax >= MovedMetres;

    /// <summary>What the product tells of a model: the median station, all warnings by value.</summary>
    public static NowcastScore[] Summary(HorizonScore[] scores) => [.. scores.Select(s => new NowcastScore(
        s.Minutes, Math.Round(Median(s, f => f.Nowcast), 3), Math.Round(Median(s, f => f.Persistence), 3), Math.Round(s.Fits.Average(f => f.Coverage), 3),
        Math.Round((double)s.Fits.Sum(f => f.WetCovered) / s.Fits.Sum(f => f.Wet), 3), s.ByValue.Hits, s.ByValue.Misses, s.ByValue.FalseAlarms, s.ByValue.LeadMedian))];

    private static double Median(HorizonScore score, Func<FitScore, double> of)
    {
        var values = score.Fits.Where(HasMoved).Select(of).Order().ToArray();
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    public static HorizonScore[] Judge(Target[] targets, Dictionary<string, NowcastModel> models, StormRecord[] storms)
    {
        var scores = models.Values.First().Horizons.Select(h => new HorizonScore(h.Minutes)).ToArray();
        foreach (var target in targets)
        {
            foreach (var score in scores)
            {
                score.Fits.Add(new FitScore());
                score.Unadapted.Add(new FitScore());
            }
            foreach (var storm in storms) One(target, models[target.Id], storm, scores);
        }
        return scores;
    }

    private static void One(Target target, NowcastModel model, StormRecord storm, HorizonScore[] scores)
    {
        var minutes = storm.To - storm.From + 1;
        var now = new double[minutes];
        var (forecasts, unadapted) = (new NowcastValue[minutes][], new NowcastValue[minutes][]);
        var interval = new AdaptiveInterval(model, target.Threshold * NowcastScore.WetShare);
        for (var t = 0; t < minutes; t++)
        {
            now[t] = storm.Table.At(target.Site.Own, storm.From + t);
            forecasts[t] = new NowcastValue[scores.Length];
            if (!model.Forecast(storm.Table, target.Site, storm.From + t, forecasts[t]))
                throw new InvalidOperationException($"{target.Id}: no forecast at minute {t} of storm {storm.Plan.Seed}, though no instrument fails here.");
            unadapted[t] = [.. forecasts[t]];
            interval.Apply(storm.From + t, now[t], target.Site.Floor, forecasts[t]);
        }
        double Trend(int t, int ahead) => Math.Max(target.Site.Floor, t < 10 ? now[t] : now[t] + ((now[t] - now[t - 10]) / 10 * ahead));
        for (var h = 0; h < scores.Length; h++)
        {
            var ahead = scores[h].Minutes;
            for (var t = 0; t + ahead < minutes; t++)
            {
                var (_, value, low, high) = forecasts[t][h];
                var wet = Math.Max(now[t], now[t + ahead]) >= target.Threshold * NowcastScore.WetShare;
                scores[h].Fits[^1].Add(now[t + ahead], value, low, high, now[t], Trend(t, ahead), wet);
                scores[h].Unadapted[^1].Add(now[t + ahead], value, unadapted[t][h].Low, unadapted[t][h].High, now[t], now[t], wet);
            }
            scores[h].ByValue.Add(ahead, target.Threshold, now, [.. forecasts.Select(f => f[h].Value)]);
            scores[h].ByHigh.Add(ahead, target.Threshold, now, [.. forecasts.Select(f => f[h].High)]);
            scores[h].ByTrend.Add(ahead, target.Threshold, now, [.. Enumerable.Range(0, minutes).Select(t => Trend(t, ahead))]);
        }
    }
}

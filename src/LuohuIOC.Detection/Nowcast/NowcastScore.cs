namespace LuohuIOC.Detection.Nowcast;

/// <summary>How well one horizon did in rain events that the model's trees had not seen.</summary>
/// <param name="Minutes">Ahead.</param>
/// <param name="Efficiency">Nash–Sutcliffe: 1 perfect, 0 as the mean; of several stations their median.</param>
/// <param name="PersistenceEfficiency">The same for "it stays as it is".</param>
/// <param name="Coverage">Share of all minutes that the interval held.</param>
/// <param name="WetCoverage">The same of the minutes with a third of the threshold now or then; null without one.</param>
/// <param name="Hits">Crossings of the threshold that were warned of (<see cref="WarningScore"/>).</param>
/// <param name="Misses">Crossings that were not.</param>
/// <param name="FalseAlarms">Warnings that did not come true.</param>
/// <param name="LeadMinutes">Median from warning to crossing; null without a hit.</param>
public sealed record NowcastScore(
    int Minutes, double Efficiency, double PersistenceEfficiency, double Coverage, double? WetCoverage, int Hits, int Misses, int FalseAlarms, double? LeadMinutes)
{
    /// <summary>Minutes with at least this share of the threshold now or then are wet.</summary>
    public const double WetShare = 1.0 / 3;

    /// <summary>Judges a model of one station, minute by minute, its interval as the product widens it; each rain event begins anew.</summary>
    /// <param name="model">One that fits the site.</param>
    /// <param name="site">The station.</param>
    /// <param name="episodes">Rain events that the trees have not seen.</param>
    /// <param name="threshold">In the station's unit; infinite when no rule has one.</param>
    public static NowcastScore[] Judge(NowcastModel model, NowcastSite site, IEnumerable<NowcastEpisode> episodes, double threshold)
    {
        var fits = model.Horizons.Select(_ => new FitScore()).ToArray();
        var warnings = model.Horizons.Select(_ => new WarningScore()).ToArray();
        foreach (var episode in episodes) One(model, site, episode, threshold, fits, warnings);
        return [.. model.Horizons.Select((h, i) => Of(h.Minutes, fits[i], warnings[i]))];
    }

    private static NowcastScore Of(int minutes, FitScore fit, WarningScore warning) => new(
        minutes, Rounded(fit.Nowcast) ?? 0, Rounded(fit.Persistence) ?? 0, fit.Count == 0 ? 0 : Math.Round(fit.Coverage, 3),
        fit.Wet == 0 ? null : Math.Round((double)fit.WetCovered / fit.Wet, 3), warning.Hits, warning.Misses, warning.FalseAlarms, Rounded(warning.LeadMedian));

    private static void One(NowcastModel model, NowcastSite site, NowcastEpisode episode, double threshold, FitScore[] fits, WarningScore[] warnings)
    {
        var minutes = episode.To - episode.From + 1;
        var now = new double[minutes];
        var values = new double[fits.Length][];
        for (var h = 0; h < fits.Length; h++) values[h] = new double[minutes];
        var forecast = new NowcastValue[fits.Length];
        var interval = new AdaptiveInterval(model, threshold * WetShare);
        for (var t = 0; t < minutes; t++)
        {
            now[t] = episode.Table.At(site.Own, episode.From + t);
            var known = model.Forecast(episode.Table, site, episode.From + t, forecast);
            interval.Apply(episode.From + t, now[t], site.Floor, known ? forecast : []);
            for (var h = 0; h < fits.Length; h++)
            {
                values[h][t] = known ? forecast[h].Value : double.NaN;
                var then = episode.From + t + model.Horizons[h].Minutes;
                if (!known || double.IsNaN(now[t]) || then > episode.To || episode.Table.At(site.Own, then) is not (var came and not double.NaN)) continue;
                fits[h].Add(came, forecast[h].Value, forecast[h].Low, forecast[h].High, now[t], now[t], Math.Max(now[t], came) >= threshold * WetShare);
            }
        }
        for (var h = 0; h < fits.Length; h++) warnings[h].Add(model.Horizons[h].Minutes, threshold, now, values[h]);
    }

    private static double? Rounded(double value) => double.IsFinite(value) ? Math.Round(value, 3) : null;
}

namespace LuohuIOC.Detection.Nowcast;

/// <summary>One rain event: the minutes of a table in which forecasts are learned.</summary>
/// <param name="Table">Must keep <see cref="NowcastFeatures.HistoryMinutes"/> before the first minute or begin with it.</param>
/// <param name="From">First minute at which a forecast could be made.</param>
/// <param name="To">Last minute whose value may be learned.</param>
/// <param name="IsDry">
/// Not a rain event but ordinary weather. Minutes without a drop in three hours are learned from these alone: before a rain event they would
/// teach that a storm begins within the hour, as it does in every one of them.
/// </param>
public sealed record NowcastEpisode(MinuteTable Table, int From, int To, bool IsDry = false);

/// <summary>Either a model or what it lacks.</summary>
/// <param name="Model">The model.</param>
/// <param name="Episodes">Rain events that there were.</param>
/// <param name="Rows">Rows in the smallest part.</param>
public sealed record NowcastTraining(NowcastModel? Model, int Episodes, int Rows);

/// <summary>
/// Trains a station's nowcast. Whole rain events go to three parts, because the minutes of one are nearly copies: three of five fit the
/// change (boosted trees, Friedman 2001), one fits the size of the error, one calibrates the interval (normalised split-conformal
/// prediction, Papadopoulos et al. 2002; Lei et al. 2018; <see cref="NowcastBands"/>) and scores the model.
/// </summary>
public static class NowcastTrainer
{
    private const int Parts = 5;
    private const int SpreadPart = 3;
    private const int CalibrationPart = 4;

    /// <summary>True for the events, by their place in the list, that the trees never see: they calibrate the interval and score the model.</summary>
    public static bool IsHeldOut(int episode) => episode % Parts == CalibrationPart;

    /// <summary>Less rain in an hour and less movement in half an hour than these make a quiet minute.</summary>
    private const double QuietRainMm = 0.2;
    private const double QuietMetres = 0.01;

    /// <summary>Trains, or says what there was. Same episodes and options, same model.</summary>
    public static NowcastTraining Train(IReadOnlyList<NowcastEpisode> episodes, NowcastSite site, NowcastOptions options, DateTimeOffset trainedAt) =>
        Train(episodes, [site], options, trainedAt);

    /// <summary>One model of several stations, which must have the same features (<see cref="NowcastSite.Padded"/>). What one event did to all of them goes to one part.</summary>
    public static NowcastTraining Train(IReadOnlyList<NowcastEpisode> episodes, IReadOnlyList<NowcastSite> sites, NowcastOptions options, DateTimeOffset trainedAt)
    {
        if (episodes.Count < options.EpisodesMin) return new NowcastTraining(null, episodes.Count, 0);
        var names = NowcastFeatures.Names(sites[0]);
        if (sites.Any(s => !NowcastFeatures.Names(s).AsSpan().SequenceEqual(names))) throw new ArgumentException("The stations differ in their features.", nameof(sites));
        var rows = episodes.SelectMany((e, i) => sites.SelectMany(site => Rows(e, i % Parts, site, names, options))).ToList();
        var parts = rows.ToLookup(r => Math.Max(r.Part, SpreadPart - 1));
        var smallest = Enumerable.Range(SpreadPart - 1, 3).Min(p => parts[p].Count());
        if (smallest < options.RowsMin) return new NowcastTraining(null, episodes.Count, smallest);

        var typical = Typical(rows, names.Length);
        foreach (var row in rows) Fill(row, typical);
        var model = new NowcastModel
        {
            TrainedAt = trainedAt,
            Episodes = episodes.Count,
            Rows = rows.Count,
            Features = names,
            Typical = typical,
            SpreadMin = options.SpreadMin,
            Horizons = [.. options.HorizonMinutes.Select((minutes, h) =>
                Horizon(minutes, h, [.. parts[SpreadPart - 1]], [.. parts[SpreadPart]], [.. parts[CalibrationPart]], options))],
        };
        return new NowcastTraining(model.Checked(), episodes.Count, smallest);
    }

    /// <summary>
    /// The same trees with the interval of other events: of stations that they have not learned from, whose errors are larger. What the model
    /// says of its efficiency stays.
    /// </summary>
    public static NowcastModel Calibrated(NowcastModel model, IReadOnlyList<NowcastEpisode> episodes, IReadOnlyList<NowcastSite> sites, NowcastOptions options)
    {
        if (sites.Any(s => !model.Fits(s))) throw new ArgumentException("The model does not fit the stations.", nameof(sites));
        var rows = episodes.SelectMany(e => sites.SelectMany(site => Rows(e, CalibrationPart, site, model.Features, options))).ToArray();
        foreach (var row in rows) Fill(row, model.Typical);
        return (model with
        {
            Horizons = [.. model.Horizons.Select((horizon, h) => Calibrated(horizon, Known(rows, h), h, options))],
        }).Checked();
    }

    private static NowcastHorizon Horizon(int minutes, int h, Row[] fit, Row[] spreadPart, Row[] calibration, NowcastOptions options)
    {
        var known = Known(fit, h);
        var change = FastTreeFit.Train([.. known.Select(r => r.Features)], [.. known.Select(r => r.Targets[h] - r.Features[0])], options).Ensemble;
        double Error(Row row) => row.Targets[h] - row.Features[0] - change.Score(row.Features);

        var unseen = Known(spreadPart, h);
        var spread = FastTreeFit.Train([.. unseen.Select(r => r.Features)], [.. unseen.Select(r => (float)Math.Abs(Error(r)))], options).Ensemble;

        var judged = Known(calibration, h);
        var mean = judged.Average(r => r.Targets[h]);
        var variance = judged.Sum(r => Square(r.Targets[h] - mean));
        return Calibrated(
            new NowcastHorizon(
                minutes, change, spread, [],
                Efficiency(judged.Sum(r => Square(Error(r))), variance), Efficiency(judged.Sum(r => Square(r.Targets[h] - r.Features[0])), variance)),
            judged, h, options);
    }

    // In dry weather next to nothing happens, and that a storm may begin within the hour is not what its interval is for.
    private static NowcastHorizon Calibrated(NowcastHorizon horizon, Row[] judged, int h, NowcastOptions options)
    {
        var dry = judged.Where(r => NowcastFeatures.IsDry(r.Features)).ToArray();
        if (dry.Length < options.RowsPerBandMin) return horizon with { Bands = Bands(horizon.Change, horizon.Spread, judged, h, options), DryBands = null };
        return horizon with
        {
            Bands = Bands(horizon.Change, horizon.Spread, [.. judged.Where(r => !NowcastFeatures.IsDry(r.Features))], h, options),
            DryBands = Bands(horizon.Change, horizon.Spread, dry, h, options),
        };
    }

    private static NowcastBand[] Bands(TreeEnsemble change, TreeEnsemble spread, Row[] judged, int h, NowcastOptions options) => NowcastBands.Of(
        [
            .. judged.Select(r => (
                Spread: Math.Max(options.SpreadMin, spread.Score(r.Features)), Error: r.Targets[h] - r.Features[0] - change.Score(r.Features),
                IsWet: Math.Max(r.Features[0], r.Targets[h]) >= options.WetMetres)),
        ],
        options);

    private static Row[] Known(Row[] rows, int horizon) => [.. rows.Where(r => !float.IsNaN(r.Targets[horizon]))];

    // 1 for a station that never moved and was forecast so.
    private static double Efficiency(double squaredError, double variance) => variance > 0 ? 1 - (squaredError / variance) : squaredError > 0 ? 0 : 1;

    private static double Square(double value) => value * value;

    private static IEnumerable<Row> Rows(NowcastEpisode episode, int part, NowcastSite site, string[] names, NowcastOptions options)
    {
        var (change, rain) = (Array.IndexOf(names, "own-change-30"), Array.IndexOf(names, "rain-district-60"));
        for (var minute = episode.From; minute < episode.To; minute += options.Stride)
        {
            var features = new float[names.Length];
            if (!NowcastFeatures.Fill(episode.Table, site, minute, features)) continue;
            if (!episode.IsDry && NowcastFeatures.IsDry(features)) continue;
            var quiet = features[rain] < QuietRainMm && !(Math.Abs(features[change]) > QuietMetres);
            if (quiet && (minute - episode.From) / options.Stride % options.QuietStride != 0) continue;
            var targets = new float[options.HorizonMinutes.Count];
            for (var h = 0; h < targets.Length; h++)
            {
                var then = minute + options.HorizonMinutes[h];
                targets[h] = then <= episode.To ? (float)episode.Table.At(site.Own, then) : float.NaN;
            }
            if (!Array.TrueForAll(targets, float.IsNaN)) yield return new Row(part, features, targets);
        }
    }

    private static void Fill(Row row, float[] typical)
    {
        for (var i = 0; i < typical.Length; i++)
            if (float.IsNaN(row.Features[i])) row.Features[i] = typical[i];
    }

    private static float[] Typical(List<Row> rows, int width)
    {
        var typical = new float[width];
        for (var i = 0; i < width; i++)
        {
            var known = rows.Select(r => (double)r.Features[i]).Where(double.IsFinite).ToArray();
            typical[i] = known.Length == 0 ? 0 : (float)Quantiles.Of(known, 0.5);
        }
        return typical;
    }

    private sealed record Row(int Part, float[] Features, float[] Targets);
}

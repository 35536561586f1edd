namespace LuohuIOC.Detection;

/// <summary>
/// Trains a station's model from its own past. Features are standardised robustly; ML.NET finds the components; rows that do not
/// fit at all are left out and the components found anew, so that a fault in the history is not learned; the threshold comes from
/// scores that each block of the history gets from components fitted on the other blocks.
/// </summary>
public static class PcaTrainer
{
    private const int Folds = 5;

    /// <summary>Share of the training rows that the second fit leaves out.</summary>
    private const double TrimmedShare = 0.02;

    /// <summary>A metric must be in this share of the readings, or it is left out of the model.</summary>
    private const double PresenceMin = 0.8;

    /// <summary>The window starts anew after this many usual intervals without a reading.</summary>
    private const int GapIntervals = 4;

    /// <summary>Trains, or says what is missing. Same history and options, same model.</summary>
    public static TrainingResult Train(TrainingHistory history, PcaOptions options, DateTimeOffset trainedAt)
    {
        history = history.Sampled(options.SampleMin);
        if (history.Rows < options.ReadingsMin) return Lacks(history, ShortageReason.Readings, history.Rows, options.ReadingsMin);
        if (history.Span < options.SpanMin) return Lacks(history, ShortageReason.Hours, history.Span.TotalHours, options.SpanMin.TotalHours);
        var live = LiveMetrics(history);
        var intervalMs = history.IntervalMs();
        var gapMs = intervalMs * GapIntervals;
        var features = Features(history, live, options, gapMs, out var used);
        if (features.Length == 0) return Lacks(history, ShortageReason.LiveMetrics, 0, 1);
        var rows = Rows(history, used, features, options.WindowReadings, gapMs);
        if (rows.Count * 2 < options.ReadingsMin) return Lacks(history, ShortageReason.Windows, rows.Count, options.ReadingsMin / 2.0);

        var fit = PcaFit.Trimmed(rows, options, TrimmedShare);
        var scores = CrossScores(rows, options);
        var model = new PcaModel
        {
            TrainedAt = trainedAt,
            Rows = rows.Count,
            LeftOut = history.LeftOut,
            FromMs = history.TimesMs[0],
            ToMs = history.TimesMs[^1],
            Metrics = [.. used.Select(m => history.Metrics[m])],
            Excluded = [.. Enumerable.Range(0, history.Metrics.Count).Except(used).Select(m => history.Metrics[m])],
            WindowReadings = options.WindowReadings,
            SampleMs = (long)options.SampleMin.TotalMilliseconds,
            IntervalMs = intervalMs,
            GapMs = gapMs,
            Features = [.. features.Select((f, i) => f with { Noise = fit.Noise[i] })],
            Mean = fit.Mean,
            Components = fit.Components,
            Threshold = Threshold(scores, options, (double)intervalMs * rows.Count / TimeSpan.MillisecondsPerDay),
            HoldCount = options.HoldCount,
            HoldWindow = options.HoldWindow,
            AlarmsPerDay = options.AlarmsPerDay,
            ScoreQuantiles = [.. new[] { 0.5, 0.9, 0.99, 0.999, 1 }.Select(q => Quantiles.Of([.. scores], q))],
        };
        return new TrainingResult(model.Checked(), null);
    }

    private static TrainingResult Lacks(TrainingHistory history, ShortageReason reason, double have, double need) =>
        new(null, new TrainingShortage(reason, have, need, history.LeftOut));

    private static int[] LiveMetrics(TrainingHistory history)
    {
        var live = new List<int>();
        for (var m = 0; m < history.Metrics.Count; m++)
        {
            var present = 0;
            for (var r = 0; r < history.Rows; r++)
                if (double.IsFinite(history.Row(r)[m])) present++;
            if (present >= PresenceMin * history.Rows) live.Add(m);
        }
        return [.. live];
    }

    /// <summary>Levels and steps of the live metrics with centre and scale; a metric whose level never changes goes out, and so does a step of none.</summary>
    private static PcaFeature[] Features(TrainingHistory history, int[] live, PcaOptions options, long gapMs, out int[] used)
    {
        var levels = live.Select(_ => new List<double>()).ToArray();
        var steps = live.Select(_ => new List<double>()).ToArray();
        EachWindow(history, live, options.WindowReadings, gapMs, window =>
        {
            for (var m = 0; m < live.Length; m++)
            {
                var (level, step) = window.Of(m);
                if (double.IsNaN(level)) continue;
                levels[m].Add(level);
                steps[m].Add(step);
            }
        });
        var features = new List<PcaFeature>();
        var kept = new List<int>();
        for (var m = 0; m < live.Length; m++)
        {
            if (levels[m].Count == 0) continue;
            var (centre, scale) = Quantiles.Robust([.. levels[m]]);
            if (scale <= 0) continue;
            features.Add(new PcaFeature(kept.Count, FeatureKind.Level, centre, scale, 1));
            var (stepCentre, stepScale) = Quantiles.Robust([.. steps[m]]);
            if (options.Steps && stepScale > 0) features.Add(new PcaFeature(kept.Count, FeatureKind.Step, stepCentre, stepScale, 1));
            kept.Add(live[m]);
        }
        used = [.. kept];
        return [.. features];
    }

    private static List<float[]> Rows(TrainingHistory history, int[] used, PcaFeature[] features, int readings, long gapMs)
    {
        var rows = new List<float[]>();
        var row = new double[features.Length];
        EachWindow(history, used, readings, gapMs, window =>
        {
            if (PcaFeatures.Standardise(window, features, row) > 0) return;
            rows.Add(Array.ConvertAll(row, v => (float)v));
        });
        return rows;
    }

    private static void EachWindow(TrainingHistory history, int[] metrics, int readings, long gapMs, Action<FeatureWindow> warm)
    {
        var window = new FeatureWindow(metrics.Length, readings, gapMs);
        var values = new double[metrics.Length];
        for (var r = 0; r < history.Rows; r++)
        {
            for (var m = 0; m < metrics.Length; m++) values[m] = history.Row(r)[metrics[m]];
            window.Add(history.TimesMs[r], values);
            if (window.IsWarm) warm(window);
        }
    }

    /// <summary>Scores in order of time; blocks and not single rows are held out, because neighbours are nearly copies.</summary>
    private static double[] CrossScores(List<float[]> rows, PcaOptions options)
    {
        var scores = new double[rows.Count];
        for (var fold = 0; fold < Folds; fold++)
        {
            var from = rows.Count * fold / Folds;
            var to = rows.Count * (fold + 1) / Folds;
            var fit = PcaFit.Trimmed([.. rows.Take(from), .. rows.Skip(to)], options, TrimmedShare);
            var heldOut = fit.Scores(rows.GetRange(from, to - from));
            heldOut.CopyTo(scores.AsSpan(from));
        }
        return scores;
    }

    private static double Threshold(double[] scores, PcaOptions options, double days)
    {
        var hold = new AlarmHold(options.HoldCount, options.HoldWindow);
        var held = Array.ConvertAll(scores, hold.Push);
        return PeaksOverThreshold.Level(held, days, options.AlarmsPerDay, apart: options.WindowReadings + options.HoldWindow);
    }
}

namespace LuohuIOC.Detection;

/// <summary>Why the last reading has a score or none.</summary>
public enum DetectorVerdict
{
    /// <summary>The window is not full yet: at the start, after a long silence, after a new model.</summary>
    WarmingUp,

    /// <summary>The reading has a score.</summary>
    Scored,

    /// <summary>Passed over: it came sooner after the one before than the model samples. The score is still that one's.</summary>
    Skipped,

    /// <summary>Fewer than half of the model's metrics are alive: nothing can be said.</summary>
    TooFewMetrics,
}

/// <summary>
/// One station's stream seen by its model: keeps the window, scores each reading (2.4 µs at eight metrics and two components), says which metrics
/// do not fit. Allocates nothing after construction; for one thread at a time.
/// </summary>
public sealed class PcaDetector
{
    private readonly FeatureWindow _window;
    private readonly PcaScorer _scorer;
    private readonly double[] _row;
    private readonly double[] _without;
    private readonly double[] _contributions;
    private readonly double[] _expected;
    private long _takenMs;

    public PcaDetector(PcaModel model)
    {
        Model = model.Checked();
        _window = new FeatureWindow(model.Metrics.Length, model.WindowReadings, model.GapMs);
        _scorer = new PcaScorer(model.Mean, [.. model.Features.Select(f => f.Noise)], model.Components);
        _row = new double[model.Features.Length];
        _without = new double[model.Features.Length];
        _contributions = new double[model.Metrics.Length];
        _expected = new double[model.Metrics.Length];
    }

    public PcaModel Model { get; }

    public DetectorVerdict Verdict { get; private set; }

    /// <summary>Score of the last reading, about 1 on ordinary ones; NaN without one.</summary>
    public double Score { get; private set; } = double.NaN;

    /// <summary>Metrics of the last row that were missing and had to be estimated from the others.</summary>
    public int Missing { get; private set; }

    /// <summary>Readings in the window so far.</summary>
    public int WindowFilled => _window.Filled;

    /// <summary>
    /// Each metric's share in the last scored reading's error, sum 1: by how much the squared error falls when the metric is not
    /// believed but estimated from the others. 0 for a missing metric.
    /// </summary>
    public ReadOnlySpan<double> Contributions => _contributions;

    /// <summary>What the other metrics say that each metric's window mean should be, in its unit.</summary>
    public ReadOnlySpan<double> Expected => _expected;

    /// <summary>Whether the last row lacked the metric.</summary>
    public bool IsMissing(int metric)
    {
        for (var i = 0; i < _row.Length; i++)
            if (Model.Features[i].Metric == metric) return double.IsNaN(_row[i]);
        return false;
    }

    /// <summary>Takes the next reading and returns its score, NaN while there is none (see <see cref="Verdict"/>).</summary>
    /// <param name="timeMs">Unix ms, not before the one before.</param>
    /// <param name="values">In the order of the model's metrics, NaN where missing.</param>
    public double Observe(long timeMs, ReadOnlySpan<double> values)
    {
        if (_window.Filled > 0 && timeMs - _takenMs < Model.SampleMs)
        {
            Verdict = DetectorVerdict.Skipped;
            return Score;
        }
        _takenMs = timeMs;
        _window.Add(timeMs, values);
        if (!_window.IsWarm)
        {
            Verdict = DetectorVerdict.WarmingUp;
            return Score = double.NaN;
        }
        Missing = PcaFeatures.Standardise(_window, Model.Features, _row);
        if (Missing * 2 > Model.Metrics.Length)
        {
            Verdict = DetectorVerdict.TooFewMetrics;
            return Score = double.NaN;
        }
        Verdict = DetectorVerdict.Scored;
        Score = _scorer.Score(_row);
        Explain();
        return Score;
    }

    /// <summary>Forgets the window, for a stream that begins anew.</summary>
    public void Clear()
    {
        _window.Clear();
        Verdict = DetectorVerdict.WarmingUp;
        Score = double.NaN;
    }

    /// <summary>Leaves out one metric after the other, since a fault in one pulls the reconstruction of all.</summary>
    private void Explain()
    {
        var whole = _scorer.SquaredError;
        var total = 0.0;
        for (var m = 0; m < _contributions.Length; m++)
        {
            for (var i = 0; i < _row.Length; i++) _without[i] = Model.Features[i].Metric == m ? double.NaN : _row[i];
            _scorer.Score(_without);
            _contributions[m] = IsMissing(m) ? 0 : Math.Max(0, whole - _scorer.SquaredError);
            total += _contributions[m];
            for (var i = 0; i < _row.Length; i++)
                if (Model.Features[i] is { Kind: FeatureKind.Level } level && level.Metric == m)
                    _expected[m] = SoftScale.Undo(_scorer.Reconstruction[i], level.Centre, level.Scale);
        }
        if (total <= 0) return;
        for (var m = 0; m < _contributions.Length; m++) _contributions[m] /= total;
    }
}

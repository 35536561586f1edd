namespace LuohuIOC.Detection.Chart;

/// <summary>
/// Streaming detector of a station with several metrics: a multivariate exponentially weighted moving average chart (Lowry et al.
/// 1992) with a shrunk and ridged covariance, whose references follow every metric that behaves and let go of none that does not,
/// except as far as it wanders by nature; beside it a quick look for what is too short for an average. One row at a time, no look-ahead, constant memory, no allocation per row after the fit.
/// Not for two threads at once.
/// </summary>
public sealed class ChartDetector
{
    /// <summary>What <see cref="Snapshot"/> writes first.</summary>
    public const byte SnapshotVersion = 5;

    /// <summary>
    /// Versions before the quick look, before each metric had its own tail and its way home, before unknown metrics were learned later, and before
    /// a plain return was seen in the values: read as well, what they lack begins anew.
    /// </summary>
    internal const byte VersionWithoutGathering = 3, VersionWithoutReturn = 4;
    private const byte VersionWithoutQuickLook = 1, VersionWithOneTail = 2;

    /// <summary>No measurement is larger; what some instruments send for none is.</summary>
    internal const double ValueMax = 1e30;

    /// <summary>Largest number of metrics: the covariance is their square.</summary>
    public const int MetricsMax = 64;

    /// <summary>Rows until the moving averages of the fit have forgotten their start, and between two inversions.</summary>
    private const int SettleRows = 40, InvertRows = 50;

    private readonly ChartOptions _options;
    private readonly ChartMetric[] _metrics;
    private readonly ShrunkCovariance _covariance;
    private readonly double[] _smoothed;
    private readonly double[] _parts;
    private readonly double[] _ridge;
    private readonly bool[] _live;
    private readonly QuickLook _quick;
    private float[]? _fit;
    private int _rows;
    private int _sinceInvert;
    private Strain _strain;

    public ChartDetector(int metrics, ChartOptions? options = null)
    {
        if (metrics is < 1 or > MetricsMax) throw new ArgumentOutOfRangeException(nameof(metrics), $"{metrics} metrics, 1 to {MetricsMax}.");
        _options = options ?? new ChartOptions();
        _metrics = new ChartMetric[metrics];
        for (var m = 0; m < metrics; m++) _metrics[m] = new ChartMetric();
        _covariance = new ShrunkCovariance(metrics);
        _smoothed = new double[metrics];
        _parts = new double[metrics];
        _ridge = new double[metrics];
        _live = new bool[metrics];
        _quick = new QuickLook(metrics, _options);
        _strain = new Strain(_options);
        _fit = new float[metrics * _options.FitRows];
    }

    /// <summary>Rows still to come before the first is judged; 0 when warm.</summary>
    public int WarmUpLeft => _fit is null ? 0 : _options.FitRows - _rows;

    /// <summary>
    /// Root mean square deviation of the metrics, about 1 on ordinary rows, over the station's strain, or the quick look's if that is
    /// higher; NaN while warming up.
    /// </summary>
    public double Score { get; private set; } = double.NaN;

    public bool IsAlarm => Score > _options.AlarmLevel;

    /// <summary>How much more this station alarms than stations should: its level is this many times the common one.</summary>
    public double Strain => _strain.Factor;

    /// <summary>Each metric's share of the last score, sum 1, 0 where it lowers it; 0 for a missing or dead one.</summary>
    public ReadOnlySpan<double> Contributions => _parts;

    public double Expected(int metric) => _metrics[metric].Expected;

    /// <summary>Unchanged for so long that its instrument must be dead or stuck; it is left out of the score.</summary>
    public bool IsDead(int metric) => _metrics[metric].IsDead;

    /// <summary>The rows so far do not say how it scatters; it is left out of the score until enough of its own do. Known once warm.</summary>
    public bool IsUnknown(int metric) => _metrics[metric].IsUnknown;

    /// <summary>Takes the next row and returns its score, NaN while warming up or with no live metric.</summary>
    /// <param name="values">One for each metric, NaN where missing.</param>
    public double Observe(ReadOnlySpan<double> values)
    {
        if (values.Length != _metrics.Length) throw new ArgumentException($"{values.Length} values for {_metrics.Length} metrics.", nameof(values));
        if (_fit is not null)
        {
            for (var m = 0; m < values.Length; m++) _fit[m * _options.FitRows + _rows] = Math.Abs(values[m]) <= ValueMax ? (float)values[m] : float.NaN;
            if (++_rows == _options.FitRows) FitAll(_fit);
            return double.NaN;
        }
        var (live, counted) = Smooth(values, holding: true);
        _covariance.Add(_smoothed, 1 / _options.CovarianceRows);
        if (++_sinceInvert >= InvertRows) Invert();
        var quick = _options.AlarmLevel * _quick.Observe(values, _live);
        return Score = live == 0 ? double.NaN : Judge(counted, quick);
    }

    private void FitAll(float[] fit)
    {
        var rows = _options.FitRows;
        for (var m = 0; m < _metrics.Length; m++) _metrics[m].Fit(fit.AsSpan(m * rows, rows));
        Span<double> row = stackalloc double[MetricsMax];
        row = row[.._metrics.Length];
        var counted = 0;
        for (var r = 0; r < rows; r++)
        {
            for (var m = 0; m < row.Length; m++) row[m] = fit[m * rows + r];
            Smooth(row, holding: false);
            _quick.Observe(row, _live);
            if (r >= Math.Min(SettleRows, rows / 2)) _covariance.Add(_smoothed, 1.0 / ++counted);
        }
        _fit = null;
        Invert();
    }

    /// <summary>Takes the row into the moving averages; returns how many metrics it has, and how many averages count: a missing value's does.</summary>
    private (int Live, int Counted) Smooth(ReadOnlySpan<double> values, bool holding)
    {
        var live = 0;
        var counted = 0;
        for (var m = 0; m < values.Length; m++)
        {
            var metric = _metrics[m];
            var deviation = metric.Deviation(values[m]);
            _live[m] = !double.IsNaN(deviation);
            if (metric.IsDead || metric.IsUnknown)
            {
                _smoothed[m] = 0;
                if (holding && metric.IsUnknown) Gather(m, values[m]);
                continue;
            }
            counted++;
            if (!_live[m])
            {
                _smoothed[m] *= 1 - _options.Smoothing;
                continue;
            }
            live++;
            _smoothed[m] = metric.Smooth(_smoothed[m], deviation, _options);
            var held = holding && Math.Abs(_smoothed[m]) > _options.HoldDeviations * _covariance.Spread[m];
            if (metric.ComesBack(ref deviation, ref held, _options)) _smoothed[m] = 0;
            if (holding) metric.Learn(deviation, _options.WanderRows);
            metric.Follow(deviation, held, _options);
        }
        return (live, counted);
    }

    private void Gather(int m, double value)
    {
        if (!_metrics[m].Gather(value, _options, out _smoothed[m], out var variance)) return;
        _covariance.Begin(m, variance);
        Invert();
    }

    private void Invert()
    {
        _sinceInvert = 0;
        for (var m = 0; m < _metrics.Length; m++) _ridge[m] = _metrics[m].Ridge(_options);
        _covariance.Invert(_ridge, _options.CovarianceShare);
    }

    private double Judge(int counted, double quick)
    {
        var score = Math.Sqrt(_covariance.Distance(_smoothed, _parts) / counted) / (_strain.Factor * Restlessness());
        _strain.Count(score > _options.AlarmLevel);
        if (quick > score) _quick.Distances.CopyTo(_parts);
        Share();
        return Math.Max(score, quick);
    }

    /// <summary>Where most metrics wander by nature, a departure of the average says less: 1 where all keep a level, 2 where all wander.</summary>
    private double Restlessness()
    {
        var (wander, known) = (0.0, 0);
        foreach (var metric in _metrics)
        {
            // A metric that the station does not have keeps no level.
            if (metric.IsUnknown) continue;
            wander += metric.Wander(_options);
            known++;
        }
        if (known == 0) return 1;
        wander /= known;
        return 1 + wander * wander;
    }

    private void Share()
    {
        var total = 0.0;
        for (var m = 0; m < _parts.Length; m++)
        {
            _parts[m] = _live[m] ? Math.Max(0, _parts[m]) : 0;
            total += _parts[m];
        }
        if (total <= 0) return;
        for (var m = 0; m < _parts.Length; m++) _parts[m] /= total;
    }

    /// <summary>The whole state as bytes; a detector of the same metrics and options that loads them goes on exactly as this one would.</summary>
    public byte[] Snapshot()
    {
        var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes);
        to.Write(SnapshotVersion);
        to.Write(_metrics.Length);
        to.Write(_options.FitRows);
        to.Write(_rows);
        to.Write(_sinceInvert);
        _strain.Save(to);
        to.Write(Score);
        to.Write(_fit is not null);
        if (_fit is not null)
        {
            for (var m = 0; m < _metrics.Length; m++)
                for (var r = 0; r < _rows; r++) to.Write(_fit[m * _options.FitRows + r]);
        }
        else
        {
            foreach (var value in _smoothed) to.Write(value);
            foreach (var metric in _metrics) metric.Save(to);
            _covariance.Save(to);
            _quick.Save(to);
        }
        to.Flush();
        return bytes.ToArray();
    }

    /// <summary>Takes over a snapshot; throws <see cref="InvalidDataException"/> that says why it cannot be used.</summary>
    public void Restore(byte[] snapshot)
    {
        using var from = new BinaryReader(new MemoryStream(snapshot, writable: false));
        try
        {
            var version = from.ReadByte();
            if (version is < VersionWithoutQuickLook or > SnapshotVersion) throw new InvalidDataException($"Chart snapshot of version {version}; this program reads {VersionWithoutQuickLook} to {SnapshotVersion}.");
            var metrics = from.ReadInt32();
            var fitRows = from.ReadInt32();
            if (metrics != _metrics.Length || fitRows != _options.FitRows)
                throw new InvalidDataException($"Chart snapshot of {metrics} metrics and {fitRows} rows, the detector has {_metrics.Length} and {_options.FitRows}.");
            Load(from, version);
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException($"Chart snapshot: cut off after {snapshot.Length} bytes.", e);
        }
    }

    private void Load(BinaryReader from, byte version)
    {
        _rows = from.ReadInt32();
        _sinceInvert = from.ReadInt32();
        _strain.Load(from, factorAlone: version == VersionWithoutQuickLook);
        Score = from.ReadDouble();
        if (from.ReadBoolean())
        {
            _fit = new float[_metrics.Length * _options.FitRows];
            for (var m = 0; m < _metrics.Length; m++)
                for (var r = 0; r < _rows; r++) _fit[m * _options.FitRows + r] = from.ReadSingle();
            return;
        }
        _fit = null;
        for (var m = 0; m < _smoothed.Length; m++) _smoothed[m] = from.ReadDouble();
        for (var m = 0; m < _metrics.Length; m++) _metrics[m].Load(from, version <= VersionWithOneTail ? _smoothed[m] : null, _options.FitRows, version);
        _covariance.Load(from);
        if (version != VersionWithoutQuickLook) _quick.Load(from, oneTail: version == VersionWithOneTail);
    }
}

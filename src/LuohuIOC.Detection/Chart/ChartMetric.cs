namespace LuohuIOC.Detection.Chart;

/// <summary>
/// One metric's reference: where it is expected, how it scatters from row to row, and whether it keeps a level or wanders. Values are
/// standardised by the fit's median and spread and soft beyond three spreads.
/// </summary>
internal sealed class ChartMetric
{
    /// <summary>Unchanged for this many rows, and four times the longest run of the fit: the instrument is dead or stuck.</summary>
    private const int DeadRowsMin = 50, DeadRuns = 4;

    /// <summary>Rows whose mean is the first reference.</summary>
    private const int FirstRows = 30;

    /// <summary>Less noise than this share of the spread is not believed: it comes of rounding.</summary>
    private const double NoiseMin = 0.05;

    private double _centre;
    private double _scale = 1;
    private double _mean;
    private double _variance;
    private double _raw = double.NaN;
    private int _unchanged;
    private int _deadRows = DeadRowsMin;
    private Excursion _excursion;

    // Its own values while it is unknown, until they suffice for a fit of its own.
    private float[]? _late;
    private int _gathered;

    /// <summary>Variance from row to row, in squared spreads.</summary>
    public double Noise { get; private set; }

    private double NoiseDeviation => Math.Sqrt(Math.Max(Noise, NoiseMin));

    /// <summary>Where the metric is expected, standardised.</summary>
    public double Reference { get; private set; }

    /// <summary>Too little to judge by: few values in the fit, or one value all the time, of which nobody can say how far another is from it.</summary>
    public bool IsUnknown { get; private set; }

    public bool IsDead => _unchanged >= _deadRows;

    /// <summary>What is expected, in the metric's unit.</summary>
    public double Expected => SoftScale.Undo(Reference, _centre, _scale);

    /// <summary>Learns centre, spread, noise and wandering from the values of the fit, NaN where missing.</summary>
    public void Fit(ReadOnlySpan<float> rows)
    {
        var known = new List<double>(rows.Length);
        foreach (var value in rows)
            if (!float.IsNaN(value)) known.Add(value);
        IsUnknown = known.Count < Math.Max(8, rows.Length / 4) || known.TrueForAll(v => v == known[0]);
        if (IsUnknown)
        {
            _raw = known.Count > 0 ? known[^1] : double.NaN;
            (_late, _gathered) = (new float[rows.Length], 0);
            return;
        }
        Standardise(known);
        var values = rows.ToArray().Select(v => double.IsNaN(v) ? double.NaN : SoftScale.Apply(v, _centre, _scale)).ToArray();
        Noise = RowNoise(values);
        var mean = values.Where(double.IsFinite).Average();
        _mean = mean;
        _variance = values.Where(double.IsFinite).Average(v => (v - mean) * (v - mean)) + 1e-9;
        Reference = values.Take(FirstRows).Where(double.IsFinite).DefaultIfEmpty(mean).Average();
        _excursion.Begin(Reference, 0);
        _deadRows = Math.Max(DeadRowsMin, DeadRuns * LongestRun(rows));
    }

    /// <summary>Takes a value of an unknown metric; true where it has become known by this one.</summary>
    /// <param name="value">NaN where missing.</param>
    /// <param name="options">Of the chart.</param>
    /// <param name="average">Its moving average then.</param>
    /// <param name="variance">And that average's variance.</param>
    public bool Gather(double value, ChartOptions options, out double average, out double variance)
    {
        (average, variance) = (0, 0);
        if (_late is not { } late || !(Math.Abs(value) <= ChartDetector.ValueMax)) return false;
        // What has never changed begins with its first change.
        if (_gathered == 0 && (double.IsNaN(_raw) || value == _raw))
        {
            _raw = value;
            return false;
        }
        late[_gathered++] = (float)value;
        if (_gathered < late.Length) return false;
        _late = null;
        Fit(late);
        if (IsUnknown) return false;
        for (var r = 0; r < late.Length; r++)
        {
            var deviation = SoftScale.Apply(late[r], _centre, _scale) - Reference;
            average = Smooth(average, deviation, options);
            variance += average * average / late.Length;
            Follow(deviation, held: false, options);
        }
        _excursion.Begin(Reference, average);
        return true;
    }

    private void Standardise(List<double> known)
    {
        known.Sort();
        _centre = known[known.Count / 2];
        var mean = known.Average();
        var deviation = Math.Sqrt(known.Average(v => (v - mean) * (v - mean)));
        var away = known.Select(v => Math.Abs(v - _centre)).Order().ToArray();
        // The median spread, unless most values are the same: then what the others do decides.
        _scale = Math.Max(1.4826 * away[away.Length / 2], 0.3 * deviation);
    }

    private static double RowNoise(double[] values)
    {
        var sum = 0.0;
        var count = 0;
        for (var i = 1; i < values.Length; i++)
        {
            var step = values[i] - values[i - 1];
            if (double.IsNaN(step)) continue;
            sum += step * step / 2;
            count++;
        }
        return sum / Math.Max(1, count) + 1e-4;
    }

    private static int LongestRun(ReadOnlySpan<float> rows)
    {
        var longest = 0;
        var run = 0;
        for (var i = 1; i < rows.Length; i++)
        {
            run = rows[i] == rows[i - 1] ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }
        return longest;
    }

    /// <summary>The value's deviation from the reference; NaN when it is missing, or the metric unknown or dead.</summary>
    public double Deviation(double value)
    {
        if (!(Math.Abs(value) <= ChartDetector.ValueMax) || IsUnknown) return double.NaN;
        var wasDead = IsDead;
        _unchanged = value == _raw ? _unchanged + 1 : 0;
        _raw = value;
        if (IsDead) return double.NaN;
        var standard = SoftScale.Apply(value, _centre, _scale);
        if (wasDead)
        {
            Reference = standard;
            _excursion.Begin(standard, 0);
        }
        return standard - Reference;
    }

    /// <summary>
    /// The moving average after this deviation. One that lies too far from the average to be noise moves it at once, there and back
    /// (the adaptive average of Capizzi and Masarotto 2003): a large fault is seen in its first row and over when it is over.
    /// </summary>
    public double Smooth(double average, double deviation, ChartOptions options)
    {
        var away = deviation - average;
        var reach = options.JumpNoises * NoiseDeviation;
        return average + (Math.Abs(away) <= reach ? options.Smoothing * away : away - (1 - options.Smoothing) * Math.Sign(away) * reach);
    }

    /// <summary>
    /// True where the metric, held away from home until now, has come back: its reference is then where it came to.
    /// </summary>
    public bool ComesBack(ref double deviation, ref bool held, ChartOptions options)
    {
        var value = Reference + deviation;
        var distance = value - _excursion.Home;
        var average = Smooth(_excursion.Average, distance, options);
        if (!_excursion.Ends(distance, average, NoiseDeviation, ref held, Reference, options)) return false;
        Reference = _excursion.Home;
        deviation = value - Reference;
        return true;
    }

    /// <summary>Learns over the long run how far the metric wanders; a value counts as three deviations at most, that a fault be no habit.</summary>
    public void Learn(double deviation, double rows)
    {
        var away = Reference + deviation - _mean;
        var spread = Math.Sqrt(_variance);
        away = Math.Clamp(away, -3 * spread, 3 * spread);
        _mean += away / rows;
        _variance += (away * away - _variance) / rows;
    }

    /// <summary>
    /// Moves the reference after the value: fully while the metric behaves, as far as it wanders when it is held. A new state that
    /// lasts counts as wandering in the end, so none is held for ever.
    /// </summary>
    public void Follow(double deviation, bool held, ChartOptions options)
    {
        var speed = held ? options.WanderShare * Wander(options) : 1;
        Reference += speed / options.FollowRows * deviation;
    }

    /// <summary>0 where the metric keeps a level, towards 1 where it wanders (von Neumann's ratio); 0 where nothing is known.</summary>
    public double Wander(ChartOptions options) => IsUnknown ? 0 : Math.Clamp(1 - options.WanderRatio * Noise / _variance, 0, 1);

    public double Ridge(ChartOptions options) =>
        options.Ridge * options.Smoothing / (2 - options.Smoothing) * Math.Max(Noise, NoiseMin) + 1e-6;

    public void Save(BinaryWriter to)
    {
        to.Write(_centre);
        to.Write(_scale);
        to.Write(_mean);
        to.Write(_variance);
        to.Write(_raw);
        to.Write(_unchanged);
        to.Write(_deadRows);
        to.Write(Noise);
        to.Write(Reference);
        to.Write(IsUnknown);
        _excursion.Save(to);
        if (!IsUnknown) return;
        to.Write(_gathered);
        for (var i = 0; i < _gathered; i++) to.Write(_late![i]);
    }

    /// <param name="from">The snapshot.</param>
    /// <param name="average">The metric's moving average, from which an excursion that the snapshot does not know begins; null where it does.</param>
    /// <param name="fitRows">Values for a fit of its own.</param>
    /// <param name="version">The snapshot's: what an unknown metric has gathered, and an excursion's last values, begin anew where it does not know them.</param>
    public void Load(BinaryReader from, double? average, int fitRows, byte version)
    {
        _centre = from.ReadDouble();
        _scale = from.ReadDouble();
        _mean = from.ReadDouble();
        _variance = from.ReadDouble();
        _raw = from.ReadDouble();
        _unchanged = from.ReadInt32();
        _deadRows = from.ReadInt32();
        Noise = from.ReadDouble();
        Reference = from.ReadDouble();
        IsUnknown = from.ReadBoolean();
        if (average is { } unknown) _excursion.Begin(Reference, unknown);
        else _excursion.Load(from, values: version > ChartDetector.VersionWithoutReturn);
        if (!IsUnknown) return;
        _late = new float[fitRows];
        _gathered = version > ChartDetector.VersionWithoutGathering ? from.ReadInt32() : 0;
        if (_gathered < 0 || _gathered >= fitRows) throw new InvalidDataException($"{_gathered} of {fitRows} values of an unknown metric.");
        for (var i = 0; i < _gathered; i++) _late[i] = from.ReadSingle();
    }
}

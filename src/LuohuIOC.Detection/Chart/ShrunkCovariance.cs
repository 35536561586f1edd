namespace LuohuIOC.Detection.Chart;

/// <summary>
/// Running covariance of the smoothed deviations and the inverse of its shrunk, ridged form. Deviations beyond three spreads count as
/// three, so that a fault does not become the yardstick.
/// </summary>
internal sealed class ShrunkCovariance(int size)
{
    private const double ClipSpreads = 3;

    private readonly double[] _sums = new double[size * size];
    private readonly double[] _inverse = new double[size * size];
    private readonly double[] _factor = new double[size * size];
    private readonly double[] _column = new double[size];
    private readonly double[] _clipped = new double[size];

    /// <summary>Root of each metric's variance with its ridge; 0 until <see cref="Invert"/>.</summary>
    public double[] Spread { get; } = new double[size];

    public void Add(ReadOnlySpan<double> deviations, double weight)
    {
        for (var i = 0; i < size; i++)
            _clipped[i] = Spread[i] > 0 ? Math.Clamp(deviations[i], -ClipSpreads * Spread[i], ClipSpreads * Spread[i]) : deviations[i];
        for (var i = 0; i < size; i++)
            for (var j = 0; j <= i; j++)
                _sums[i * size + j] += weight * (_clipped[i] * _clipped[j] - _sums[i * size + j]);
    }

    /// <summary>A metric that was not known before: its own variance, and nothing in common with the others yet.</summary>
    public void Begin(int metric, double variance)
    {
        for (var other = 0; other < size; other++) _sums[Math.Max(metric, other) * size + Math.Min(metric, other)] = other == metric ? variance : 0;
    }

    /// <param name="ridge">Added to each variance.</param>
    /// <param name="share">Share of each covariance that is believed.</param>
    public void Invert(ReadOnlySpan<double> ridge, double share)
    {
        for (var i = 0; i < size; i++)
        {
            Spread[i] = Math.Sqrt(_sums[i * size + i] + ridge[i]);
            for (var j = 0; j <= i; j++)
            {
                var sum = i == j ? Spread[i] * Spread[i] : share * _sums[i * size + j];
                for (var m = 0; m < j; m++) sum -= _factor[i * size + m] * _factor[j * size + m];
                _factor[i * size + j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / _factor[j * size + j];
            }
        }
        for (var c = 0; c < size; c++) SolveUnit(c);
    }

    private void SolveUnit(int unit)
    {
        for (var i = 0; i < size; i++)
        {
            var sum = i == unit ? 1.0 : 0.0;
            for (var m = 0; m < i; m++) sum -= _factor[i * size + m] * _column[m];
            _column[i] = sum / _factor[i * size + i];
        }
        for (var i = size - 1; i >= 0; i--)
        {
            for (var m = i + 1; m < size; m++) _column[i] -= _factor[m * size + i] * _column[m];
            _column[i] /= _factor[i * size + i];
            _inverse[i * size + unit] = _column[i];
        }
    }

    /// <summary>z' Σ⁻¹ z; each metric's part of the sum goes to <paramref name="parts"/>, and parts may be negative.</summary>
    public double Distance(ReadOnlySpan<double> z, Span<double> parts)
    {
        var total = 0.0;
        for (var i = 0; i < size; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < size; j++) sum += _inverse[i * size + j] * z[j];
            parts[i] = z[i] * sum;
            total += parts[i];
        }
        return Math.Max(0, total);
    }

    public void Save(BinaryWriter to)
    {
        foreach (var sum in _sums) to.Write(sum);
        foreach (var spread in Spread) to.Write(spread);
        foreach (var value in _inverse) to.Write(value);
    }

    public void Load(BinaryReader from)
    {
        for (var i = 0; i < _sums.Length; i++) _sums[i] = from.ReadDouble();
        for (var i = 0; i < Spread.Length; i++) Spread[i] = from.ReadDouble();
        for (var i = 0; i < _inverse.Length; i++) _inverse[i] = from.ReadDouble();
    }
}

namespace LuohuIOC.Detection;

/// <summary>
/// The arithmetic of a model on one standardised row; about d × k × 2 multiplications, no allocation after construction.
/// Not for two threads at once: its buffers hold the last row's result.
/// </summary>
internal sealed class PcaScorer(double[] mean, double[] noise, PcaComponent[] components)
{
    private readonly double[] _projection = new double[components.Length];
    private readonly double[] _normal = new double[components.Length * components.Length];

    /// <summary>Residual of each feature in units of its noise; NaN for a feature that the row lacks.</summary>
    public double[] Residual { get; } = new double[mean.Length];

    /// <summary>The row as the model explains it, standardised.</summary>
    public double[] Reconstruction { get; } = new double[mean.Length];

    /// <summary>Sum of the last row's squared residuals.</summary>
    public double SquaredError { get; private set; }

    /// <summary>Root mean square of the residuals in units of their noise, about 1 on ordinary rows. Missing features (NaN) are left out.</summary>
    public double Score(ReadOnlySpan<double> row)
    {
        var missing = false;
        foreach (var value in row) missing |= double.IsNaN(value);
        if (missing) ProjectPresent(row);
        else Project(row);
        for (var k = 0; k < components.Length; k++)
            _projection[k] = Math.Clamp(_projection[k], components[k].Low, components[k].High);
        return Reconstruct(row);
    }

    /// <summary>What ML.NET's RandomizedPca calls the score: the residual's share of the row's length from the mean, 0 to 1.</summary>
    internal double RelativeError(ReadOnlySpan<double> row)
    {
        Project(row);
        var length = 0.0;
        for (var i = 0; i < row.Length; i++) length += (row[i] - mean[i]) * (row[i] - mean[i]);
        var explained = 0.0;
        foreach (var t in _projection) explained += t * t;
        return Math.Sqrt(Math.Max(0, length - explained) / length);
    }

    internal ReadOnlySpan<double> Projection => _projection;

    internal void Project(ReadOnlySpan<double> row)
    {
        for (var k = 0; k < components.Length; k++)
        {
            var weights = components[k].Weights;
            var sum = 0.0;
            for (var i = 0; i < weights.Length; i++) sum += weights[i] * (row[i] - mean[i]);
            _projection[k] = sum;
        }
    }

    /// <summary>The likeliest projection given only the features that are there: least squares with each component's variance as prior.</summary>
    private void ProjectPresent(ReadOnlySpan<double> row)
    {
        var k = components.Length;
        for (var a = 0; a < k; a++)
        {
            var wa = components[a].Weights;
            var right = 0.0;
            for (var i = 0; i < row.Length; i++)
                if (!double.IsNaN(row[i])) right += wa[i] * (row[i] - mean[i]);
            _projection[a] = right;
            for (var b = 0; b <= a; b++)
            {
                var wb = components[b].Weights;
                var sum = 0.0;
                for (var i = 0; i < row.Length; i++)
                    if (!double.IsNaN(row[i])) sum += wa[i] * wb[i];
                _normal[a * k + b] = sum;
            }
            _normal[a * k + a] += MeanNoise() / Math.Max(components[a].Variance, 1e-9);
        }
        SolveCholesky(_normal, _projection, k);
    }

    private double MeanNoise()
    {
        var sum = 0.0;
        foreach (var n in noise) sum += n * n;
        return sum / noise.Length;
    }

    private double Reconstruct(ReadOnlySpan<double> row)
    {
        var sum = 0.0;
        var present = 0;
        for (var i = 0; i < row.Length; i++)
        {
            var value = mean[i];
            for (var k = 0; k < components.Length; k++) value += components[k].Weights[i] * _projection[k];
            Reconstruction[i] = value;
            var residual = (row[i] - value) / noise[i];
            Residual[i] = residual;
            if (double.IsNaN(residual)) continue;
            sum += residual * residual;
            present++;
        }
        SquaredError = sum;
        return present == 0 ? double.NaN : Math.Sqrt(sum / present);
    }

    /// <summary>Solves A x = b in place; A symmetric positive definite, its lower triangle given row by row and overwritten.</summary>
    private static void SolveCholesky(double[] a, double[] x, int n)
    {
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = a[i * n + j];
                for (var m = 0; m < j; m++) sum -= a[i * n + m] * a[j * n + m];
                a[i * n + j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / a[j * n + j];
            }
            for (var m = 0; m < i; m++) x[i] -= a[i * n + m] * x[m];
            x[i] /= a[i * n + i];
        }
        for (var i = n - 1; i >= 0; i--)
        {
            for (var m = i + 1; m < n; m++) x[i] -= a[m * n + i] * x[m];
            x[i] /= a[i * n + i];
        }
    }
}

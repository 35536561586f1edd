namespace LuohuIOC.Detection;

/// <summary>Components, their reach and the noise that they leave, found on a set of standardised rows.</summary>
internal sealed class PcaFit
{
    /// <summary>Residuals are measured in noise, but never in less than this share of a spread: an exact copy of a metric is not exact tomorrow.</summary>
    private const double NoiseMin = 0.05;

    /// <summary>Projections may go this share of their training range beyond it before they count as residual.</summary>
    private const double ReachMargin = 0.1;
    private const int RankMax = 20;

    private PcaFit(double[] mean, double[] noise, PcaComponent[] components)
    {
        Mean = mean;
        Noise = noise;
        Components = components;
    }

    public double[] Mean { get; }

    public double[] Noise { get; }

    public PcaComponent[] Components { get; }

    /// <summary>Fits, leaves out the rows that fit worst, and fits again.</summary>
    public static PcaFit Trimmed(List<float[]> rows, PcaOptions options, double trimmedShare)
    {
        var first = Of(rows, options);
        var scores = first.Scores(rows);
        var limit = Quantiles.Of([.. scores], 1 - trimmedShare);
        return Of([.. rows.Where((_, i) => scores[i] <= limit)], options);
    }

    public double[] Scores(IReadOnlyList<float[]> rows)
    {
        var scorer = new PcaScorer(Mean, Noise, Components);
        var row = new double[Mean.Length];
        var scores = new double[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            for (var j = 0; j < row.Length; j++) row[j] = rows[i][j];
            scores[i] = scorer.Score(row);
        }
        return scores;
    }

    private static PcaFit Of(List<float[]> rows, PcaOptions options)
    {
        var width = rows[0].Length;
        var pca = RandomizedPcaFit.Train(rows, Math.Min(width, RankMax), options.Seed);
        var all = Sound(pca.Vectors).Select(v => Measure(v, pca.Mean, rows)).OrderByDescending(c => c.Variance).ToArray();
        var components = all[..RankFor(all, pca.Mean, rows, options.ExplainedShare)];
        var plain = new PcaScorer(pca.Mean, [.. Enumerable.Repeat(1.0, width)], components);
        return new PcaFit(pca.Mean, NoiseOf(plain, rows, width), components);
    }

    /// <summary>
    /// The vectors that are of length one and at right angles to those before: along directions without variance the randomised
    /// method divides by nothing and returns vectors of any length.
    /// </summary>
    private static List<double[]> Sound(double[][] vectors)
    {
        var sound = new List<double[]>();
        foreach (var vector in vectors)
            if (Math.Abs(Dot(vector, vector) - 1) < 1e-2 && sound.All(s => Math.Abs(Dot(s, vector)) < 1e-2)) sound.Add(vector);
        return sound;
    }

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static PcaComponent Measure(double[] weights, double[] mean, List<float[]> rows)
    {
        var projections = new double[rows.Count];
        var sum = 0.0;
        for (var i = 0; i < rows.Count; i++)
        {
            var t = 0.0;
            for (var j = 0; j < weights.Length; j++) t += weights[j] * (rows[i][j] - mean[j]);
            projections[i] = t;
            sum += t * t;
        }
        Array.Sort(projections);
        var (low, high) = (Quantiles.OfSorted(projections, 0.001), Quantiles.OfSorted(projections, 0.999));
        var margin = ReachMargin * (high - low);
        return new PcaComponent(weights, sum / rows.Count, low - margin, high + margin);
    }

    /// <summary>Fewest components that explain the share; at least one feature's worth is always left as residual.</summary>
    private static int RankFor(PcaComponent[] all, double[] mean, List<float[]> rows, double share)
    {
        var total = 0.0;
        foreach (var row in rows)
            for (var j = 0; j < row.Length; j++) total += (row[j] - mean[j]) * (row[j] - mean[j]);
        total /= rows.Count;
        var explained = 0.0;
        for (var k = 0; k < all.Length; k++)
        {
            explained += all[k].Variance;
            if (explained >= share * total) return Math.Min(k + 1, Math.Max(mean.Length - 1, 1));
        }
        return Math.Min(all.Length, Math.Max(mean.Length - 1, 1));
    }

    private static double[] NoiseOf(PcaScorer plain, List<float[]> rows, int width)
    {
        var squares = new double[width];
        var row = new double[width];
        foreach (var source in rows)
        {
            for (var j = 0; j < width; j++) row[j] = source[j];
            plain.Score(row);
            for (var j = 0; j < width; j++) squares[j] += plain.Residual[j] * plain.Residual[j];
        }
        return Array.ConvertAll(squares, s => Math.Max(NoiseMin, Math.Sqrt(s / rows.Count)));
    }
}

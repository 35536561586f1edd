namespace LuohuIOC.Detection;

/// <summary>Order statistics that a few wild values cannot move.</summary>
internal static class Quantiles
{
    /// <summary>Sorts the values and interpolates between neighbours.</summary>
    public static double Of(double[] values, double share)
    {
        Array.Sort(values);
        return OfSorted(values, share);
    }

    public static double OfSorted(ReadOnlySpan<double> sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return below + 1 < sorted.Length ? sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]) : sorted[^1];
    }

    /// <summary>
    /// Centre and spread in the unit of a standard deviation. The wider of the quartiles and the 5–95 % range, so that a pipe
    /// that is dry three quarters of the time is not measured by its dryness; 0 when the values never change.
    /// </summary>
    public static (double Centre, double Scale) Robust(double[] values)
    {
        Array.Sort(values);
        var scale = Math.Max(
            (OfSorted(values, 0.75) - OfSorted(values, 0.25)) / 1.349,
            (OfSorted(values, 0.95) - OfSorted(values, 0.05)) / 3.29);
        if (scale <= 0)
        {
            var mean = values.Average();
            scale = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / values.Length);
        }
        var centre = OfSorted(values, 0.5);
        return (centre, scale > 1e-9 * Math.Abs(centre) ? scale : 0);
    }
}

namespace LuohuIOC.Detection;

/// <summary>
/// Standardised values stay linear up to about three spreads and grow like a logarithm beyond: a storm that lifts turbidity a
/// hundredfold is large, and does not drown every other metric.
/// </summary>
internal static class SoftScale
{
    private const double Knee = 3;

    public static double Apply(double value, double centre, double scale) => Knee * Math.Asinh((value - centre) / scale / Knee);

    public static double Undo(double standardised, double centre, double scale) => centre + scale * Knee * Math.Sinh(standardised / Knee);
}

namespace LuohuIOC.Simulator.Weather;

/// <summary>
/// Shenzhen's rainstorm intensity formula (2015 revision): <c>i = 8.701·(1 + 0.594·lg P) / (t + 11.13)^0.555</c> in mm/min, with P the return
/// period in years and t the duration in minutes. To confirm: the coefficients were given without a source at hand.
/// </summary>
public static class RainstormFormula
{
    public const double B = 11.13;
    public const double N = 0.555;

    /// <summary>A = 8.701·(1 + 0.594·lg P). P below 0.25 years is taken as 0.25, where the logarithm still leaves some rain.</summary>
    public static double Strength(double returnPeriodYears) => 8.701 * (1 + (0.594 * Math.Log10(Math.Max(returnPeriodYears, 0.25))));

    /// <summary>Mean intensity of the worst <paramref name="minutes"/> in mm/min.</summary>
    public static double Intensity(double returnPeriodYears, double minutes) => Strength(returnPeriodYears) / Math.Pow(minutes + B, N);

    /// <summary>Depth of the worst <paramref name="minutes"/> in mm: P = 50 years, 120 min &gt;&gt; 140 mm.</summary>
    public static double Depth(double returnPeriodYears, double minutes) => Intensity(returnPeriodYears, minutes) * minutes;
}

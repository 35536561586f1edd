namespace LuohuIOC.Simulator.Weather;

/// <summary>
/// Tide at the mouth of the Shenzhen river as the sum of the lunar half-day (M2, 12.4206 h) and the lunisolar day (K1, 23.9345 h).
/// Periods are astronomy; mean level, amplitudes and phases are rounded values of the right size, not fitted to a gauge.
/// </summary>
public static class Tide
{
    public const double MeanMetres = 0.25;
    public const double M2Metres = 0.60;
    public const double K1Metres = 0.38;
    public const double M2Hours = 12.4206012;
    public const double K1Hours = 23.9344696;

    public static double Level(DateTimeOffset at)
    {
        var hours = at.ToUnixTimeMilliseconds() / 3_600_000.0;
        return MeanMetres + (M2Metres * Math.Cos(2 * Math.PI * hours / M2Hours)) + (K1Metres * Math.Cos((2 * Math.PI * hours / K1Hours) - 1.1));
    }
}

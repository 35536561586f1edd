namespace LuohuIOC.Simulator.Weather;

/// <summary>
/// The storm of 2023-09-07, 17:00 to 15:00 on the next day. Recorded: the district's mean depth of 447.8 mm and the 557.6 mm at Donghu
/// street, which <see cref="RainField"/> adds. Synthetic: how the depth is spread over the 22 hours; the hourly record was not at hand.
/// </summary>
public sealed class SeptemberStorm : Hyetograph
{
    public const double DistrictMeanMm = 447.8;
    public const double DonghuMm = 557.6;

    /// <summary>Relative hourly depths from 17:00: a rise in the evening, the first burst before midnight, a second after 02:00, a long tail.</summary>
    private static readonly double[] HourlyWeights = [6, 12, 26, 52, 64, 46, 30, 22, 20, 34, 44, 32, 20, 12, 9, 6, 5, 4, 3, 2, 2, 1];

    private static readonly double[] CumulativeAtHour = Accumulate();

    public override TimeSpan Duration => TimeSpan.FromHours(HourlyWeights.Length);

    public override double Cumulative(TimeSpan sinceStart)
    {
        var hours = Math.Clamp(sinceStart.TotalHours, 0, HourlyWeights.Length);
        var hour = Math.Min((int)hours, HourlyWeights.Length - 1);
        return CumulativeAtHour[hour] + ((hours - hour) * (CumulativeAtHour[hour + 1] - CumulativeAtHour[hour]));
    }

    private static double[] Accumulate()
    {
        var sums = new double[HourlyWeights.Length + 1];
        for (var hour = 0; hour < HourlyWeights.Length; hour++) sums[hour + 1] = sums[hour] + HourlyWeights[hour];
        return [.. sums.Select(s => s * DistrictMeanMm / sums[^1])];
    }
}

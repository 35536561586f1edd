namespace LuohuIOC.Simulator.Weather;

/// <summary>
/// The storm of 2023-09-07, 17:00 to 15:00 on the next day. Recorded: the district's mean depth of 447.8 mm and the 557.6 mm at Donghu
/// street, which <see cref="RainField"/> adds. Synthetic: how the depth is spread over the 22 hours; the hourly record was not at hand.
/// </summary>
public sealed class SeptemberStorm : Hyetograph
{
    public const double DistrictMeanMm = 447.8;
    public const double DonghuMm = 557.6;

    /// <summary>Relative depth of each hour from 17:00: a rise to the burst before 22:00, a second after 03:00, a long tail.</summary>
    private static readonly double[] HourWeights = [5, 10, 22, 46, 108, 54, 24, 16, 14, 26, 44, 30, 16, 10, 8, 6, 4, 3, 3, 2, 2, 1];

    /// <summary>Relative depth of each ten minutes of an hour: rain of this strength comes in bursts.</summary>
    private static readonly double[] BurstWeights = [0.4, 0.7, 1.3, 2.0, 1.1, 0.5];

    private static readonly TimeSpan Slice = TimeSpan.FromMinutes(10);

    private static readonly double[] CumulativeAtSlice = Accumulate();

    public override TimeSpan Duration => TimeSpan.FromHours(HourWeights.Length);

    public override double Cumulative(TimeSpan sinceStart)
    {
        var last = CumulativeAtSlice.Length - 1;
        var slices = Math.Clamp(sinceStart / Slice, 0, last);
        var slice = Math.Min((int)slices, last - 1);
        return CumulativeAtSlice[slice] + ((slices - slice) * (CumulativeAtSlice[slice + 1] - CumulativeAtSlice[slice]));
    }

    private static double[] Accumulate()
    {
        var sums = new List<double> { 0 };
        foreach (var hour in HourWeights)
            foreach (var burst in BurstWeights) sums.Add(sums[^1] + (hour * burst));
        return [.. sums.Select(s => s * DistrictMeanMm / sums[^1])];
    }
}

namespace LuohuIOC.Simulator.City;

/// <summary>One step of the simulated city: how long it is, when it ends, and the weather in it.</summary>
/// <param name="Elapsed">Simulated time since the start, at the step's end.</param>
/// <param name="Local">The simulated clock on the wall, at the step's end.</param>
/// <param name="Step">Length of the step.</param>
/// <param name="Tide">Level at the river's mouth in metres.</param>
/// <param name="RainMm">Rain of this step on each place of <see cref="CitySites"/>.</param>
public sealed record CityMoment(TimeSpan Elapsed, DateTimeOffset Local, TimeSpan Step, double Tide, double[] RainMm)
{
    /// <summary>Hour of the day with its fraction, 0 to 24.</summary>
    public double Hour => Local.TimeOfDay.TotalHours;

    public bool Weekend => Local.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;

    /// <summary>A daily wave of height 1 that peaks at this hour.</summary>
    public double DailyWave(double peakHour) => Math.Cos(2 * Math.PI * (Hour - peakHour) / 24);

    /// <summary>The share of something with this time constant that is gone after the step.</summary>
    public double Fading(TimeSpan constant) => 1 - Math.Exp(-Step / constant);
}

namespace LuohuIOC.Simulator.Weather;

/// <summary>
/// The Chicago hyetograph (Keifer and Chu 1957): around its peak, every duration has the depth that the intensity formula gives for it.
/// With <c>t</c> minutes from the peak and <c>r</c> the share of the time before it, the depth between there and the peak is
/// <c>A·t / (t/r + b)^n</c>, and its derivative is the intensity; after the peak <c>1 − r</c> stands for <c>r</c>.
/// </summary>
public sealed class ChicagoStorm : Hyetograph
{
    private readonly double _strength;
    private readonly double _beforePeak;
    private readonly double _ratio;

    /// <exception cref="ArgumentOutOfRangeException">A period or duration that is not positive, or a peak outside 0 to 1.</exception>
    public ChicagoStorm(double returnPeriodYears, TimeSpan duration, double peakRatio)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(returnPeriodYears);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(peakRatio, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(peakRatio, 1);
        _strength = RainstormFormula.Strength(returnPeriodYears);
        _ratio = peakRatio;
        _beforePeak = duration.TotalMinutes * peakRatio;
        Duration = duration;
    }

    public override TimeSpan Duration { get; }

    public TimeSpan Peak => TimeSpan.FromMinutes(_beforePeak);

    public override double Cumulative(TimeSpan sinceStart)
    {
        var minutes = Math.Clamp(sinceStart.TotalMinutes, 0, Duration.TotalMinutes);
        var rising = FromPeak(_beforePeak, _ratio);
        return minutes <= _beforePeak
            ? rising - FromPeak(_beforePeak - minutes, _ratio)
            : rising + FromPeak(minutes - _beforePeak, 1 - _ratio);
    }

    /// <summary>Intensity in mm/min; 0 outside the storm.</summary>
    public double Intensity(TimeSpan sinceStart)
    {
        var minutes = sinceStart.TotalMinutes;
        if (minutes < 0 || minutes > Duration.TotalMinutes) return 0;
        var scaled = minutes <= _beforePeak ? (_beforePeak - minutes) / _ratio : (minutes - _beforePeak) / (1 - _ratio);
        return _strength * (((1 - RainstormFormula.N) * scaled) + RainstormFormula.B) / Math.Pow(scaled + RainstormFormula.B, 1 + RainstormFormula.N);
    }

    private double FromPeak(double minutes, double share) =>
        _strength * minutes / Math.Pow((minutes / share) + RainstormFormula.B, RainstormFormula.N);
}

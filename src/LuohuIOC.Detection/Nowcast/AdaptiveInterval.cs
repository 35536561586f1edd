namespace LuohuIOC.Detection.Nowcast;

/// <summary>
/// Lowers the lower end of one station's intervals while the water stays below them: a storm or a catchment unlike those that they were
/// calibrated on (after adaptive conformal inference, Gibbs &amp; Candès 2021, with the distance from the value in place of the level). Each
/// forecast is remembered until what it spoke of has come; a wet minute below widens a little, one inside takes a nineteenth of it back.
/// Never narrower than the model's own interval: a quiet hour says nothing about the storm after it. The upper end stays: what comes above it
/// is rain that had not fallen, and the minutes after it are no likelier to be above (docs/NOWCAST.md). For one thread.
/// </summary>
/// <param name="model">Whose forecasts these are.</param>
/// <param name="wet">From this level on a minute is wet, in metres; infinite or NaN where nothing is to be learned.</param>
public sealed class AdaptiveInterval(NowcastModel model, double wet)
{
    /// <summary>Step of the logarithm of the distance: forty minutes of misses make it three times as far.</summary>
    private const double Step = 0.03;

    /// <summary>Share of minutes that may come below.</summary>
    private const double Outside = 0.05;

    private const double TimesMax = 3;

    private readonly Horizon[] _horizons = [.. model.Horizons.Select(h => new Horizon(h.Minutes))];

    /// <summary>The forecasts of a minute, widened by what is known then. Minutes must grow and may be skipped.</summary>
    /// <param name="minute">Now, above 0.</param>
    /// <param name="now">The station's value; NaN when silent.</param>
    /// <param name="floor">No forecast lies below.</param>
    /// <param name="values">As the model gave them, changed in place; empty when there are none.</param>
    public void Apply(long minute, double now, double floor, Span<NowcastValue> values)
    {
        foreach (var horizon in _horizons) horizon.Learn(minute, now, wet);
        for (var h = 0; h < values.Length; h++) values[h] = _horizons[h].Widened(minute, now, floor, values[h]);
    }

    private sealed class Horizon(int ahead)
    {
        private readonly (long Minute, double Now, double Low)[] _made = new (long, double, double)[ahead + 1];
        private double _times;

        public void Learn(long minute, double now, double wet)
        {
            var of = minute - ahead;
            if (of <= 0) return;
            var made = _made[of % _made.Length];
            if (made.Minute != of || !(Math.Max(now, made.Now) >= wet)) return;
            _times = Math.Clamp(_times + (Step * ((now < made.Low ? 1 : 0) - Outside)), 0, Math.Log(TimesMax));
        }

        public NowcastValue Widened(long minute, double now, double floor, NowcastValue value)
        {
            var low = Math.Max(floor, value.Low - (Math.Max(0, value.Value - value.Low) * (Math.Exp(_times) - 1)));
            _made[minute % _made.Length] = (minute, now, low);
            return value with { Low = low };
        }
    }
}

namespace LuohuIOC.Detection.Nowcast;

/// <summary>
/// The millimetres of each minute at one gauge. A reading is the rain since the one before: it is spread over the minutes between, so that
/// a gauge that speaks every five minutes is not four times silent. Readings may come in any order and again; what they make of the minutes
/// does not depend on it.
/// </summary>
/// <param name="minuteMs">Length of a minute.</param>
public sealed class RainMinutes(long minuteMs)
{
    /// <summary>A reading after a longer silence counts for its own minute alone: nobody knows when it fell.</summary>
    public const int SpreadMinutesMax = 15;

    /// <summary>Four hours of a gauge that speaks every quarter of a minute; then the oldest are forgotten.</summary>
    public const int ReadingsMax = 1024;

    private readonly SortedList<long, double> _readings = new(ReadingsMax);

    public long NewestMs => _readings.Count == 0 ? 0 : _readings.Keys[^1];

    public void Observe(long timeMs, double mm)
    {
        if (_readings.Count == ReadingsMax && timeMs <= _readings.Keys[0]) return;
        _readings[timeMs] = mm;
        if (_readings.Count > ReadingsMax) _readings.RemoveAt(0);
    }

    /// <summary>Fills minutes <paramref name="first"/> and following; NaN where no reading speaks of them.</summary>
    public void Fill(long first, Span<double> minutes)
    {
        minutes.Fill(double.NaN);
        var before = long.MinValue;
        foreach (var (timeMs, mm) in _readings)
        {
            var own = timeMs / minuteMs;
            var from = before == long.MinValue || own - before > SpreadMinutesMax ? own : Math.Min(own, before + 1);
            before = own;
            var each = mm / (own - from + 1);
            for (var minute = Math.Max(from, first); minute <= own && minute < first + minutes.Length; minute++)
            {
                ref var at = ref minutes[(int)(minute - first)];
                at = double.IsNaN(at) ? each : at + each;
            }
        }
    }
}

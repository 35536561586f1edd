namespace LuohuIOC.Detection.Nowcast;

/// <summary>
/// The millimetres of each minute at one gauge. A reading is the rain since the one before: it is spread over the minutes between, so that
/// a gauge that speaks every five minutes is not four times silent. Readings may come in any order and again, known by their time and sequence; what they
/// make of the minutes does not depend on it.
/// </summary>
/// <param name="minuteMs">Length of a minute.</param>
public sealed class RainMinutes(long minuteMs)
{
    /// <summary>A reading after a longer silence counts for its own minute alone: nobody knows when it fell.</summary>
    public const int SpreadMinutesMax = 15;

    /// <summary>Four hours of a gauge that speaks every quarter of a minute; then the oldest are forgotten.</summary>
    public const int ReadingsMax = 1024;

    private readonly SortedList<(long TimeMs, long Sequence), double> _readings = new(ReadingsMax);

    public long NewestMs => _readings.Count == 0 ? 0 : _readings.Keys[^1].TimeMs;

    public void Observe(long timeMs, long sequence, double mm)
    {
        if (_readings.Count == ReadingsMax && timeMs <= _readings.Keys[0].TimeMs) return;
        _readings[(timeMs, sequence)] = mm;
        if (_readings.Count > ReadingsMax) _readings.RemoveAt(0);
    }

    /// <summary>Fills minutes <paramref name="first"/> and following; NaN where no reading speaks of them.</summary>
    public void Fill(long first, Span<float> minutes)
    {
        minutes.Fill(float.NaN);
        var before = Nothing;
        foreach (var (known, mm) in _readings) before = Spread(before, known.TimeMs / minuteMs, mm, first, minutes);
    }

    /// <summary>Before the first reading of a gauge, for <see cref="Spread"/>.</summary>
    public const long Nothing = long.MinValue;

    /// <summary>Adds one reading to the minutes that it speaks of; readings must come in order of time. Returns its minute.</summary>
    /// <param name="before">Minute of the reading before, or <see cref="Nothing"/>.</param>
    /// <param name="own">Its own minute.</param>
    /// <param name="mm">The rain since the one before.</param>
    /// <param name="first">Which minute the first place is.</param>
    /// <param name="minutes">Millimetres, NaN where nothing is known yet.</param>
    public static long Spread(long before, long own, double mm, long first, Span<float> minutes)
    {
        var from = before == Nothing || own - before > SpreadMinutesMax ? own : Math.Min(own, before + 1);
        var each = (float)(mm / (own - from + 1));
        for (var minute = Math.Max(from, first); minute <= own && minute < first + minutes.Length; minute++)
        {
            ref var at = ref minutes[(int)(minute - first)];
            at = float.IsNaN(at) ? each : at + each;
        }
        return own;
    }
}

namespace LuohuIOC.Detection.Nowcast;

/// <summary>
/// The millimetres of each minute at one gauge. A reading is the rain since the one before: it is spread over the minutes between, so that
/// a gauge that speaks every five minutes is not four times silent. Readings may come in any order and again, known by their time and sequence; what they
/// make of the minutes does not depend on it.
/// </summary>
/// <param name="minuteMs">Length of a minute.</param>
public sealed class RainMinutes(long minuteMs)
{
    /// <summary>Rain after a longer silence counts for its own minute alone: nobody knows when it fell.</summary>
    public const int SpreadMinutesMax = 15;

    /// <summary>When none fell it is known of every minute since the reading before: of so many, after which a gauge counts as silent.</summary>
    public const int DryMinutesMax = 120;

    /// <summary>A gauge that lets more minutes pass between its readings leaves more than half of the last quarter of an hour unknown before each.</summary>
    public const int SeldomMinutes = 7;

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

    /// <summary>How a gauge speaks at this minute.</summary>
    public GaugePace PaceAt(long minute)
    {
        var at = _readings.Count - 1;
        while (at >= 0 && MinuteOf(at) > minute) at--;
        if (at < 0 || minute - MinuteOf(at) > DryMinutesMax) return GaugePace.Silent;
        var age = minute - MinuteOf(at);
        // A single one says nothing of the pace until it is old.
        if (at == 0) return age > SpreadMinutesMax ? GaugePace.Seldom : GaugePace.Often;
        return MinuteOf(at) - MinuteOf(at - 1) > SeldomMinutes ? GaugePace.Seldom : age > SeldomMinutes ? GaugePace.Silent : GaugePace.Often;
    }

    /// <summary>In the hour before this minute rain came after so long a silence that nobody knows when it fell.</summary>
    public bool HasUntimedRainAt(long minute)
    {
        for (var at = _readings.Count - 1; at > 0 && MinuteOf(at) > minute - 60; at--)
            if (MinuteOf(at) <= minute && AmountAt(at) > 0 && MinuteOf(at) - MinuteOf(at - 1) > SpreadMinutesMax) return true;
        return false;
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
        var from = before == Nothing || own - before > (mm > 0 ? SpreadMinutesMax : DryMinutesMax) ? own : Math.Min(own, before + 1);
        var each = (float)(mm / (own - from + 1));
        for (var minute = Math.Max(from, first); minute <= own && minute < first + minutes.Length; minute++)
        {
            ref var at = ref minutes[(int)(minute - first)];
            at = float.IsNaN(at) ? each : at + each;
        }
        return own;
    }

    private long MinuteOf(int reading) => _readings.Keys[reading].TimeMs / minuteMs;

    private double AmountAt(int reading) => _readings.Values[reading];
}

/// <summary>How often a gauge speaks.</summary>
public enum GaugePace
{
    /// <summary>Not for a while.</summary>
    Silent,

    /// <summary>It is alive, and says too seldom what fell.</summary>
    Seldom,

    Often,
}

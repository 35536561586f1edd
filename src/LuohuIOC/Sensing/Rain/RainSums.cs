using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Sensing.Rain;

/// <summary>
/// The running sums that a gauge tells (SL 651: 26 since some beginning, 20 of the present period), and the rain that follows from their rise for a gauge that
/// tells no rain of its own. A sum that has fallen began again, and all of it is rain; one that fell a little was corrected, and is none.
/// </summary>
[GenerateSerializer, Alias("luohu.rain-sums.v1")]
public sealed class RainSums
{
    /// <summary>A gauge that has told rain itself within this time tells all of it: an hourly report may come late.</summary>
    private const long OwnMs = 3 * 3_600_000;

    /// <summary>Of the rain of a longer pause no more counts than fell in an hour of it on average: nobody knows when the rest fell.</summary>
    private const long PauseMs = 3_600_000;

    private static readonly KindDefinition Gauge = KindCatalogue.Of(SensorKind.RainGauge);
    private static readonly int TotalSlot = Gauge.IndexOf("rain_total"u8);
    private static readonly int PeriodSlot = Gauge.IndexOf("rain_period"u8);

    /// <summary>The slot of rain.</summary>
    internal static readonly byte RainSlot = (byte)Gauge.IndexOf("rain"u8);

    [Id(0)]
    public double Total = double.NaN;

    /// <summary>When it stood so, Unix ms.</summary>
    [Id(1)]
    public long TotalMs;

    [Id(2)]
    public double Period = double.NaN;

    [Id(3)]
    public long PeriodMs;

    /// <summary>When the gauge told rain itself last, Unix ms; 0 when never.</summary>
    [Id(4)]
    public long RainMs;

    /// <summary>Between these times, Unix ms, rain was taken from a sum: what tells it once more does not count.</summary>
    [Id(5)]
    public long FromMs;

    [Id(6)]
    public long UntilMs;

    /// <summary>The rain that the reading judged last counts for, mm; NaN when none.</summary>
    [NonSerialized]
    internal double Told = double.NaN;

    /// <summary>Of the rain of a longer pause what is not in the reading, mm: it fell evenly between these times, Unix ms, for all that is known.</summary>
    [NonSerialized]
    internal double Rest;

    [NonSerialized]
    internal long RestFromMs;

    [NonSerialized]
    internal long RestToMs;

    /// <summary>True when the rain of that time has been counted by a sum.</summary>
    internal bool IsCounted(long timeMs) => timeMs > FromMs && timeMs <= UntilMs;

    internal static bool IsSum(ReadOnlySpan<byte> slots) => slots.IndexOf((byte)TotalSlot) >= 0 || slots.IndexOf((byte)PeriodSlot) >= 0;

    /// <summary>Takes the newest reading; the rain since the one before that its sums tell of, NaN when they tell none.</summary>
    internal double Take(long timeMs, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values)
    {
        Rest = 0;
        if (slots.IndexOf(RainSlot) >= 0 && !IsCounted(timeMs)) RainMs = timeMs;
        var fromMs = slots.IndexOf((byte)TotalSlot) >= 0 ? TotalMs : PeriodMs;
        var ofTotal = Rise(ref Total, ref TotalMs, TotalSlot, timeMs, slots, values);
        var ofPeriod = Rise(ref Period, ref PeriodMs, PeriodSlot, timeMs, slots, values);
        // One sum is followed: both tell of the same rain.
        var rain = slots.IndexOf((byte)TotalSlot) >= 0 ? ofTotal : TotalMs != 0 && timeMs - TotalMs < OwnMs ? double.NaN : ofPeriod;
        if (double.IsNaN(rain) || (RainMs != 0 && timeMs - RainMs < OwnMs)) return double.NaN;
        if (UntilMs == 0 || fromMs > UntilMs) FromMs = fromMs;
        UntilMs = timeMs;
        if (timeMs - fromMs <= PauseMs) return rain;
        var part = rain * PauseMs / (timeMs - fromMs);
        (Rest, RestFromMs, RestToMs) = (rain - part, fromMs, timeMs - PauseMs);
        return part;
    }

    private static double Rise(ref double last, ref long lastMs, int slot, long timeMs, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values)
    {
        var at = slots.IndexOf((byte)slot);
        if (at < 0 || !(values[at] >= Gauge.Metrics[slot].Minimum && values[at] <= Gauge.Metrics[slot].Maximum)) return double.NaN;
        var (before, beforeMs) = (last, lastMs);
        (last, lastMs) = (values[at], timeMs);
        if (double.IsNaN(before)) return double.NaN;
        // 3.4 less 3.2 is 0.2, and not a little less.
        var rise = Math.Round(last >= before ? last - before : last < before / 2 ? last : 0, 3);
        var ofHour = timeMs - beforeMs > PauseMs ? rise * PauseMs / (timeMs - beforeMs) : rise;
        return ofHour <= Gauge.Metrics[RainSlot].Maximum ? rise : double.NaN;
    }
}

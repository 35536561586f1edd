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

    /// <summary>What was counted of windows that a report names; null, nearly always, for a gauge that names none.</summary>
    [Id(7)]
    public RainPieces? Pieces;

    /// <summary>Rain counted by such windows since a sum was told, mm: it is in the next sum's rise.</summary>
    [Id(8)]
    public double SinceSum;

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

    internal static bool IsRain(double millimetres) => millimetres >= Gauge.Metrics[RainSlot].Minimum && millimetres <= Gauge.Metrics[RainSlot].Maximum;

    internal static bool IsSum(ReadOnlySpan<byte> slots) => slots.IndexOf((byte)TotalSlot) >= 0 || slots.IndexOf((byte)PeriodSlot) >= 0;

    /// <summary>
    /// Rain of a window that its report names: what of it counts, mm. Of a reading that tells a sum, too, the sum's rise counts, and beside it only what must have fallen in the window
    /// all the same, in case that the sum stands still.
    /// </summary>
    /// <param name="fromMs">Where the window begins, Unix ms.</param>
    /// <param name="timeMs">When the reading counts.</param>
    /// <param name="millimetres">Rain in the window.</param>
    /// <param name="rise">What <see cref="Take"/> has told of the reading's sums; NaN when nothing.</param>
    internal double TakeWindow(long fromMs, long timeMs, double millimetres, double rise)
    {
        Pieces ??= new RainPieces();
        if (double.IsNaN(rise))
        {
            var rest = Pieces.Take(fromMs, timeMs, millimetres);
            if (timeMs > Math.Max(TotalMs, PeriodMs)) SinceSum += rest;
            return rest;
        }
        var more = Pieces.LeastNew(fromMs, timeMs, millimetres);
        if (more == 0) return rise;
        Pieces.Add(fromMs, timeMs, more);
        // Of a long pause's rain more fell at its end than evenly.
        Rest = Math.Max(0, Rest - more);
        return rise + more;
    }

    /// <summary>Takes the newest reading; the rain since the one before that its sums tell of, and that was not counted, NaN when they tell none.</summary>
    /// <param name="timeMs">When it counts, Unix ms.</param>
    /// <param name="slots">Its metrics.</param>
    /// <param name="values">Their values.</param>
    /// <param name="isOfWindow">Its rain is that of a window, and not all that fell since the last.</param>
    internal double Take(long timeMs, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values, bool isOfWindow = false)
    {
        Rest = 0;
        if (slots.IndexOf(RainSlot) >= 0 && !isOfWindow && !IsCounted(timeMs)) RainMs = timeMs;
        var hasTotal = slots.IndexOf((byte)TotalSlot) >= 0;
        var fromMs = hasTotal ? TotalMs : PeriodMs;
        var ofTotal = Rise(ref Total, ref TotalMs, TotalSlot, timeMs, slots, values);
        var ofPeriod = Rise(ref Period, ref PeriodMs, PeriodSlot, timeMs, slots, values);
        // One sum is followed: both tell of the same rain.
        var isOfOther = !hasTotal && TotalMs != 0 && timeMs - TotalMs < OwnMs;
        var rain = hasTotal ? ofTotal : isOfOther ? double.NaN : ofPeriod;
        var counted = SinceSum;
        if (!isOfOther && IsSum(slots)) SinceSum = 0;
        if (double.IsNaN(rain) || (RainMs != 0 && timeMs - RainMs < OwnMs)) return double.NaN;
        if (counted > 0) rain = Math.Round(Math.Max(0, rain - counted), 3);
        if (UntilMs == 0 || fromMs > UntilMs) FromMs = fromMs;
        UntilMs = timeMs;
        var part = rain;
        if (timeMs - fromMs > PauseMs)
        {
            part = rain * PauseMs / (timeMs - fromMs);
            (Rest, RestFromMs, RestToMs) = (rain - part, fromMs, timeMs - PauseMs);
        }
        Pieces?.Add(Math.Max(fromMs, timeMs - PauseMs), timeMs, part);
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

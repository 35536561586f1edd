namespace LuohuIOC.Sensing.Rain;

/// <summary>Brings the rain into a gauge's reading that its sums tell of, and takes out what has been counted already.</summary>
internal static class RainFall
{
    private const long MinuteMs = 60_000;

    /// <param name="state">The gauge's state; <see cref="RainSums.Told"/> becomes what the reading counts for.</param>
    /// <param name="arrival">Where the reading stands.</param>
    /// <param name="timeMs">When it counts.</param>
    /// <param name="minutes">Of how many minutes its rain is (<see cref="Ingestion.ReadingGroup.RainMinutesOf"/>).</param>
    /// <param name="isUncounted">Its rain has not been counted yet.</param>
    /// <param name="slots">Its metrics, and then those that are judged.</param>
    /// <param name="values">Their values.</param>
    public static void Take(SensorState state, Arrival arrival, long timeMs, int minutes, bool isUncounted, ref ReadOnlySpan<byte> slots, ref ReadOnlySpan<double> values)
    {
        var at = slots.IndexOf(RainSums.RainSlot);
        var isOfWindow = at >= 0 && minutes != 0;
        if (state.Sums is null)
        {
            if (!isOfWindow && (!RainSums.IsSum(slots) || arrival != Arrival.Latest)) return;
            var rainMs = state.Latest.Length > RainSums.RainSlot && double.IsFinite(state.Latest[RainSums.RainSlot]) ? state.LatestTimes![RainSums.RainSlot] : 0;
            state.Sums = new RainSums { RainMs = rainMs };
        }
        var sums = state.Sums;
        if (isOfWindow) sums.Pieces ??= new RainPieces();
        sums.Told = at < 0 ? double.NaN : values[at];
        if (at >= 0 && sums.IsCounted(timeMs))
        {
            sums.Told = double.NaN;
            slots = Without(slots, at);
            values = Without(values, at);
            (at, isOfWindow) = (-1, false);
        }
        // A value out of range says nothing; what the sums have risen meanwhile is in their next rise.
        if (isOfWindow && !RainSums.IsRain(values[at])) return;
        var rain = arrival == Arrival.Latest ? sums.Take(timeMs, slots, values, isOfWindow: isOfWindow && minutes > 0) : double.NaN;
        if (isOfWindow && isUncounted) rain = sums.TakeWindow(timeMs - (Math.Abs(minutes) * MinuteMs), timeMs, values[at], rain);
        if (double.IsNaN(rain)) return;
        sums.Told = rain;
        if (at >= 0)
        {
            var judged = values.ToArray();
            judged[at] = rain;
            values = judged;
            return;
        }
        slots = (byte[])[.. slots, RainSums.RainSlot];
        values = (double[])[.. values, rain];
    }

    private static T[] Without<T>(ReadOnlySpan<T> all, int at) => [.. all[..at], .. all[(at + 1)..]];
}

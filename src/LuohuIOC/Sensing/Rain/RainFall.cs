namespace LuohuIOC.Sensing.Rain;

/// <summary>Brings the rain into a gauge's reading that its sums tell of, and takes out what a sum has told already.</summary>
internal static class RainFall
{
    /// <param name="state">The gauge's state; <see cref="RainSums.Told"/> becomes what the reading counts for.</param>
    /// <param name="arrival">Where the reading stands.</param>
    /// <param name="timeMs">When it counts.</param>
    /// <param name="slots">Its metrics, and then those that are judged.</param>
    /// <param name="values">Their values.</param>
    public static void Take(SensorState state, Arrival arrival, long timeMs, ref ReadOnlySpan<byte> slots, ref ReadOnlySpan<double> values)
    {
        var at = slots.IndexOf(RainSums.RainSlot);
        if (state.Sums is null)
        {
            if (!RainSums.IsSum(slots) || arrival != Arrival.Latest) return;
            var rainMs = state.Latest.Length > RainSums.RainSlot && double.IsFinite(state.Latest[RainSums.RainSlot]) ? state.LatestTimes![RainSums.RainSlot] : 0;
            state.Sums = new RainSums { RainMs = rainMs };
        }
        state.Sums.Told = at < 0 ? double.NaN : values[at];
        if (at >= 0 && state.Sums.IsCounted(timeMs))
        {
            state.Sums.Told = double.NaN;
            slots = Without(slots, at);
            values = Without(values, at);
        }
        if (arrival != Arrival.Latest) return;
        var rain = state.Sums.Take(timeMs, slots, values);
        if (double.IsNaN(rain)) return;
        state.Sums.Told = rain;
        slots = (byte[])[.. slots, RainSums.RainSlot];
        values = (double[])[.. values, rain];
    }

    private static T[] Without<T>(ReadOnlySpan<T> all, int at) => [.. all[..at], .. all[(at + 1)..]];
}

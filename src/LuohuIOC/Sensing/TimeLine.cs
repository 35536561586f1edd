using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing;

/// <summary>Places readings in a sensor's time line: newest, late or seen before.</summary>
public static class TimeLine
{
    /// <summary>
    /// Identities remembered. A gateway that lost its connection sends its unacknowledged publishes again, rarely more
    /// than this many of one sensor; an older one is late by its time anyway.
    /// </summary>
    private const int RecentCount = 8;

    /// <summary>
    /// Readings of a clock that runs ahead are in the order of that clock: one from before the latest was sent again. A
    /// clock that jumps back by more than this was set, and must not lock its sensor out until it has caught up.
    /// </summary>
    internal const long ResendWindowMs = 600_000;

    /// <summary>The device's clock is wrong: further ahead than two clocks ordinarily differ.</summary>
    public static bool IsAhead(long deviceTimeMs, long receivedMs) => deviceTimeMs - receivedMs > ReadingClock.AheadToleranceMs;

    /// <summary>The time that the newest reading counts as, Unix ms: the device's, as far as its clock is believed.</summary>
    internal static long TimeOf(SensorState state, long deviceTimeMs, long receivedMs) =>
        state.SetBack is { IsBelieved: true } clock ? clock.TimeOf(deviceTimeMs, receivedMs) : ReadingClock.EffectiveMs(deviceTimeMs, receivedMs);

    /// <summary>Decides where the reading belongs and remembers its identity; moves nothing else.</summary>
    internal static Arrival Place(SensorState state, long deviceTimeMs, long sequence, long receivedMs)
    {
        if (state.HeardMs != 0 && Seen(state, deviceTimeMs, sequence)) return Arrival.Duplicate;
        var isLatest = state.HeardMs == 0 || IsNewer(state, deviceTimeMs, sequence, receivedMs);
        if (isLatest) state.SetBack?.End();
        else isLatest = (state.SetBack ??= new SetBackClock()).Takes(deviceTimeMs, sequence, receivedMs);
        Remember(state, deviceTimeMs, sequence);
        return isLatest ? Arrival.Latest : Arrival.Late;
    }

    /// <summary>
    /// True when the reading, which was not seen before, comes after another in the device's own order. A set of factors (HJ 212 without packet numbers)
    /// has no place before or behind another of its time: what comes then is newer.
    /// </summary>
    internal static bool IsBehind(long deviceTimeMs, long sequence, long otherMs, long otherSequence) =>
        deviceTimeMs != otherMs ? deviceTimeMs > otherMs : sequence > otherSequence || Hj212Sequence.IsOfFactors(sequence);

    private static bool IsNewer(SensorState state, long deviceTimeMs, long sequence, long receivedMs)
    {
        var isBehind = IsBehind(deviceTimeMs, sequence, state.DeviceMs, state.Sequence);
        if (!IsAhead(deviceTimeMs, receivedMs))
            return deviceTimeMs > state.LatestMs || (deviceTimeMs == state.LatestMs && isBehind);
        if (isBehind) return true;
        var isResent = state.ClockAhead && state.DeviceMs - deviceTimeMs <= ResendWindowMs;
        return !isResent && receivedMs > state.LatestMs;
    }

    private static bool Seen(SensorState state, long deviceTimeMs, long sequence)
    {
        if (deviceTimeMs == state.DeviceMs && sequence == state.Sequence) return true;
        var times = state.Recent.AsSpan(0, RecentCount);
        if (!times.Contains(deviceTimeMs)) return false;
        for (var i = 0; i < RecentCount; i++)
            if (times[i] == deviceTimeMs && state.Recent[RecentCount + i] == sequence) return true;
        return false;
    }

    private static void Remember(SensorState state, long deviceTimeMs, long sequence)
    {
        if (state.Recent.Length == 0) state.Recent = new long[2 * RecentCount];
        state.Recent[state.RecentNext] = deviceTimeMs;
        state.Recent[RecentCount + state.RecentNext] = sequence;
        state.RecentNext = (byte)((state.RecentNext + 1) % RecentCount);
    }
}

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

    /// <summary>A clock that jumps back by more than this, and goes on from there, was set.</summary>
    internal const long ResendWindowMs = 600_000;

    /// <summary>
    /// Readings of a clock that runs ahead are in the order of that clock: what lies before the latest was sent again, and a gateway may send hours of
    /// readings again. From farther back a clock was set, and must not lock its sensor out until it has caught up; one that was set by less, and is still
    /// ahead, is believed when <see cref="SetBackClock"/> has seen its pace.
    /// </summary>
    private const long AheadResendWindowMs = 86_400_000;

    // No sequence is the least number there is: its other bits are free.
    private const long SlotsOfMoment = long.MaxValue;

    /// <summary>The device's clock is wrong: further ahead than two clocks ordinarily differ.</summary>
    public static bool IsAhead(long deviceTimeMs, long receivedMs) => deviceTimeMs - receivedMs > ReadingClock.AheadToleranceMs;

    /// <summary>The time that the newest reading counts as, Unix ms: the device's, as far as its clock is believed.</summary>
    internal static long TimeOf(SensorState state, long deviceTimeMs, long receivedMs) =>
        state.SetBack is { IsBelieved: true } clock ? clock.TimeOf(deviceTimeMs, receivedMs) : ReadingClock.EffectiveMs(deviceTimeMs, receivedMs);

    /// <summary>Decides where the reading belongs and remembers its identity; moves nothing else.</summary>
    /// <param name="state">The sensor's state.</param>
    /// <param name="deviceTimeMs">Time that the device gave, Unix ms.</param>
    /// <param name="sequence">Its sequence or <see cref="ReadingGroup.NoSequence"/>.</param>
    /// <param name="receivedMs">When it was received, Unix ms.</param>
    /// <param name="slots">Its metrics, a bit a slot.</param>
    /// <param name="amounts">Those that are amounts.</param>
    internal static Arrival Place(SensorState state, long deviceTimeMs, long sequence, long receivedMs, ulong slots = 0, ulong amounts = 0)
    {
        if (state.HeardMs != 0 && Seen(state, deviceTimeMs, sequence, out var at))
        {
            if (at < 0 || sequence != ReadingGroup.NoSequence || !Completes(ref state.Recent[RecentCount + at], slots, amounts)) return Arrival.Duplicate;
            return deviceTimeMs == state.DeviceMs && state.Sequence == ReadingGroup.NoSequence ? Arrival.Latest : Arrival.Late;
        }
        var isLatest = state.HeardMs == 0 || IsNewer(state, deviceTimeMs, sequence, receivedMs);
        if (isLatest) state.SetBack?.End();
        else isLatest = (state.SetBack ??= new SetBackClock()).Takes(deviceTimeMs, sequence, receivedMs);
        Remember(state, deviceTimeMs, sequence, slots);
        return isLatest ? Arrival.Latest : Arrival.Late;
    }

    /// <summary>
    /// True when the reading, which was not seen before, comes after another in the device's own order. A set of factors (HJ 212 without packet numbers)
    /// has no place before or behind another of its time: what comes then is newer.
    /// </summary>
    internal static bool IsBehind(long deviceTimeMs, long sequence, long otherMs, long otherSequence) =>
        deviceTimeMs != otherMs ? deviceTimeMs > otherMs : IsAfter(sequence, otherSequence) || Hj212Sequence.IsOfFactors(sequence);

    // Serials of SL 651 have 16 bits and its observation times whole minutes: 1 comes behind 65535.
    private static bool IsAfter(long sequence, long other) =>
        sequence >= 0 && other >= 0 && sequence <= ushort.MaxValue && other <= ushort.MaxValue ? (short)(ushort)(sequence - other) > 0 : sequence > other;

    private static bool IsNewer(SensorState state, long deviceTimeMs, long sequence, long receivedMs)
    {
        var isBehind = IsBehind(deviceTimeMs, sequence, state.DeviceMs, state.Sequence);
        if (!IsAhead(deviceTimeMs, receivedMs))
            return deviceTimeMs > state.LatestMs || (deviceTimeMs == state.LatestMs && isBehind);
        if (isBehind) return true;
        var isResent = state.ClockAhead && state.DeviceMs - deviceTimeMs <= AheadResendWindowMs;
        return !isResent && receivedMs > state.LatestMs;
    }

    /// <param name="state">The sensor's state.</param>
    /// <param name="deviceTimeMs">Identity: the device's time.</param>
    /// <param name="sequence">Identity: the sequence.</param>
    /// <param name="at">Where it is remembered; −1 when it is only known to be the latest.</param>
    private static bool Seen(SensorState state, long deviceTimeMs, long sequence, out int at)
    {
        at = -1;
        var isLatest = deviceTimeMs == state.DeviceMs && sequence == state.Sequence;
        if (state.Recent.Length == 0) return isLatest;
        var times = state.Recent.AsSpan(0, RecentCount);
        if (!isLatest && !times.Contains(deviceTimeMs)) return false;
        for (at = RecentCount - 1; at >= 0; at--)
            if (times[at] == deviceTimeMs && (state.Recent[RecentCount + at] is < 0 and var moment ? moment & ReadingGroup.NoSequence : state.Recent[RecentCount + at]) == sequence) return true;
        return isLatest;
    }

    /// <summary>
    /// A device without sequences may spread what it measured at one moment over several messages: what brings metrics that have not come of that moment is
    /// no repetition. Rain is, whatever comes with it the second time: it must not fall twice.
    /// </summary>
    private static bool Completes(ref long moment, ulong slots, ulong amounts)
    {
        var known = (ulong)(moment & SlotsOfMoment);
        slots &= SlotsOfMoment;
        if (known == 0 || (slots & ~known) == 0 || (slots & known & amounts) != 0) return false;
        moment |= (long)slots;
        return true;
    }

    private static void Remember(SensorState state, long deviceTimeMs, long sequence, ulong slots)
    {
        if (state.Recent.Length == 0) state.Recent = new long[2 * RecentCount];
        state.Recent[state.RecentNext] = deviceTimeMs;
        state.Recent[RecentCount + state.RecentNext] = sequence == ReadingGroup.NoSequence ? sequence | (long)(slots & SlotsOfMoment) : sequence;
        state.RecentNext = (byte)((state.RecentNext + 1) % RecentCount);
    }
}

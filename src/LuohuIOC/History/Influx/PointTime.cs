using LuohuIOC.Ingestion;

namespace LuohuIOC.History.Influx;

/// <summary>
/// Where a reading lies on its series. InfluxDB keeps one point for each series and nanosecond, and what is written again replaces
/// itself: a reading that is always written to the same nanosecond is stored once however often it comes. Devices give
/// milliseconds; the six digits below hold the sequence number, so that several readings of one millisecond stay apart. Two sequence
/// numbers of one sensor and millisecond that differ by a multiple of <see cref="SequencePlaces"/> would be taken for one.
/// </summary>
internal static class PointTime
{
    public const long NsPerMs = 1_000_000;

    /// <summary>Sequence numbers that stay apart.</summary>
    public const long SequencePlaces = 899_999;

    /// <summary>From here on in a millisecond lie readings whose device time is not believed (<see cref="AheadPlaces"/>).</summary>
    public const long FirstAheadPlace = 900_000;

    private const long EarliestMs = -9_223_372_036_000;
    private const long LatestMs = 9_223_372_036_000;

    /// <summary>1732233600000 ms, sequence 7 → 1732233600000000008 ns; without a sequence 1732233600000000000.</summary>
    public static long Of(long timeMs, long sequence) =>
        timeMs * NsPerMs + (sequence == ReadingGroup.NoSequence ? 0 : 1 + (sequence % SequencePlaces + SequencePlaces) % SequencePlaces);

    /// <summary>Beginning of a millisecond; times beyond InfluxDB's calendar (1677 to 2262) move to its nearer end.</summary>
    public static long OfMs(long timeMs) => Math.Clamp(timeMs, EarliestMs, LatestMs) * NsPerMs;

    public static long MsOf(long ns) => Math.DivRem(ns, NsPerMs) is var (ms, rest) && rest < 0 ? ms - 1 : ns / NsPerMs;
}

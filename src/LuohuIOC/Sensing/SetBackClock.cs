using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing;

/// <summary>
/// A device whose clock was set back (a time zone taken off, a clock that lost its battery) sends what looks older than what is known of it. Left late,
/// its readings would feed no rule until that clock has caught up: a flood would pass unseen for hours. What a gateway sends again looks old too, but
/// comes in a burst, or between newer readings; readings that come one after the other at the pace of the clock on the wall, and nothing newer
/// with them, are taken for the present and marked doubtful for their clock.
/// </summary>
[GenerateSerializer, Alias("luohu.set-back-clock.v1")]
public sealed class SetBackClock
{
    /// <summary>So long nothing newer may have come before old readings are believed to be new.</summary>
    public const long WatchMs = 300_000;

    /// <summary>Fewer readings show no pace.</summary>
    public const int WatchReadings = 3;

    /// <summary>Receipt of the first reading of the series, Unix ms.</summary>
    [Id(0)]
    public long FromMs;

    [Id(1)]
    public long FromDeviceMs;

    /// <summary>The series' newest reading by the device's clock, Unix ms.</summary>
    [Id(2)]
    public long DeviceMs;

    /// <summary>The shortest way from the device's time to the receipt: what its clock is wrong by, at most.</summary>
    [Id(3)]
    public long BehindMs;

    /// <summary>Seen of the series, counted up to <see cref="WatchReadings"/>; 0 while there is none.</summary>
    [Id(4)]
    public int Readings;

    [Id(5)]
    public bool IsBelieved;

    /// <summary>Sequence of the series' newest reading: several of one time come one after the other.</summary>
    [Id(6)]
    public long Sequence;

    /// <summary>Receipt of the last reading that was believed, Unix ms.</summary>
    [Id(7)]
    public long TakenMs;

    /// <summary>The reading's time by a right clock, never after its receipt. Unix ms.</summary>
    internal long TimeOf(long deviceTimeMs, long receivedMs) => Math.Min(receivedMs, deviceTimeMs + BehindMs);

    /// <summary>Something newer came: all is in order.</summary>
    internal void End() => (Readings, IsBelieved) = (0, false);

    /// <summary>Looks at a reading that is older than the newest known; true when it is of the present all the same.</summary>
    internal bool Takes(long deviceTimeMs, long sequence, long receivedMs)
    {
        // The host's own clock was set back, and nothing of the series can be compared with what is received now.
        if (FromMs - receivedMs > ReadingClock.AheadToleranceMs) End();
        var isNext = TimeLine.IsBehind(deviceTimeMs, sequence, DeviceMs, Sequence);
        if (IsBelieved) return TakesBelieved(isNext, deviceTimeMs, sequence, receivedMs);
        if (Readings == 0 || !isNext)
        {
            // A reading sent again, or a clock set back once more.
            if (Readings == 0 || DeviceMs - deviceTimeMs > TimeLine.ResendWindowMs) Begin(deviceTimeMs, sequence, receivedMs);
            return false;
        }
        Move(deviceTimeMs, sequence, receivedMs);
        Readings = Math.Min(Readings + 1, WatchReadings);
        var took = receivedMs - FromMs;
        if (took < WatchMs || Readings < WatchReadings) return false;
        var passed = deviceTimeMs - FromDeviceMs;
        IsBelieved = passed >= took / 2 && passed <= took * 3 / 2 + ReadingClock.AheadToleranceMs;
        if (IsBelieved) TakenMs = receivedMs;
        else Begin(deviceTimeMs, sequence, receivedMs);
        return IsBelieved;
    }

    // What the device stored before its clock was set back lies between that clock and now: it is behind by less, and late.
    private bool TakesBelieved(bool isNext, long deviceTimeMs, long sequence, long receivedMs)
    {
        if (isNext && receivedMs - deviceTimeMs >= BehindMs - ReadingClock.AheadToleranceMs)
        {
            Move(deviceTimeMs, sequence, receivedMs);
            TakenMs = receivedMs;
            return true;
        }
        // The clock has been set to something else again when nothing of the series comes any more.
        if (receivedMs - TakenMs >= WatchMs && (isNext || DeviceMs - deviceTimeMs > TimeLine.ResendWindowMs)) Begin(deviceTimeMs, sequence, receivedMs);
        return false;
    }

    private void Move(long deviceTimeMs, long sequence, long receivedMs)
    {
        (DeviceMs, Sequence) = (deviceTimeMs, sequence);
        BehindMs = Math.Min(BehindMs, receivedMs - deviceTimeMs);
    }

    private void Begin(long deviceTimeMs, long sequence, long receivedMs)
    {
        (FromMs, FromDeviceMs, DeviceMs, Sequence) = (receivedMs, deviceTimeMs, deviceTimeMs, sequence);
        (BehindMs, Readings, IsBelieved) = (receivedMs - deviceTimeMs, 1, false);
    }
}

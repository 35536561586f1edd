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

    /// <summary>The reading's time by a right clock, never after its receipt. Unix ms.</summary>
    internal long TimeOf(long deviceTimeMs, long receivedMs) => Math.Min(receivedMs, deviceTimeMs + BehindMs);

    /// <summary>Something newer came: all is in order.</summary>
    internal void End() => (Readings, IsBelieved) = (0, false);

    /// <summary>Looks at a reading that is older than the newest known; true when it is of the present all the same.</summary>
    internal bool Takes(long deviceTimeMs, long receivedMs)
    {
        if (Readings == 0 || deviceTimeMs <= DeviceMs)
        {
            // A reading sent again, or a clock set back once more.
            if (Readings == 0 || DeviceMs - deviceTimeMs > TimeLine.ResendWindowMs) Begin(deviceTimeMs, receivedMs);
            return false;
        }
        DeviceMs = deviceTimeMs;
        BehindMs = Math.Min(BehindMs, receivedMs - deviceTimeMs);
        if (IsBelieved) return true;
        Readings = Math.Min(Readings + 1, WatchReadings);
        var took = receivedMs - FromMs;
        if (took < WatchMs || Readings < WatchReadings) return false;
        var passed = deviceTimeMs - FromDeviceMs;
        IsBelieved = passed >= took / 2 && passed <= took * 3 / 2 + ReadingClock.AheadToleranceMs;
        if (!IsBelieved) Begin(deviceTimeMs, receivedMs);
        return IsBelieved;
    }

    private void Begin(long deviceTimeMs, long receivedMs)
    {
        (FromMs, FromDeviceMs, DeviceMs) = (receivedMs, deviceTimeMs, deviceTimeMs);
        (BehindMs, Readings, IsBelieved) = (receivedMs - deviceTimeMs, 1, false);
    }
}

namespace LuohuIOC.DeviceProtocol.Frames;

/// <summary>Calendar time as stations write it: Beijing time, no zone on the wire.</summary>
public static class ChinaTime
{
    private const long OffsetMs = 8 * 3_600_000L;

    private static readonly long EpochTicks = DateTime.UnixEpoch.Ticks;

    /// <summary>Unix ms of a moment in Beijing; false when it is not in the calendar.</summary>
    public static bool TryUnixMs(int year, int month, int day, int hour, int minute, int second, out long unixMs)
    {
        unixMs = 0;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if ((uint)hour > 23 || (uint)minute > 59 || (uint)second > 59) return false;
        unixMs = ((new DateTime(year, month, day, hour, minute, second).Ticks - EpochTicks) / TimeSpan.TicksPerMillisecond) - OffsetMs;
        return true;
    }

    /// <summary>The wall clock in Beijing at a moment, Unix ms.</summary>
    public static DateTime Of(long unixMs) => DateTime.UnixEpoch.AddMilliseconds(unixMs + OffsetMs);
}

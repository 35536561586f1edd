using LuohuIOC.History.Queries;

namespace LuohuIOC.History.Upkeep;

/// <summary>
/// Which time days are counted back from: this host's clock only where a device confirms it, else the newest time that a device gave. A clock that is wrong for a night
/// deletes nothing before its time.
/// </summary>
internal static class RetentionClock
{
    /// <summary>How far the host's clock may be from the nearest time of a device.</summary>
    public const int Days = 2;

    public const long DayMs = 86_400_000;

    /// <summary>Now, Unix ms, as far as the newest time of a device confirms it.</summary>
    public static long Believed(long nowMs, long newestMs, ILogger log)
    {
        if (newestMs >= nowMs - Days * DayMs) return nowMs;
        log.LogWarning(
            "Retention counts from {Newest:yyyy-MM-dd HH:mm}, the newest time that a device gave, and not from this host's clock, {Now:yyyy-MM-dd HH:mm}: no device gives a time within {Days} days of it. "
            + "Set the clock right if it is wrong. If it is right, see that devices send and that their clocks are right; what is due is deleted the night after.",
            Local(newestMs), Local(nowMs), Days);
        return newestMs;
    }

    /// <summary>Shanghai's.</summary>
    public static DateTimeOffset Local(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms).ToOffset(TimeSpan.FromMilliseconds(Every.ShanghaiMs));
}

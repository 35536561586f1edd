namespace LuohuIOC.Ingestion;

/// <summary>Which time a reading counts as: devices' clocks may run ahead of the server's, but never pull time forward.</summary>
public static class ReadingClock
{
    /// <summary>Farther ahead of its receipt than this, a device's time is not believed.</summary>
    public const long AheadToleranceMs = 60_000;

    /// <summary>The device's time, or the time of receipt when the device's clock is too far ahead. Unix milliseconds.</summary>
    public static long EffectiveMs(long deviceMs, long receivedMs) => deviceMs <= receivedMs + AheadToleranceMs ? deviceMs : receivedMs;
}

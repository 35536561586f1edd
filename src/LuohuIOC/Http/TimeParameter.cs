using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Http;

/// <summary>A time from outside, as <see cref="TimeText"/> reads it; without an offset it is Shanghai's time, a date alone its midnight there.</summary>
internal static class TimeParameter
{
    /// <summary>Shanghai before UTC.</summary>
    public const long ShanghaiMs = 8 * 3_600_000;

    public static readonly TimeSpan ShanghaiOffset = TimeSpan.FromMilliseconds(ShanghaiMs);

    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.CreateCustomTimeZone("UTC+8", TimeSpan.FromMilliseconds(ShanghaiMs), "UTC+8", "UTC+8");

    public static bool TryParse(string text, out long ms)
    {
        var isTime = TimeText.TryParse(text, Shanghai, out var time);
        ms = isTime ? time.ToUnixTimeMilliseconds() : 0;
        return isTime;
    }

    /// <summary>ISO 8601, finer than milliseconds where it is written so.</summary>
    public static bool TryParseIso(string text, out DateTimeOffset time) => TimeText.TryParseIso(text, Shanghai, out time);
}

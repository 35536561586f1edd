using System.Globalization;

namespace LuohuIOC.Http;

/// <summary>A time in a query: Unix milliseconds, or ISO 8601; without an offset it is Shanghai's time, a date alone its midnight there.</summary>
internal static class TimeParameter
{
    /// <summary>Shanghai before UTC.</summary>
    public const long ShanghaiMs = 8 * 3_600_000;

    public static bool TryParse(string text, out long ms)
    {
        // Four digits are meant as a year, which is not enough of a time.
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out ms)) return text.Length != 4;
        // A plus that was not escaped arrives as a blank: 2024-11-22T08:00:00 08:00.
        if (text.Length > 6 && text[^6] == ' ' && text[^3] == ':') text = $"{text[..^6]}+{text[^5..]}";
        if (text.Length < 10 || !DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)) return false;
        ms = time.Kind switch
        {
            DateTimeKind.Unspecified => new DateTimeOffset(time, TimeSpan.Zero).ToUnixTimeMilliseconds() - ShanghaiMs,
            _ => new DateTimeOffset(time.ToUniversalTime()).ToUnixTimeMilliseconds(),
        };
        return true;
    }
}

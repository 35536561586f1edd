using System.Globalization;
using System.Text.RegularExpressions;

namespace LuohuIOC.DeviceProtocol;

/// <summary>
/// A time that people or programs have written, in a query, a body or a file: Unix milliseconds, or ISO 8601 in its extended form; without an offset it
/// is the zone's time, a date alone its midnight there. Nothing is guessed: a time that was meant otherwise would be believed, and the order of 01/02 is
/// anybody's.
/// </summary>
public static partial class TimeText
{
    private static readonly long EndMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private static readonly string[] LocalForms = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF"];

    /// <summary>Reads either; finer than milliseconds where it is written so.</summary>
    public static bool TryParse(string text, TimeZoneInfo zone, out DateTimeOffset time)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ms)) return TryParseIso(text, zone, out time);
        time = default;
        if (!IsUnixMs(ms)) return false;
        time = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        return true;
    }

    /// <summary>
    /// Thirteen digits, which are the years 2001 to 2286, or 0 for the beginning of all there is, or fifteen for an end that never comes. Others are a time
    /// in another writing: a year, 20261129, seconds, 20261129080000.
    /// </summary>
    public static bool IsUnixMs(long ms) => ms is 0 or (>= 1_000_000_000_000 and <= 9_999_999_999_999) || (ms >= 100_000_000_000_000 && ms <= EndMs);

    /// <summary>ISO 8601, finer than milliseconds where it is written so.</summary>
    public static bool TryParseIso(string text, TimeZoneInfo zone, out DateTimeOffset time)
    {
        time = default;
        var match = Iso().Match(text);
        if (!match.Success) return false;
        var clock = match.Groups["clock"];
        var local = clock.Success ? $"{match.Groups["day"].Value}T{clock.Value}{match.Groups["fraction"].Value}" : match.Groups["day"].Value;
        if (!DateTime.TryParseExact(local, LocalForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)) return false;
        if (OffsetOf(match, at, zone) is not { } offset) return false;
        var ticks = at.Ticks - offset.Ticks;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks) return false;
        time = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static TimeSpan? OffsetOf(Match iso, DateTime at, TimeZoneInfo zone)
    {
        if (iso.Groups["utc"].Success) return TimeSpan.Zero;
        if (!iso.Groups["sign"].Success) return zone.GetUtcOffset(at);
        var minutes = 60 * int.Parse(iso.Groups["hours"].ValueSpan, CultureInfo.InvariantCulture)
            + (iso.Groups["minutes"].Success ? int.Parse(iso.Groups["minutes"].ValueSpan, CultureInfo.InvariantCulture) : 0);
        if (minutes > 14 * 60) return null;
        return TimeSpan.FromMinutes(iso.Groups["sign"].Value == "-" ? -minutes : minutes);
    }

    // 2024-11-22, 2024-11-22T08:00, 2024-11-22 08:00:00.250, 2024-11-22T00:00:00Z, 2024-11-22T08:00:00+08:00; and 2024-11-22T08:00:00 08:00: a plus
    // that was not escaped arrives as a blank, which only behind a time of day cannot be the blank before one.
    [GeneratedRegex(@"^(?<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:[Tt ](?<clock>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:(?<fraction>\.[0-9]{1,7})[0-9]{0,2})?(?:(?<utc>[Zz])|(?<sign>[-+ ])(?<hours>[0-9]{2})(?::?(?<minutes>[0-5][0-9]))?)?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Iso();
}

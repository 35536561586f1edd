using System.Globalization;
using System.Text.RegularExpressions;
using LuohuIOC.Http;

namespace LuohuIOC.History.Queries;

/// <summary>
/// Width of a time bucket. Buckets begin at multiples of it from midnight in Shanghai, so that a day's bucket is the district's day; those of
/// whole weeks begin on Mondays (ISO 8601, 2.2.8).
/// China keeps no summer time; its attempts at it ended in 1991.
/// </summary>
internal static partial class Every
{
    /// <summary>Asia/Shanghai is this far ahead of UTC.</summary>
    public const long ShanghaiMs = TimeParameter.ShanghaiMs;

    private const long DayMs = 86_400_000;

    private const long WeekMs = 7 * DayMs;

    private const long LongestMs = 366 * DayMs;

    /// <summary>Reads <c>30s</c>, <c>5m</c>, <c>1h</c>, <c>1d</c>, <c>1w</c> or ISO 8601 <c>PT5M</c>, <c>P1D</c>; months have no fixed length and are refused.</summary>
    public static bool TryParse(string text, out long ms)
    {
        ms = 0;
        try
        {
            if (Short().Match(text) is { Success: true } brief)
            {
                ms = checked(Number(brief.Groups[1]) * brief.Groups[2].Value switch
                {
                    "s" => 1_000,
                    "m" => 60_000,
                    "h" => 3_600_000,
                    "d" => DayMs,
                    _ => WeekMs,
                });
            }
            else if (Iso().Match(text) is { Success: true } iso)
            {
                var days = checked(Number(iso.Groups["w"]) * 7 + Number(iso.Groups["d"]));
                ms = checked(((days * 24 + Number(iso.Groups["h"])) * 60 + Number(iso.Groups["m"])) * 60_000 + Number(iso.Groups["s"]) * 1_000);
            }
        }
        catch (OverflowException)
        {
            return false;
        }
        return ms is >= 1_000 and <= LongestMs;
    }

    /// <summary>The bucket of column ts, Unix ms of its beginning.</summary>
    public static string BucketSql(long everyMs) => $"(epoch_ms(ts) + {AheadMs(everyMs)}) // {everyMs} * {everyMs} - {AheadMs(everyMs)}";

    /// <summary>The bucket of a time, Unix ms of its beginning.</summary>
    public static long BucketMs(long timeMs, long everyMs)
    {
        var ahead = timeMs + AheadMs(everyMs);
        return ahead - (ahead % everyMs + everyMs) % everyMs - AheadMs(everyMs);
    }

    // 1970 began on a Thursday, three days after a Monday.
    private static long AheadMs(long everyMs) => ShanghaiMs + (everyMs % WeekMs == 0 ? 3 * DayMs : 0);

    /// <summary>The midnight in Shanghai at or before a time, Unix ms.</summary>
    public static long MidnightMs(long ms) => (long)Math.Floor((ms + ShanghaiMs) / (double)DayMs) * DayMs - ShanghaiMs;

    private static long Number(Group group) => group.Success ? long.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^([0-9]{1,9})([smhdw])$")]
    private static partial Regex Short();

    [GeneratedRegex(@"^P(?:(?<w>[0-9]{1,9})W)?(?:(?<d>[0-9]{1,9})D)?(?:T(?:(?<h>[0-9]{1,9})H)?(?:(?<m>[0-9]{1,9})M)?(?:(?<s>[0-9]{1,9})S)?)?$")]
    private static partial Regex Iso();
}

using System.Globalization;

namespace LuohuIOC.Benchmarks.Csv;

/// <summary>The times of a file's rows. One that cannot be read is taken as the row's before and the usual interval, known from the rows before alone.</summary>
internal sealed class RowClock
{
    /// <summary>Before any interval is known.</summary>
    private const long FirstIntervalMs = 5 * 60_000;

    // Seconds reach the year 5138 below it, milliseconds begin in 1973 above it.
    private const double SecondsMax = 1e11;

    private static readonly double MsMax = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private static readonly string[] DayFirst = ["d/M/yyyy H:mm", "d/M/yyyy H:mm:ss", "d/M/yyyy"];

    // The median of so many is the usual one: a gap among them changes nothing.
    private readonly long[] _intervals = new long[15];
    private int _known;
    private long _lastMs;
    private bool _lastRead;
    private int _unreadable;
    private (int Line, string Text) _first;
    private (long Ms, string Text)? _latest;
    private int _descending;
    private (int Line, string Text, string Before) _firstDescent;

    /// <summary>Some time has been read; until then they are made up.</summary>
    public bool IsSet { get; private set; }

    /// <summary>What could not be read, or null.</summary>
    public string? Problem => _unreadable == 0 ? null
        : $"line {_first.Line}: '{_first.Text}' is no time that can be read, {_unreadable} such rows; each counts as the row before and the usual interval";

    /// <summary>What of times that lie before one that has been read, or null.</summary>
    /// <param name="done">What is done with such a row.</param>
    public string? Descents(string done) => _descending == 0 ? null
        : $"line {_firstDescent.Line}: the time '{_firstDescent.Text}' lies before '{_firstDescent.Before}' of a row above it, {_descending} such rows; {done}";

    /// <summary>The row's time, Unix ms.</summary>
    public long Read(string text, int line)
    {
        var read = TryParse(text, out var timeMs);
        if (read)
        {
            if (_lastRead && timeMs > _lastMs) _intervals[_known++ % _intervals.Length] = timeMs - _lastMs;
            IsSet = true;
            if (_latest is not { } latest || timeMs >= latest.Ms) _latest = (timeMs, text);
            else if (_descending++ == 0) _firstDescent = (line, text, latest.Text);
        }
        else
        {
            if (_unreadable++ == 0) _first = (line, text);
            timeMs = _lastMs + Usual();
        }
        (_lastMs, _lastRead) = (timeMs, read);
        return timeMs;
    }

    /// <summary>
    /// <c>2014-04-01 00:05:00</c> and what else is ISO 8601, UTC where nothing is said; <c>31/12/2014 23:55</c> with or without seconds,
    /// always the day first; seconds or milliseconds since 1970.
    /// </summary>
    public static bool TryParse(string text, out long timeMs)
    {
        timeMs = 0;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            var ms = Math.Abs(number) < SecondsMax ? number * 1000 : number;
            if (!(Math.Abs(ms) <= MsMax)) return false;
            timeMs = (long)Math.Round(ms);
            return true;
        }
        var read = text.IndexOf('/') is 1 or 2
            ? DateTimeOffset.TryParseExact(text, DayFirst, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
        if (read) timeMs = time.ToUnixTimeMilliseconds();
        return read;
    }

    private long Usual()
    {
        if (_known == 0) return FirstIntervalMs;
        var known = _intervals[..Math.Min(_known, _intervals.Length)];
        Array.Sort(known);
        return known[known.Length / 2];
    }
}

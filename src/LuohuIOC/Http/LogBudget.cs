namespace LuohuIOC.Http;

/// <summary>Lines of the log that strangers cause: so many a minute, so that they do not fill the disk; the first of the next minute learns how many were not told.</summary>
/// <param name="time">Its minutes.</param>
/// <param name="linesMax">Lines a minute.</param>
internal sealed class LogBudget(TimeProvider time, int linesMax)
{
    /// <summary>For lines about requests and stations that nobody knows.</summary>
    public const int StrangersMax = 120;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _since;
    private long _ofMinute;

    /// <summary>Whether a line may be written now.</summary>
    /// <param name="untold">How many of the minute before were not, for its first line; else 0.</param>
    public bool MayTell(out long untold)
    {
        untold = 0;
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_since is { } since && time.GetElapsedTime(since, now) < Minute) return ++_ofMinute <= linesMax;
            untold = Math.Max(0, _ofMinute - linesMax);
            (_since, _ofMinute) = (now, 1);
        }
        return true;
    }
}

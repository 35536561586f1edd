namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>
/// Which minute is looked at next: the one that has become whole. When none has for a while, nobody speaks: then minutes are counted on by the server's clock,
/// so that old forecasts do not stand and their alerts do not stay for ever.
/// </summary>
/// <param name="minuteMs">Length of a minute.</param>
internal sealed class MinuteClock(long minuteMs)
{
    // The last one that the devices made whole, and since when it is, by the server's clock.
    private long _whole = -1;
    private long _sinceMs = long.MaxValue;
    private long _last = -1;

    /// <param name="whole">The last whole minute, −1 when nobody speaks.</param>
    /// <param name="nowMs">By the server's clock.</param>
    /// <returns>Later than the one before; null while there is none.</returns>
    public long? Next(long whole, long nowMs)
    {
        if (whole > _whole) (_whole, _sinceMs) = (whole, nowMs);
        // A clock that was set back does not stop the count.
        _sinceMs = Math.Min(_sinceMs, nowMs);
        var passed = (nowMs - _sinceMs) / minuteMs;
        var minute = passed < MinuteBook.SilentMinutes ? whole : (_whole < 0 ? (_sinceMs / minuteMs) - 1 : _whole) + passed;
        return minute > _last ? _last = minute : null;
    }
}

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>What a minute changes about the alert of a forecast.</summary>
internal enum NowcastTurn
{
    None,

    /// <summary>A crossing is expected: tell.</summary>
    Raised,

    /// <summary>The forecast has stayed below for a while.</summary>
    Fell,

    /// <summary>There has been no forecast for a longer while.</summary>
    Unknown,

    /// <summary>The water stands at the threshold: the threshold's own alert speaks now.</summary>
    TakenOver,
}

/// <summary>
/// One alert for one episode: it begins when the forecast has stood at the threshold for some minutes in a row, and ends when the forecast
/// falls, the water is there, or nothing has been known for half an hour. After a crossing the water must fall a margin below the threshold before another is announced. Begins
/// as if an alert were open, because one may be from before a restart.
/// </summary>
/// <param name="confirm">Minutes in a row.</param>
/// <param name="end">Minutes below.</param>
internal sealed class NowcastLatch(int confirm, int end)
{
    // Minutes since when; looks may skip minutes, so they are not counted.
    private long? _standing;
    private long? _above;
    private bool _crossed;
    private readonly QuietMinutes _below = new(end);

    // The newest reading at the threshold may be ahead of the minute that is looked at, which must not take the water for low.
    private long _crossedAt = long.MinValue;

    public bool IsOpen { get; private set; } = true;

    /// <summary>False until the first turn: what is open then is from before.</summary>
    public bool HasTold { get; private set; }

    /// <summary>One look.</summary>
    /// <param name="minute">Grows from look to look.</param>
    /// <param name="now">The value; NaN when silent.</param>
    /// <param name="threshold">NaN or infinite when no rule has one.</param>
    /// <param name="margin">Hysteresis of the rule, in the metric's unit.</param>
    /// <param name="holdMinutes">Minutes that the rule itself waits before it raises.</param>
    /// <param name="isExpected">A horizon that may raise stands at the threshold; null without a forecast.</param>
    public NowcastTurn Step(long minute, double now, double threshold, double margin, int holdMinutes, bool? isExpected)
    {
        if (now >= threshold)
        {
            (_standing, _crossed, _crossedAt) = (null, true, Math.Max(_crossedAt, minute));
            _below.Loud(minute);
            _above ??= minute;
            return minute - _above >= holdMinutes ? Close(NowcastTurn.TakenOver) : NowcastTurn.None;
        }
        if (minute <= _crossedAt) return NowcastTurn.None;
        _above = null;
        if (_crossed && now < threshold - margin) _crossed = false;
        if (isExpected is null)
        {
            _standing = null;
            _below.Unknown(minute);
            return _below.AreUnknown ? Close(NowcastTurn.Unknown) : NowcastTurn.None;
        }
        if (isExpected == false || _crossed)
        {
            _standing = null;
            _below.Quiet(minute);
            return _below.AreEnough ? Close(NowcastTurn.Fell) : NowcastTurn.None;
        }
        _below.Loud(minute);
        _standing ??= minute;
        if (minute - _standing + 1 < confirm || (IsOpen && HasTold)) return NowcastTurn.None;
        (IsOpen, HasTold) = (true, true);
        return NowcastTurn.Raised;
    }

    private NowcastTurn Close(NowcastTurn turn)
    {
        if (!IsOpen) return NowcastTurn.None;
        (IsOpen, HasTold) = (false, true);
        return turn;
    }
}

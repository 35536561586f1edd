using LuohuIOC.Detection.Nowcast;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>What was forecast for a minute, beside what came.</summary>
/// <param name="Minutes">So long before.</param>
/// <param name="Expected">From rain and the stations upstream, metres.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Value">What came.</param>
/// <param name="Factor">Distance from the expected in half intervals of that side, above 0 where more came; beyond ±1 it lies outside.</param>
internal sealed record NowcastResidual(int Minutes, double Expected, double Low, double High, double Value, double Factor)
{
    /// <param name="then">The forecast that was for this minute.</param>
    /// <param name="value">What came.</param>
    /// <param name="metres">The interval's half counts as no less.</param>
    public static NowcastResidual Of(NowcastValue then, double value, double metres)
    {
        var off = value - then.Value;
        var half = Math.Max(metres, off >= 0 ? then.High - then.Value : then.Value - then.Low);
        return new NowcastResidual(then.Minutes, then.Value, then.Low, then.High, value, off / half);
    }
}

/// <summary>
/// Whether a station's water does what rain and upstream do not explain: for some minutes in a row, in the same direction, far outside what was forecast a
/// quarter of an hour before. A forecast knows the station's own past, so that a quarter of an hour after a sudden fault it goes along with it: what is not told by then never is.
/// </summary>
/// <param name="factor">Far is from so many half intervals on.</param>
/// <param name="confirm">Minutes in a row.</param>
/// <param name="end">Minutes within the interval, or without a forecast, that end it.</param>
/// <param name="metres">The interval's half counts as no less.</param>
internal sealed class ResidualLatch(double factor, int confirm, int end, double metres)
{
    private readonly Dictionary<long, (NowcastValue Value, object Model)> _forecasts = [];
    private long? _outside;
    private long? _inside;
    private int _way;

    /// <summary>The last minute's; null without a forecast of a quarter of an hour ago.</summary>
    public NowcastResidual? Last { get; private set; }

    /// <summary>Begins as if an alert were open, because one may be from before a restart.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>False until the first turn: what is open then is from before.</summary>
    public bool HasTold { get; private set; }

    /// <summary>One minute, each once and in order; some may be left out.</summary>
    /// <param name="minute">It.</param>
    /// <param name="value">What came; NaN when the station is silent or its reading is doubtful.</param>
    /// <param name="next">What is forecast now, null without a forecast.</param>
    /// <param name="model">What forecasts now: one of another model is not held against this one's.</param>
    /// <returns>True when an alert begins, false when it ends, null when nothing changes.</returns>
    public bool? Step(long minute, double value, NowcastValue? next, object? model)
    {
        Last = _forecasts.Remove(minute, out var then) && ReferenceEquals(then.Model, model) && double.IsFinite(value) ? NowcastResidual.Of(then.Value, value, metres) : null;
        if (next is { } ahead && model is not null) _forecasts[minute + ahead.Minutes] = (ahead, model);
        // Minutes that were left out, so that nothing stays for ever.
        foreach (var passed in _forecasts.Keys.Where(m => m <= minute).ToArray()) _forecasts.Remove(passed);
        var way = Last is null || Math.Abs(Last.Factor) < factor ? 0 : Math.Sign(Last.Factor);
        if (way != 0)
        {
            if (way != _way) _outside = null;
            (_way, _inside) = (way, null);
            _outside ??= minute;
            if (minute - _outside + 1 < confirm || (IsOpen && HasTold)) return null;
            (IsOpen, HasTold) = (true, true);
            return true;
        }
        _outside = null;
        if (Last is not null && Math.Abs(Last.Factor) > 1) return null;
        _inside ??= minute;
        if (!IsOpen || minute - _inside + 1 < end) return null;
        (IsOpen, HasTold) = (false, true);
        return false;
    }
}

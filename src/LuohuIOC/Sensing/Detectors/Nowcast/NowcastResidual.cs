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

/// <summary>What a minute changes about the alert of a residual.</summary>
internal enum ResidualTurn
{
    None,

    /// <summary>Rain and upstream do not explain the water: tell.</summary>
    Raised,

    /// <summary>The water is again where the forecast has it.</summary>
    Explained,

    /// <summary>For a longer while there was no reading to hold against a forecast.</summary>
    Unknown,
}

/// <summary>
/// Whether a station's water does what rain and upstream do not explain: for some minutes in a row, in the same direction, far outside what was forecast a
/// quarter of an hour before. A forecast knows the station's own past, so that a quarter of an hour after a sudden fault it goes along with it: what is not told by then never is.
/// </summary>
/// <param name="factor">Far is from so many half intervals on.</param>
/// <param name="confirm">Minutes in a row.</param>
/// <param name="end">Minutes within the interval that end it.</param>
/// <param name="metres">The interval's half counts as no less.</param>
internal sealed class ResidualLatch(double factor, int confirm, int end, double metres)
{
    private readonly Dictionary<long, (NowcastValue Value, object Model)> _forecasts = [];
    private readonly QuietMinutes _inside = new(end);
    private long? _outside;

    // When the first forecast since the start can be held against what came.
    private long? _possibleAt;
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
    public ResidualTurn Step(long minute, double value, NowcastValue? next, object? model)
    {
        Last = _forecasts.Remove(minute, out var then) && ReferenceEquals(then.Model, model) && double.IsFinite(value) ? NowcastResidual.Of(then.Value, value, metres) : null;
        if (next is { } ahead && model is not null)
        {
            _forecasts[minute + ahead.Minutes] = (ahead, model);
            _possibleAt ??= minute + ahead.Minutes;
        }
        // Minutes that were left out, so that nothing stays for ever.
        foreach (var passed in _forecasts.Keys.Where(m => m <= minute).ToArray()) _forecasts.Remove(passed);
        var way = Last is null || Math.Abs(Last.Factor) < factor ? 0 : Math.Sign(Last.Factor);
        if (way != 0)
        {
            if (way != _way) _outside = null;
            _way = way;
            _inside.Loud(minute);
            _outside ??= minute;
            if (minute - _outside + 1 < confirm || (IsOpen && HasTold)) return ResidualTurn.None;
            (IsOpen, HasTold) = (true, true);
            return ResidualTurn.Raised;
        }
        _outside = null;
        if (Last is null && !(minute < _possibleAt)) _inside.Unknown(minute);
        else if (Last is null || Math.Abs(Last.Factor) > 1) _inside.Between(minute);
        else _inside.Quiet(minute);
        if (!IsOpen || !(_inside.AreEnough || _inside.AreUnknown)) return ResidualTurn.None;
        (IsOpen, HasTold) = (false, true);
        return Last is null ? ResidualTurn.Unknown : ResidualTurn.Explained;
    }
}

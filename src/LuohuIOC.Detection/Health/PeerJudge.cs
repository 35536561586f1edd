namespace LuohuIOC.Detection.Health;

/// <summary>
/// Tells a faulty sensor from a real event: an event moves the neighbours too, a fault does not. Takes departures from each sensor's own
/// season, so that sensors of different places compare. Constant memory, one step every few minutes.
/// </summary>
/// <param name="follows">Whether what moves the neighbours must move the sensor too: water on one street need not stand on the next.</param>
public sealed class PeerJudge(bool follows = true)
{
    /// <summary>Neighbours within so many spreads of their season are calm; beyond, something real goes on and nobody is suspected.</summary>
    public const double Calm = 2.5;

    /// <summary>A smoothed difference beyond so many spreads is no noise.</summary>
    public const double Far = 6;

    /// <summary>Below, a fault ends.</summary>
    public const double Near = 3;

    /// <summary>A sensor that stays within one spread while its neighbours are so far out does not feel the water; nor does one that stays where it is, wherever that is.</summary>
    public const double Stirred = 8;

    /// <summary>Readings within so many spreads are one that does not move: a living probe trembles by more in water that moves its neighbours.</summary>
    public const double Still = 0.1;

    private const long HourMs = 3_600_000;

    /// <summary>Smoothing of the difference.</summary>
    private const double SmoothMs = HourMs;

    /// <summary>So long it must last before anybody is told: no step, pump or gate is a fault.</summary>
    private const long LastsMs = 6 * HourMs;

    private const long DeafMs = 3 * HourMs;

    private const long EndsMs = 3 * HourMs;

    /// <summary>From ordinary to far within so long is a step.</summary>
    private const long StepMs = 3 * HourMs;

    /// <summary>A pause after which an instrument may have been opened; no shorter than so many of the usual intervals, or a station that reports hourly would always pause.</summary>
    private const long PauseMs = HourMs;
    private const double PauseIntervals = 3;

    /// <summary>Share by which the usual interval follows a longer one; a shorter one it takes at once.</summary>
    private const double IntervalShare = 0.1;

    private double _difference;
    private long _lastMs;
    private long _ordinaryMs;
    private long _beyondMs;
    private long _deafMs;
    private long _nearMs;
    private bool _paused;
    private bool _stepped;

    // Not stored: two looks after a start tell it again.
    private double _intervalMs;

    // Since when the sensor has stood still while its neighbours moved, and where, in the metric's unit. Not stored: the hours begin anew.
    private long _stillMs;
    private double _low;
    private double _high;

    // Where it stood when it was told deaf; as it is after a start.
    private double _deafAt = double.NaN;

    public SensorFault Fault { get; private set; }

    /// <summary>At fault or about to be: its readings must not teach what is usual.</summary>
    public bool IsSuspected => Fault != SensorFault.None || _beyondMs != 0;

    /// <summary>Since when the sensor has been wrong, Unix ms; 0 while it is not.</summary>
    public long SinceMs { get; private set; }

    /// <summary>When it was compared last, Unix ms; 0 when it never was.</summary>
    public long ComparedMs => _lastMs;

    /// <summary>Smoothed own departure less the neighbours', in spreads.</summary>
    public double Difference => _difference;

    /// <summary>Since when the difference has been beyond <see cref="Far"/> or the sensor unmoved among moving neighbours, told or not; Unix ms, 0 while neither is.</summary>
    public long SuspectedMs => Fault != SensorFault.None ? SinceMs : Math.Max(_beyondMs, _deafMs);

    /// <summary>One look. Returns true when <see cref="Fault"/> changed.</summary>
    /// <param name="timeMs">Time of the look, Unix ms.</param>
    /// <param name="own">The sensor's departure from its season in spreads; NaN when it said nothing new.</param>
    /// <param name="peers">The neighbours' median departure; NaN when too few of them are alive.</param>
    /// <param name="linked">The largest departure by size of a neighbour that the same water passes, 0 without one.</param>
    /// <param name="value">The sensor's reading in the metric's unit; NaN where only its departure is known.</param>
    /// <param name="spread">One spread in the metric's unit.</param>
    public bool Look(long timeMs, double own, double peers, double linked, double value = double.NaN, double spread = 1)
    {
        if (double.IsNaN(own) || double.IsNaN(peers)) return false;
        var elapsed = _lastMs == 0 ? 0 : Math.Max(0, timeMs - _lastMs);
        var pause = elapsed >= PauseMs && (_intervalMs == 0 || elapsed > PauseIntervals * _intervalMs);
        if (elapsed > 0 && (_intervalMs == 0 || elapsed < _intervalMs)) _intervalMs = elapsed;
        else if (!pause) _intervalMs += IntervalShare * (elapsed - _intervalMs);
        _lastMs = timeMs;
        var before = Fault;
        if (double.IsNaN(value)) value = own;
        if (Fault == SensorFault.Deaf && double.IsNaN(_deafAt)) _deafAt = value;
        // It feels the water again, or has been put right.
        if (Fault == SensorFault.Deaf && Math.Abs(value - _deafAt) > Calm * spread) End();
        if (Math.Abs(peers) > Calm || Math.Abs(linked) > Calm)
        {
            Event(timeMs, elapsed, own, peers, value, spread);
            return Fault != before;
        }
        _deafMs = _stillMs = 0;
        _difference += (own - peers - _difference) * (elapsed == 0 ? 1 : Math.Min(1, elapsed / SmoothMs));
        if (Fault == SensorFault.None) Suspect(timeMs, pause);
        else Acquit(timeMs);
        return Fault != before;
    }

    /// <summary>To be stored.</summary>
    public double[] Snapshot() =>
        [_difference, _lastMs, _ordinaryMs, _beyondMs, _deafMs, _nearMs, _paused ? 1 : 0, _stepped ? 1 : 0, (double)Fault, SinceMs];

    /// <summary>Takes up what <see cref="Snapshot"/> gave; false, and nothing taken, for anything else.</summary>
    public bool Restore(ReadOnlySpan<double> stored)
    {
        if (stored.Length != 10 || stored[8] is not (0 or 1 or 2 or 3)) return false;
        foreach (var number in stored)
            if (!double.IsFinite(number)) return false;
        (_difference, _lastMs, _ordinaryMs, _beyondMs, _deafMs) = (stored[0], (long)stored[1], (long)stored[2], (long)stored[3], (long)stored[4]);
        (_nearMs, _paused, _stepped, Fault, SinceMs) = ((long)stored[5], stored[6] != 0, stored[7] != 0, (SensorFault)stored[8], (long)stored[9]);
        return true;
    }

    /// <summary>Something real goes on: no suspicion grows, but who feels nothing of it for hours is deaf.</summary>
    private void Event(long timeMs, long elapsed, double own, double peers, double value, double spread)
    {
        // The clock stands: what goes on meanwhile proves nothing, and does not disprove either. A tide twice a day must not acquit.
        if (_beyondMs != 0) _beyondMs += elapsed;
        if (!follows || Math.Abs(peers) < Stirred)
        {
            _deafMs = _stillMs = 0;
            return;
        }
        if (Math.Abs(own) > 1) _deafMs = 0;
        else if (_deafMs == 0) _deafMs = timeMs;
        (_low, _high) = (Math.Min(_low, value), Math.Max(_high, value));
        if (_stillMs == 0 || _high - _low > Still * spread) (_stillMs, _low, _high) = (timeMs, value, value);
        var since = _deafMs == 0 ? _stillMs : Math.Min(_deafMs, _stillMs);
        if (Fault == SensorFault.None && timeMs - since >= DeafMs) (Fault, SinceMs, _deafAt) = (SensorFault.Deaf, since, value);
    }

    private void Suspect(long timeMs, bool pause)
    {
        var size = Math.Abs(_difference);
        if (size < Near)
        {
            (_ordinaryMs, _beyondMs, _paused) = (timeMs, 0, false);
            return;
        }
        _paused |= pause;
        if (size < Far)
        {
            _beyondMs = 0;
            return;
        }
        if (_beyondMs == 0) (_beyondMs, _stepped) = (timeMs, _paused || timeMs - _ordinaryMs <= StepMs);
        if (timeMs - _beyondMs >= LastsMs) (Fault, SinceMs) = (_stepped ? SensorFault.Bias : SensorFault.Drift, _beyondMs);
    }

    private void Acquit(long timeMs)
    {
        if (Fault == SensorFault.Deaf || Math.Abs(_difference) >= Near)
        {
            _nearMs = 0;
            return;
        }
        if (_nearMs == 0) _nearMs = timeMs;
        if (timeMs - _nearMs >= EndsMs) End();
    }

    private void End()
    {
        Fault = SensorFault.None;
        SinceMs = _nearMs = _beyondMs = _deafMs = _stillMs = 0;
        _deafAt = double.NaN;
        _paused = false;
        _ordinaryMs = _lastMs;
    }
}

using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>All detectors of one sensor, owned by its grain. Allocates only when something changes and when the state is saved.</summary>
public sealed class SensorDetector
{
    private readonly string _stationRule;
    private readonly List<ISensorStream> _streams;
    private readonly StationDetector? _trained;
    private readonly Station? _station;
    private readonly bool _chartRaises;
    private readonly List<StreamState> _ended;
    private bool _trainedToEnd;
    private bool _chartToEnd;

    internal SensorDetector(
        SensorKind kind, List<ISensorStream> streams, StationDetector? trained, Station? station, StationAlarm raises, List<StreamState> ended, DetectorState state)
    {
        (_streams, _trained, _station, _ended, State) = (streams, trained, station, ended, state);
        _stationRule = StationDetectors.RuleOf(kind);
        _chartRaises = station is not null && raises == StationAlarm.Chart;
        _trainedToEnd = state.Severity is not null && (trained is null || _chartRaises);
        _chartToEnd = station is not null && !_chartRaises && streams[0].State.Severity is not null;
        FollowChart();
    }

    /// <summary>To be stored with the sensor's state, after <see cref="Keep"/>, and given to <see cref="SensorDetectors.For"/> after a restart.</summary>
    public DetectorState State { get; }

    /// <summary>Takes a reading that is the latest but for its bad values: a battery that says 101 % must not blind the detectors of the level beside it.</summary>
    /// <param name="timeMs">Of the reading, Unix ms.</param>
    /// <param name="slots">Its metrics.</param>
    /// <param name="values">And their values.</param>
    /// <param name="bad">Slots whose values are bad.</param>
    /// <param name="changes">Gets what was found.</param>
    public void Observe(long timeMs, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values, ulong bad, List<RuleChange> changes)
    {
        Span<byte> soundSlots = stackalloc byte[slots.Length];
        Span<double> soundValues = stackalloc double[slots.Length];
        var sound = 0;
        for (var i = 0; i < slots.Length; i++)
        {
            if ((bad >> slots[i] & 1) != 0) continue;
            (soundSlots[sound], soundValues[sound]) = (slots[i], values[i]);
            sound++;
        }
        if (sound > 0) Observe(timeMs, soundSlots[..sound], soundValues[..sound], changes);
    }

    /// <summary>Takes a reading that is the latest and has no bad value; appends what it found.</summary>
    public void Observe(long timeMs, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values, List<RuleChange> changes)
    {
        if (_ended.Count > 0 || _trainedToEnd || _chartToEnd) EndWhatRunsNoMore(timeMs, changes);
        foreach (var stream in _streams) stream.Observe(timeMs, slots, values, changes);
        _trained?.Observe(timeMs, slots, values, changes);
        FollowChart();
    }

    /// <summary>Brings the snapshots in <see cref="State"/> up to date. For saving, not for readings: it allocates up to 40 KB.</summary>
    public void Keep()
    {
        foreach (var stream in _streams) stream.Keep();
    }

    /// <summary>Lets the snapshots go once they are stored.</summary>
    public void Drop()
    {
        foreach (var stream in _streams) stream.Drop();
    }

    /// <summary>The sensor is in service no more: nothing is open, and what is found when it comes back is new.</summary>
    public void Retire()
    {
        foreach (var stream in _streams) AlarmLatch.End(stream.State);
        (State.Severity, State.SinceMs) = (null, 0);
        FollowChart();
    }

    /// <summary>An alert of a rule that these detectors report under stands, and they know nothing of it: the next reading ends it.</summary>
    public void EndIfOwn(string rule)
    {
        if (_streams.Exists(stream => stream.State.Rule == rule && stream.State.Severity is null)) _ended.Add(new StreamState { Rule = rule });
    }

    /// <summary>Whether they hold what stands, and nothing else.</summary>
    /// <param name="stands">Whether an alert of a rule stands.</param>
    public bool Agrees(Func<string, bool> stands) =>
        _streams.TrueForAll(stream => stream.State.Rule == _stationRule || stream.State.Severity is not null == stands(stream.State.Rule))
        && (_station is null || (State.Severity is not null || _streams.Exists(stream => stream.State.Rule == _stationRule && stream.State.Severity is not null)) == stands(_stationRule));

    /// <summary>What they hold, and no alert stands for, has ended: what is found next is new.</summary>
    /// <param name="stands">Whether an alert of a rule stands.</param>
    public void Drop(Func<string, bool> stands)
    {
        foreach (var stream in _streams)
            if (stream.State.Severity is not null && !stands(stream.State.Rule)) AlarmLatch.End(stream.State);
        if (State.Severity is not null && !stands(_stationRule)) (State.Severity, State.SinceMs) = (null, 0);
        FollowChart();
    }

    /// <summary>The training job must not learn from a fault, whichever detector saw it.</summary>
    private void FollowChart()
    {
        if (_chartRaises) _station!.OpenSinceMs = _streams[0].State.SinceMs;
    }

    private void EndWhatRunsNoMore(long timeMs, List<RuleChange> changes)
    {
        foreach (var stream in _ended) changes.Add(Ended(stream.Rule, timeMs));
        _ended.Clear();
        if (!_trainedToEnd && !_chartToEnd) return;
        if (_trainedToEnd) (State.Severity, State.SinceMs) = (null, 0);
        if (_chartToEnd) AlarmLatch.End(_streams[0].State);
        (_trainedToEnd, _chartToEnd) = (false, false);
        // Both report under one rule: what the one that raises now holds open itself goes on.
        if ((_chartRaises ? _streams[0].State.Severity : State.Severity) is null) changes.Add(Ended(_stationRule, timeMs));
    }

    private static RuleChange Ended(string rule, long timeMs) => new(rule, null, "", double.NaN, double.NaN, timeMs, StreamEvidence.Off());
}

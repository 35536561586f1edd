using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Sensing.Health;
using LuohuIOC.Sensing.Rain;

namespace LuohuIOC.Sensing;

/// <summary>A thin shell around <see cref="SensorEvaluator"/>: loads the state, lets it judge, shows the latest, tells alerts.</summary>
public sealed class SensorGrain(
    [PersistentState("sensor", "grains")] IPersistentState<SensorState> stored,
    SensorRegistry registry, RuleBook rules, SensorDetectors detectors, RainBoard rain, HealthBoard health, LatestBoard board, ListeningSince listening) : Grain, ISensorGrain
{
    private readonly List<RuleChange> _changes = [];
    private Sensor _sensor = null!;
    private SensorDetector? _detector;
    private bool _dirty;

    private bool IsGauge => _sensor.Kind == SensorKind.RainGauge;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = this.GetPrimaryKeyString();
        if (!registry.TryFind(id, out var sensor)) throw new InvalidOperationException($"Sensor {id} is not in the registry.");
        _sensor = sensor;
        _detector = detectors.For(sensor, stored.State.Detector);
        stored.State.Detector = _detector?.State;
        if (IsGauge && stored.State.Rain is { } kept) rain.Restore(sensor.Number, kept);
        if (stored.State.LatestMs > 0) Show();
        return Task.CompletedTask;
    }

    public ValueTask<long> Observe(SensorBatch batch)
    {
        var state = stored.State;
        _sensor = registry[_sensor.Number];
        var inForce = rules.For(_sensor);
        var moved = false;
        for (var part = batch; part is not null; part = part.Later)
        {
            // A replay after a crash shows groups again that this state has seen.
            if (part.Group.Position <= state.AppliedPosition) continue;
            moved |= Judge(part, state, inForce);
            state.AppliedPosition = part.Group.Position;
        }
        _dirty = true;
        if (moved) Show();
        return Finish(inForce);
    }

    public ValueTask<long> Tick(long nowMs)
    {
        _sensor = registry[_sensor.Number];
        var inForce = rules.For(_sensor);
        if (_sensor.RetiredAt is null) SensorEvaluator.Tick(stored.State, inForce, _sensor, nowMs, _changes, listening.Ms);
        _dirty |= _changes.Count > 0;
        return _sensor.RetiredAt is null ? Finish(inForce) : ValueTask.FromResult(long.MaxValue);
    }

    public ValueTask<long> Reconcile(long nowMs)
    {
        _sensor = registry[_sensor.Number];
        var inForce = rules.For(_sensor);
        SensorEvaluator.Reconcile(stored.State, inForce, _sensor, nowMs, _changes, listening.Ms);
        _dirty = true;
        return Finish(inForce);
    }

    public async Task Save()
    {
        if (!_dirty) return;
        _dirty = false;
        _detector?.Keep();
        if (IsGauge) rain.Keep(_sensor.Number, stored.State.Rain ??= new RainState());
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            _dirty = true;
            throw;
        }
        finally
        {
            _detector?.Drop();
        }
    }

    private bool Judge(SensorBatch part, SensorState state, SensorRules inForce)
    {
        var group = part.Group;
        var moved = false;
        for (var i = part.First; i >= 0; i = part.NextOfSensor[i])
        {
            var slots = group.SlotsOf(i);
            var values = group.ValuesOf(i);
            var (mark, arrival) = SensorEvaluator.Observe(
                state, inForce, _sensor, group.DeviceTimes[i], group.Sequences[i], group.ReceivedTimes[i], slots, values, _changes, group.FlaggedOf(i));
            if (arrival == Arrival.Latest) mark = HealthMarks.Apply(health.Of(_sensor.Number), state, _sensor, mark, slots, _changes);
            group.Marks[i] = mark;
            // Rain that comes late fell all the same.
            if (IsGauge && arrival != Arrival.Duplicate) rain.Observe(_sensor.Number, ReadingClock.EffectiveMs(group.DeviceTimes[i], group.ReceivedTimes[i]), mark, slots, values);
            if (arrival != Arrival.Latest) continue;
            moved = true;
            if (mark.Grade != QualityGrade.Bad) _detector?.Observe(state.LatestMs, slots, values, _changes);
        }
        return moved;
    }

    private void Show() => board.Set(_sensor.Number, new LatestReading(stored.State.LatestMs, [.. stored.State.Latest], stored.State.LatestMark));

    private ValueTask<long> Finish(SensorRules inForce)
    {
        var due = SensorEvaluator.NextDue(stored.State, inForce, listening.Ms);
        return _changes.Count == 0 ? ValueTask.FromResult(due) : TellAlerts(due);
    }

    private async ValueTask<long> TellAlerts(long due)
    {
        // Forgotten only once told: after a failure the next call tells them again, and alerts pass over what they know.
        RuleChange[] changes = [.. _changes];
        await GrainFactory.GetGrain<IAlertGrain>(_sensor.Id).Observe(_sensor.Number, changes);
        _changes.RemoveRange(0, changes.Length);
        return due;
    }
}

/// <summary>Since when this host has taken readings, Unix ms: nobody is silent while no one listens.</summary>
public sealed record ListeningSince(long Ms);

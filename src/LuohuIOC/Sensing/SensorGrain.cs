using LuohuIOC.Alerts;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing;

/// <summary>A thin shell around <see cref="SensorEvaluator"/>: loads the state, lets it judge, shows the latest, tells alerts.</summary>
public sealed class SensorGrain(
    [PersistentState("sensor", "grains")] IPersistentState<SensorState> stored,
    SensorRegistry registry, RuleBook rules, LatestBoard board) : Grain, ISensorGrain
{
    private readonly List<RuleChange> _changes = [];
    private Sensor _sensor = null!;
    private bool _dirty;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = this.GetPrimaryKeyString();
        if (!registry.TryFind(id, out var sensor)) throw new InvalidOperationException($"Sensor {id} is not in the registry.");
        _sensor = sensor;
        if (stored.State.LatestMs > 0) Show(default);
        return Task.CompletedTask;
    }

    public async ValueTask<long> Observe(SensorBatch batch)
    {
        var state = stored.State;
        _sensor = registry[_sensor.Number];
        var inForce = rules.For(_sensor);
        for (var part = batch; part is not null; part = part.Later)
        {
            // A replay after a crash shows groups again that this state has seen.
            if (part.Group.Position <= state.AppliedPosition) continue;
            Judge(part, state, inForce);
            state.AppliedPosition = part.Group.Position;
        }
        _dirty = true;
        await TellAlerts();
        return SensorEvaluator.NextDue(state, inForce, _sensor);
    }

    public async ValueTask<long> Tick(long nowMs)
    {
        _sensor = registry[_sensor.Number];
        var due = SensorEvaluator.Tick(stored.State, rules.For(_sensor), _sensor, nowMs, _changes);
        if (_changes.Count > 0) _dirty = true;
        await TellAlerts();
        return due;
    }

    public async ValueTask<long> Reconcile(long nowMs)
    {
        _sensor = registry[_sensor.Number];
        var inForce = rules.For(_sensor);
        SensorEvaluator.Reconcile(stored.State, inForce, _sensor, nowMs, _changes);
        _dirty = true;
        await TellAlerts();
        return SensorEvaluator.NextDue(stored.State, inForce, _sensor);
    }

    public async Task Save()
    {
        if (!_dirty) return;
        _dirty = false;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            _dirty = true;
            throw;
        }
    }

    private void Judge(SensorBatch part, SensorState state, SensorRules inForce)
    {
        var group = part.Group;
        for (var i = part.First; i >= 0; i = part.NextOfSensor[i])
        {
            var (mark, arrival) = SensorEvaluator.Observe(
                state, inForce, _sensor, group.DeviceTimes[i], group.Sequences[i], group.ReceivedTimes[i], group.SlotsOf(i), group.ValuesOf(i), _changes);
            group.Marks[i] = mark;
            if (arrival == Arrival.Latest) Show(mark);
        }
    }

    private void Show(Ingestion.QualityMark mark) => board.Set(_sensor.Number, new LatestReading(stored.State.LatestMs, [.. stored.State.Latest], mark));

    private async ValueTask TellAlerts()
    {
        if (_changes.Count == 0) return;
        RuleChange[] changes = [.. _changes];
        _changes.Clear();
        await GrainFactory.GetGrain<IAlertGrain>(_sensor.Id).Observe(_sensor.Number, changes);
    }
}

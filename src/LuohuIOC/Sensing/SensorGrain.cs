using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Sensing.Gateways;
using LuohuIOC.Sensing.Health;
using LuohuIOC.Sensing.Listening;
using LuohuIOC.Sensing.Rain;
using Orleans.Placement;

namespace LuohuIOC.Sensing;

/// <summary>
/// A thin shell around <see cref="SensorEvaluator"/>: loads the state, lets it judge, shows the latest, tells alerts. Of several hosts it lives on
/// the one that is the first to call it: that is the one whose gateway sends for it, so its readings stay in one process.
/// </summary>
[PreferLocalPlacement]
public sealed class SensorGrain(
    [PersistentState(KnownSensors.State, LuohuIOC.Storage.Silo.Grains)] IPersistentState<SensorState> stored, SensorRegistry registry, RuleBook rules, SensorDetectors detectors,
    DetectorViews views, RainBoard rain, HealthBoard health, LatestBoard board, DueBoard dues, IOpenAlerts alerts, HostListening listening, AwayGateways away, UntoldAlerts untold, JournalIdentity journal, TimeProvider time) : Grain, ISensorGrain
{
    // A state that comes from another host may lack what that host had not saved. Time passes for it only after who sent it could send it again.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly List<RuleChange> _changes = [];
    private readonly AnswersAbroad _answers = new();
    private Sensor _sensor = null!;
    private AlertTelling _telling = null!;
    private SensorDetector? _detector;

    // Of several hosts: the state may come from one that died.
    private StateCheck? _check;
    private bool _dirty;

    // Of the call at hand.
    private ReadingTrace? _followed;

    private bool IsGauge => _sensor.Kind == SensorKind.RainGauge;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var id = this.GetPrimaryKeyString();
        if (!registry.TryFind(id, out var sensor)) throw new InvalidOperationException($"Sensor {id} is not in the registry.");
        _sensor = sensor;
        _telling = new AlertTelling(_changes, GrainFactory.GetGrain<IAlertGrain>(id), time, kept => untold.Keep(id, kept), told => untold.Forget(id, told));
        _detector = detectors.For(sensor, stored.State.Detector);
        stored.State.Detector = _detector?.State;
        if (LostState.IsNew(stored.State)) Begin();
        if (IsGauge) rain.Restore(sensor.Number, stored.State.Rain);
        if (stored.State.LatestMs > 0) Show();
        if (journal.IsShared) _check = new StateCheck(id, alerts, () => GrainFactory.GetGrain<IAlertGrain>(id).Standing(), time);
        if (journal.IsShared) dues.Set(sensor.Number, time.GetUtcNow().Add(Grace).ToUnixTimeMilliseconds());
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (_sensor is null) return Task.CompletedTask;
        dues.Set(_sensor.Number, long.MaxValue);
        _telling.Settle();
        _telling.Keep();
        // Another host may go on with it: the less it lacks, the less has to be shown again. What could not be told must be judged again to be told,
        // so the state of before stays, and whose readings they were shows them again.
        return journal.IsShared && _changes.Count == 0 ? Save(0) : Task.CompletedTask;
    }

    public async ValueTask<Judgement> Observe(SensorBatch batch)
    {
        var state = stored.State;
        _followed = null;
        var applied = state.AppliedOf(batch.Journal);
        if (applied < batch.After) return new Judgement(applied, null);
        _sensor = registry[_sensor.Number];
        var inForce = rules.For(_sensor);
        if (_check is not null && !batch.IsAgain) await Check(inForce);
        var (judged, moved) = (false, false);
        var untold = _changes.Count;
        for (var part = batch; part is not null; part = part.Later)
        {
            // A replay after a crash shows groups again that this state has seen.
            if (part.Group.Position <= applied) continue;
            // Nearly never: the publishes of one in thousands, and only while someone listens.
            var trace = part.Group.Traces is null ? null : part.Trace;
            if (trace is not null) _followed = trace;
            using (trace?.Stage("sensor")?.SetTag("sensor", _sensor.Id)) moved |= Judge(part, state, inForce);
            applied = part.Group.Position;
            judged = true;
        }
        // What came of these readings the first time, and of those since, the ledger may know better than this state: the calm before an alert does not end it.
        if (batch.IsAgain)
            for (var i = untold; i < _changes.Count; i++) _changes[i] = _changes[i] with { IsAgain = true };
        state.Apply(batch.Journal, applied);
        _dirty = true;
        if (moved) Show();
        await Finish(inForce);
        _followed = null;
        if (!batch.IsAbroad) return new Judgement(applied, null);
        return new Judgement(applied, judged ? _answers.Judged(batch) : _answers.Again(batch));
    }

    public async ValueTask Tick(long nowMs)
    {
        _sensor = registry[_sensor.Number];
        var inForce = rules.For(_sensor);
        if (_sensor.IsRetired(nowMs))
        {
            await Retire(inForce, nowMs);
            return;
        }
        if (_check is not null) await Check(inForce);
        var known = (stored.State.HeardMs, stored.State.LatestMs);
        SensorEvaluator.Tick(stored.State, inForce, _sensor, nowMs, _changes, ReachableSince(nowMs), listening.Time);
        _dirty |= _changes.Count > 0 || known != (stored.State.HeardMs, stored.State.LatestMs);
        await Finish(inForce);
    }

    public ValueTask Reconcile(long nowMs)
    {
        _sensor = registry[_sensor.Number];
        var inForce = rules.For(_sensor);
        if (_sensor.IsRetired(nowMs)) return Retire(inForce, nowMs);
        SensorEvaluator.Reconcile(stored.State, inForce, _sensor, nowMs, _changes, ReachableSince(nowMs), listening.Time);
        _dirty = true;
        return Finish(inForce);
    }

    public async Task<long> Save(long journal)
    {
        var applied = stored.State.AppliedOf(journal);
        if (!_dirty) return applied;
        // A saved state says that its changes were told: while they are not, saving fails and the journal's cursor stays before them.
        if (_changes.Count > 0) await Finish(rules.For(_sensor));
        if (_changes.Count > 0) throw new IOException("The ledger has not taken its alerts yet.");
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
        return applied;
    }

    // It asks databases: the sensor's readings must not wait for them.
    public async ValueTask<byte[]?> Detector(string language) =>
        await Task.Run(() => views.Of(registry[_sensor.Number], language) is { } view ? DetectorsAbroad.Write(view) : null);

    // Of several hosts what is shown may be the last word of one that died before the ledger had it: nothing would raise it again if it were taken over. There
    // the first check asks the ledger, for which the state needs its rules.
    private void Begin()
    {
        var (inForce, nowMs) = (rules.For(_sensor), time.GetUtcNow().ToUnixTimeMilliseconds());
        if (journal.IsShared) RuleBinding.Bind(stored.State, inForce, _sensor, nowMs, _changes);
        else if (alerts.StandingOf(_sensor.Id) is { Count: > 0 } standing)
        {
            LostState.TakeOver(stored.State, inForce, _sensor, _detector, standing, nowMs, _changes);
            _dirty = true;
        }
    }

    private async ValueTask Check(SensorRules inForce)
    {
        // What has not been told yet the ledger cannot know.
        if (_changes.Count > 0) return;
        var standing = await _check!.LookAsync(shown => LostState.Agrees(stored.State, _detector, shown));
        if (_check.IsOver) _check = null;
        if (standing is null) return;
        LostState.TakeOver(stored.State, inForce, _sensor, _detector, standing, time.GetUtcNow().ToUnixTimeMilliseconds(), _changes);
        _dirty = true;
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
                state, inForce, _sensor, group.DeviceTimes[i], group.Sequences[i], group.ReceivedTimes[i], slots, values, _changes, group.FlaggedOf(i),
                group.ComponentsOf(i), group.IsTimeDoubted(i), inOrder: !journal.IsShared, rainMinutes: group.RainMinutesOf(i));
            if (arrival == Arrival.Latest && health.IsKnown) mark = HealthMarks.Apply(health.Of(_sensor.Number), state, _sensor, mark, slots, _changes);
            group.Marks[i] = mark;
            // Rain that comes late fell all the same.
            if (IsGauge && arrival != Arrival.Duplicate) Rain(group, i, arrival, mark, slots, values);
            moved |= arrival is Arrival.Latest or Arrival.NewestOfItsKind;
            if (arrival != Arrival.Latest) continue;
            if (mark.Grade == QualityGrade.Bad) _detector?.Observe(state.LatestMs, slots, values, mark.Slots, _changes);
            else _detector?.Observe(state.LatestMs, slots, values, _changes);
        }
        return moved;
    }

    // What sums tell of is not among the reading's own values.
    private void Rain(ReadingGroup group, int i, Arrival arrival, QualityMark mark, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values)
    {
        var state = stored.State;
        var timeMs = arrival == Arrival.Latest ? state.LatestMs : ReadingClock.EffectiveMs(group.DeviceTimes[i], group.ReceivedTimes[i]);
        if (state.Sums is null) rain.Observe(_sensor.Number, arrival, timeMs, group.DeviceTimes[i], group.Sequences[i], mark, slots, values);
        else if (double.IsFinite(state.Sums.Told))
            rain.Observe(_sensor.Number, arrival, timeMs, group.DeviceTimes[i], group.Sequences[i], mark, [RainSums.RainSlot], [state.Sums.Told]);
    }

    // Nothing comes any more that could end them: its alerts, those of detectors too, end with its service.
    private ValueTask Retire(SensorRules inForce, long nowMs)
    {
        var before = _changes.Count;
        SensorEvaluator.Retire(stored.State, inForce, _sensor, nowMs, _changes);
        _detector?.Retire();
        stored.State.Health = null;
        var open = alerts.Open.Where(a => a.SensorId == _sensor.Id && a.ClearedAt is null).Select(a => a.Rule);
        foreach (var rule in open.Concat(_changes.Select(c => c.Rule)).Distinct().ToList())
            if (_changes.FindLast(c => c.Rule == rule) is not { Severity: null }) _changes.Add(new RuleChange(rule, null, "", double.NaN, double.NaN, nowMs, null));
        _dirty |= _changes.Count > before;
        return _changes.Count > 0 ? TellAlerts(long.MaxValue) : ValueTask.CompletedTask;
    }

    // Nobody is silent while the gateway that would bring its readings is away.
    private long ReachableSince(long nowMs) => away.HeardSince(_sensor.Gateway, nowMs);

    private void Show() => board.Set(_sensor.Number, LatestReading.Of(stored.State));

    private ValueTask Finish(SensorRules inForce)
    {
        var due = SensorEvaluator.NextDue(stored.State, inForce, ReachableSince(time.GetUtcNow().ToUnixTimeMilliseconds()), listening.Time);
        if (_sensor.RetiredAt is { } retired) due = Math.Min(due, retired.ToUnixTimeMilliseconds());
        if (_changes.Count > 0) return TellAlerts(due);
        dues.Set(_sensor.Number, due);
        return ValueTask.CompletedTask;
    }

    private async ValueTask TellAlerts(long due)
    {
        var told = false;
        try
        {
            using (_followed?.Stage("alert")?.SetTag("changes", _changes.Count)) told = await _telling.TellAsync();
        }
        finally
        {
            dues.Set(_sensor.Number, told ? due : _telling.AgainAt.ToUnixTimeMilliseconds());
        }
    }
}

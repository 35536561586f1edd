using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Placement;

namespace LuohuIOC.Alerts;

/// <summary>
/// Thin shell around <see cref="AlertLifecycle"/>: step in memory, tell the board, await the disk. Calls interleave only at that last
/// await, so each step is whole and the store gets the steps in order.
/// </summary>
[Reentrant, PreferLocalPlacement]
public sealed class AlertGrain(
    AlertStore store, AlertQueries queries, AlertBoard board, AlertMeters meters, SensorRegistry registry, IOptions<AlertOptions> options, TimeProvider time)
    : Grain, IAlertGrain
{
    private readonly Dictionary<string, RuleWatch> _watches = new(StringComparer.Ordinal);
    private Task _saved = Task.CompletedTask;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var known = await store.LoadAsync(this.GetPrimaryKeyString());
        foreach (var watch in known.Watches) _watches[watch.Rule] = watch;
        var saves = new List<AlertSave>();
        foreach (var one in known.Doubled)
        {
            var ending = one.End(time.GetUtcNow());
            var ended = ending.Apply(one.Alert);
            meters.Transition(ending);
            board.Publish(AlertView.Of(ended));
            saves.Add(new AlertSave(this.GetPrimaryKeyString(), _watches[ended.Rule], [ending], ended));
        }
        _ = Save(saves).ContinueWith(t => t.Exception, TaskContinuationOptions.OnlyOnFaulted);
    }

    public Task Observe(RuleChange[] changes)
    {
        AlertSubject? subject = null;
        var saves = new List<AlertSave>(changes.Length);
        foreach (var change in changes)
        {
            subject ??= SubjectOf(registry, this.GetPrimaryKeyString());
            var watch = _watches.GetValueOrDefault(change.Rule) ?? new RuleWatch(change.Rule);
            Step(watch, new AlertCommand.Observe(subject, change), saves);
        }
        return Save(saves);
    }

    public Task Show(RuleChange[] changes)
    {
        // Whoever waits for the ledger hears how that ends.
        _ = Observe(changes).ContinueWith(t => t.Exception, TaskContinuationOptions.OnlyOnFaulted);
        return Task.CompletedTask;
    }

    public async Task<AlertOutcome> Acknowledge(AlertRequest request)
    {
        var outcome = await Ask(request, new AlertCommand.Acknowledge(request));
        // Acknowledging what has cleared closes it: the same officer's second press is no error.
        return outcome.Refusal == AlertRefusal.NotOpen && await ClosedAsync(request.AlertId) is { } closed && closed.AcknowledgedBy == request.Actor
            ? new AlertOutcome(AlertRefusal.None, AlertView.Of(closed))
            : outcome;
    }

    public Task<AlertOutcome> Assign(AlertRequest request, string assignee) => Ask(request, new AlertCommand.Assign(request, assignee));

    public Task<AlertOutcome> Comment(AlertRequest request) => Ask(request, new AlertCommand.Note(request));

    public Task<AlertOutcome> Close(AlertRequest request) => Ask(request, new AlertCommand.Close(request));

    public async Task<AlertOutcome> Mark(AlertRequest request, AlertVerdict verdict)
    {
        if (_watches.Values.Any(w => w.Open?.Id == request.AlertId)) return await Ask(request, new AlertCommand.Mark(request, verdict));
        if (await ClosedAsync(request.AlertId) is not { } closed) return new AlertOutcome(AlertRefusal.NotOpen, null);
        var (events, refusal) = AlertLifecycle.Mark(closed, request, verdict, time.GetUtcNow());
        if (events.Count == 0) return new AlertOutcome(refusal, AlertView.Of(closed));
        var marked = events.Aggregate(closed, (alert, happened) => happened.Apply(alert));
        foreach (var happened in events) meters.Transition(happened);
        board.Publish(AlertView.Of(marked));
        var watch = _watches.GetValueOrDefault(closed.Rule) ?? new RuleWatch(closed.Rule);
        await Save([new AlertSave(this.GetPrimaryKeyString(), watch, events, marked)]);
        return new AlertOutcome(refusal, AlertView.Of(marked));
    }

    public Task Survey(string alertId, Surroundings surroundings)
    {
        var saves = new List<AlertSave>(1);
        if (_watches.Values.FirstOrDefault(w => w.Open?.Id == alertId) is { } watch) Step(watch, new AlertCommand.Survey(alertId, surroundings), saves);
        return Save(saves);
    }

    public Task Expire()
    {
        var saves = new List<AlertSave>();
        foreach (var watch in _watches.Values.ToArray()) Step(watch, new AlertCommand.Expire(), saves);
        return Save(saves);
    }

    // A closed alert is on disk only, and only once all steps before are: another mark may be on its way.
    private async Task<Alert?> ClosedAsync(string id)
    {
        for (var saved = _saved; ; saved = _saved)
        {
            await saved;
            if (ReferenceEquals(saved, _saved)) break;
        }
        return queries.Find(id) is { } closed && closed.Subject.SensorId == this.GetPrimaryKeyString() ? closed : null;
    }

    private async Task<AlertOutcome> Ask(AlertRequest request, AlertCommand command)
    {
        var watch = _watches.Values.FirstOrDefault(w => w.Open?.Id == request.AlertId);
        if (watch is null) return new AlertOutcome(AlertRefusal.NotOpen, null);
        var saves = new List<AlertSave>(1);
        var refusal = Step(watch, command, saves);
        var alert = saves.Count > 0 ? saves[0].Alert! : watch.Open!;
        await Save(saves);
        return new AlertOutcome(refusal, AlertView.Of(alert));
    }

    private AlertRefusal Step(RuleWatch before, AlertCommand command, List<AlertSave> saves)
    {
        var (after, events, refusal) = AlertLifecycle.Step(before, command, time.GetUtcNow(), options.Value.AutoCloseAfter);
        if (ReferenceEquals(after, before)) return refusal;
        _watches[after.Rule] = after;
        Alert? alert = null;
        if (events.Count > 0)
        {
            alert = events.Aggregate(before.Open, (current, happened) => happened.Apply(current))!;
            foreach (var happened in events) meters.Transition(happened);
            board.Publish(AlertView.Of(alert));
        }
        saves.Add(new AlertSave(this.GetPrimaryKeyString(), after, events, alert));
        return refusal;
    }

    /// <summary>Without anything new it is the last save that counts: a caller that asks again after a timeout must not hear "durable" too early.</summary>
    private Task Save(List<AlertSave> saves) => saves.Count == 0 ? _saved : _saved = Append(saves);

    private async Task Append(List<AlertSave> saves)
    {
        try
        {
            await store.AppendAsync(saves);
        }
        catch (AlertNotStoredException)
        {
            // Memory is ahead of a store that will never take this: the next call begins again from what is on disk.
            foreach (var save in saves)
                if (save.Alert is { } alert) board.Disown(alert.Id);
            DeactivateOnIdle();
            throw;
        }
    }

    private static AlertSubject SubjectOf(SensorRegistry registry, string id)
    {
        if (AlertSubject.GatewayOf(id) is { } gateway) return new AlertSubject(id, gateway, AlertSubject.GatewayKind, "", 0, 0);
        if (!registry.TryFind(id, out var sensor)) throw new InvalidOperationException($"Sensor {id} is not in the registry.");
        return new AlertSubject(sensor.Id, sensor.Name, KindCatalogue.Of(sensor.Kind).Name, sensor.Street, sensor.Longitude, sensor.Latitude);
    }
}

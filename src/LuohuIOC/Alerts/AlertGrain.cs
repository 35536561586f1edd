using System.Runtime.ExceptionServices;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Placement;

namespace LuohuIOC.Alerts;

/// <summary>
/// Thin shell around <see cref="AlertLifecycle"/>: step in memory, tell the board, await the disk. Calls interleave only at that last
/// await, so each step is whole and the store gets the steps in order. Where the ledger does not answer it begins without it (<see cref="AlertsMeanwhile"/>).
/// </summary>
[Reentrant, PreferLocalPlacement]
public sealed class AlertGrain(
    AlertStore store, AlertQueries queries, AlertBoard board, AlertMeters meters, SensorRegistry registry, IOptions<AlertOptions> options, TimeProvider time)
    : Grain, IAlertGrain
{
    /// <summary>So long a first alert waits for what the ledger knows of its sensor; then walls show it by what this host knows.</summary>
    private static readonly TimeSpan LedgerPatience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, RuleWatch> _watches = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ended = new();
    private readonly AlertAuthor _author = new();
    private Task _saved = Task.CompletedTask;

    // While the ledger has not answered, and until it has.
    private AlertsMeanwhile? _meanwhile;
    private Exception? _away;
    private Task _joined = Task.CompletedTask;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var loading = store.LoadAsync(this.GetPrimaryKeyString()).AsTask();
        try
        {
            _ = Begin(await loading.WaitAsync(LedgerPatience, time, cancellationToken), []);
        }
        catch (Exception e) when (AlertDatabase.IsTemporary(e))
        {
            Observed(loading);
            _away = e;
            var id = this.GetPrimaryKeyString();
            _meanwhile = new AlertsMeanwhile(board, board.Open.Where(a => a.SensorId == id), store.UnsavedOf(id), options.Value.AutoCloseAfter);
            Observed(_joined = Join());
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _ended.Cancel();
        return Task.CompletedTask;
    }

    public Task Observe(RuleChange[] changes)
    {
        AlertSubject? subject = null;
        var now = time.GetUtcNow();
        var saves = new List<AlertSave>(changes.Length);
        foreach (var change in changes)
        {
            subject ??= SubjectOf(registry, this.GetPrimaryKeyString());
            var observed = new AlertCommand.Observe(subject, change);
            if (_meanwhile is null) Step(WatchOf(change.Rule), observed, saves);
            else _meanwhile.Observe(observed, now);
        }
        return _meanwhile is null ? Save(saves) : _joined;
    }

    public Task Show(RuleChange[] changes)
    {
        Observed(Observe(changes));
        return Task.CompletedTask;
    }

    public Task<StandingAlert[]?> Standing() => Task.FromResult(_meanwhile is not null ? null : _watches.Values
        .Where(watch => watch.Condition is not null).Select(watch => new StandingAlert(watch.Rule, watch.Condition!.Value, watch.Open?.ObservedAt ?? time.GetUtcNow(), watch.Open?.Furthest ?? watch.Open?.Value)).ToArray());

    public async Task Recover(NotedChange[] changes)
    {
        await Joined();
        var id = this.GetPrimaryKeyString();
        var subject = SubjectOf(registry, id);
        var saves = new List<AlertSave>();
        foreach (var ofRule in changes.Where(noted => !IsStored(id, noted.Change)).GroupBy(noted => noted.Change.Rule, StringComparer.Ordinal))
            saves.AddRange(AlertRecovery.Of(id, WatchOf(ofRule.Key), subject, ofRule, time.GetUtcNow(), options.Value.AutoCloseAfter));
        foreach (var save in saves)
        {
            _watches[save.Watch.Rule] = save.Watch;
            foreach (var happened in save.Events) meters.Transition(happened);
            if (save.Alert is { } alert) board.Publish(AlertView.Of(alert));
        }
        await Save(saves);
    }

    public async Task<AlertOutcome> Acknowledge(AlertRequest request)
    {
        var outcome = await Ask(request, new AlertCommand.Acknowledge(request));
        // Acknowledging what has cleared closes it: the same officer's second press is no error, unless it says what nobody would read.
        return outcome.Refusal == AlertRefusal.NotOpen && await ClosedAsync(request.AlertId) is { } closed && closed.AcknowledgedBy == request.Actor && !AlertLifecycle.SaysMore(closed, request)
            ? new AlertOutcome(AlertRefusal.None, AlertView.Of(closed))
            : outcome;
    }

    public Task<AlertOutcome> Assign(AlertRequest request, string assignee) => Ask(request, new AlertCommand.Assign(request, assignee));

    public Task<AlertOutcome> Comment(AlertRequest request) => AskAtAnyTime(request, new AlertCommand.Note(request), closed => AlertLifecycle.Note(closed, request, time.GetUtcNow()));

    public Task<AlertOutcome> Close(AlertRequest request) => Ask(request, new AlertCommand.Close(request));

    public Task<AlertOutcome> Mark(AlertRequest request, AlertVerdict verdict) => Say(request, verdict);

    public Task<AlertOutcome> Withdraw(AlertRequest request) => Say(request, null);

    private Task<AlertOutcome> Say(AlertRequest request, AlertVerdict? verdict) =>
        AskAtAnyTime(request, new AlertCommand.Mark(request, verdict), closed => AlertLifecycle.Mark(closed, request, verdict, time.GetUtcNow()));

    public async Task Survey(string alertId, Surroundings surroundings)
    {
        await Joined();
        var saves = new List<AlertSave>(1);
        if (_watches.Values.FirstOrDefault(w => w.Open?.Id == alertId) is { } watch) Step(watch, new AlertCommand.Survey(alertId, surroundings), saves);
        await Save(saves);
    }

    public Task Notified(string alertId, Severity severity, NoticeDelivery[] notices)
    {
        var told = new AlertCommand.Tell(alertId, severity, notices);
        return AskAtAnyTime(new AlertRequest(alertId, Alert.System, null, null), told, closed => (AlertLifecycle.Told(closed, told, time.GetUtcNow()), AlertRefusal.None));
    }

    public Task Expire()
    {
        // The next round comes.
        if (_meanwhile is not null) return Task.CompletedTask;
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
        await Joined();
        var watch = _watches.Values.FirstOrDefault(w => w.Open?.Id == request.AlertId);
        if (watch is null) return new AlertOutcome(AlertRefusal.NotOpen, null);
        var saves = new List<AlertSave>(1);
        var refusal = Step(watch, command, saves);
        var alert = saves.Count > 0 ? saves[0].Alert! : watch.Open!;
        await Save(saves);
        return new AlertOutcome(refusal, AlertView.Of(alert));
    }

    /// <summary>What an officer may say of an alert when it is closed, too.</summary>
    private async Task<AlertOutcome> AskAtAnyTime(AlertRequest request, AlertCommand command, Func<Alert, (IReadOnlyList<AlertEvent> Events, AlertRefusal Refusal)> afterwards)
    {
        await Joined();
        if (_watches.Values.Any(w => w.Open?.Id == request.AlertId)) return await Ask(request, command);
        if (await ClosedAsync(request.AlertId) is not { } closed) return new AlertOutcome(AlertRefusal.NotOpen, null);
        var (events, refusal) = afterwards(closed);
        if (events.Count == 0) return new AlertOutcome(refusal, AlertView.Of(closed));
        var told = events.Aggregate(closed, (alert, happened) => happened.Apply(alert));
        foreach (var happened in events) meters.Transition(happened);
        board.Publish(AlertView.Of(told));
        await Save([new AlertSave(this.GetPrimaryKeyString(), WatchOf(closed.Rule), events, told)]);
        return new AlertOutcome(refusal, AlertView.Of(told));
    }

    /// <summary>Goes on from what the ledger has; what was observed without it is observed again now, at the times at which it was.</summary>
    private async Task Join()
    {
        try
        {
            var known = await store.LoadWhenBackAsync(this.GetPrimaryKeyString(), _ended.Token);
            await Begin(known, _meanwhile!.Observed);
        }
        catch (OperationCanceledException e)
        {
            throw new IOException("The ledger has not answered before the sensor's alerts went elsewhere.", e);
        }
        catch (Exception e) when (e is not AlertNotStoredException)
        {
            // What it has cannot be read: the next call begins anew, and whoever calls hears of it.
            DeactivateOnIdle();
            throw;
        }
    }

    private Task Begin(KnownAlerts known, IReadOnlyList<(AlertCommand.Observe Command, DateTimeOffset At)> observed)
    {
        var meanwhile = _meanwhile;
        _meanwhile = null;
        foreach (var watch in known.Watches) _watches[watch.Rule] = watch;
        var saves = new List<AlertSave>();
        foreach (var one in known.Doubled)
        {
            var ending = one.End(time.GetUtcNow());
            var ended = ending.Apply(one.Alert);
            meters.Transition(ending);
            if (meanwhile is null) board.Publish(AlertView.Of(ended));
            saves.Add(new AlertSave(this.GetPrimaryKeyString(), WatchOf(ended.Rule), [ending], ended));
        }
        foreach (var (command, at) in observed) Step(WatchOf(command.Change.Rule), command, saves, at);
        meanwhile?.Settle(saves);
        var saved = Save(saves);
        Observed(saved);
        return saved;
    }

    /// <summary>What officers decide, and neighbours say, goes on top of what is written; whoever asks hears why that cannot be read.</summary>
    private async Task Joined()
    {
        if (_meanwhile is null) return;
        await _joined.WaitAsync(options.Value.ReadPatience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (_meanwhile is not null) ExceptionDispatchInfo.Throw(_away!);
    }

    // It was told after all, and the host was lost before it could say so.
    private bool IsStored(string sensor, RuleChange change) => change.Severity is not null && queries.Find(Alert.IdOf(sensor, change)) is not null;

    private RuleWatch WatchOf(string rule) => _watches.GetValueOrDefault(rule) ?? new RuleWatch(rule);

    /// <param name="before">The watch.</param>
    /// <param name="command">What is to be done.</param>
    /// <param name="saves">Gets the step.</param>
    /// <param name="at">When it was, where it is shown already.</param>
    private AlertRefusal Step(RuleWatch before, AlertCommand command, List<AlertSave> saves, DateTimeOffset? at = null)
    {
        var (after, events, refusal) = AlertLifecycle.Step(before, command, at ?? time.GetUtcNow(), options.Value.AutoCloseAfter);
        if (ReferenceEquals(after, before)) return refusal;
        _watches[after.Rule] = after;
        Alert? alert = null;
        if (events.Count > 0)
        {
            alert = events.Aggregate(before.Open, (current, happened) => happened.Apply(current))!;
            foreach (var happened in events) meters.Transition(happened);
            if (at is null) board.Publish(AlertView.Of(alert));
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
            await store.AppendAsync(saves, _author);
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

    /// <summary>Whoever waits for it hears how it ends; when nobody does any more, that is no error of its own.</summary>
    private static void Observed(Task task) => _ = task.ContinueWith(t => t.Exception, TaskContinuationOptions.OnlyOnFaulted);

    private static AlertSubject SubjectOf(SensorRegistry registry, string id)
    {
        if (AlertSubject.GatewayOf(id) is { } gateway) return new AlertSubject(id, gateway, AlertSubject.GatewayKind, "", 0, 0);
        if (!registry.TryFind(id, out var sensor)) throw new InvalidOperationException($"Sensor {id} is not in the registry.");
        return new AlertSubject(sensor.Id, sensor.Name, KindCatalogue.Of(sensor.Kind).Name, sensor.Street, sensor.Longitude, sensor.Latitude);
    }
}

namespace LuohuIOC.Alerts;

/// <summary>Result of a command: the watch after it and the events that led there, or the reason why not.</summary>
public readonly record struct AlertStep(RuleWatch Watch, IReadOnlyList<AlertEvent> Events, AlertRefusal Refusal);

/// <summary>
/// The life of an alert as a pure function.
/// <code>
/// raised ──acknowledge──► acknowledged     severity up: back to raised (attention again); down: state stays
/// cleared while acknowledged                        → closed by the system
/// cleared while raised, worst blue or yellow        → closed by the system
/// cleared because it was a lone reading             → closed by the system
/// cleared while raised, worst orange or red         → stays raised with ClearedAt until acknowledged (then closed),
///                                                     until AutoCloseAfter has passed, or until a person closes it
/// condition back while ClearedAt is set             → the same alert goes on
/// its deadline passes, the condition having held    → back to raised (attention again), once for each assignment
/// closed by a person while the condition holds      → needs a comment; only a later upward change raises a new alert
/// </code>
/// </summary>
public static class AlertLifecycle
{
    /// <summary>Decides and applies; a change that was seen before and a refused command leave the watch as it was.</summary>
    public static AlertStep Step(RuleWatch watch, AlertCommand command, DateTimeOffset now, TimeSpan autoCloseAfter)
    {
        if (command is AlertCommand.Observe { Change: var seen })
        {
            if (watch.Seen.Contains(seen)) return new AlertStep(watch, [], AlertRefusal.None);
            if (IsOvertaken(watch, seen)) return new AlertStep(watch with { Seen = watch.Seen.With(seen) }, [], AlertRefusal.None);
        }
        var (events, refusal) = Decide(watch, command, now, autoCloseAfter);
        foreach (var happened in events) watch = Apply(watch, happened);
        if (command is AlertCommand.Observe { Change: var change })
            watch = watch with { Condition = change.Severity, Seen = watch.Seen.With(change) };
        return new AlertStep(watch, events, refusal);
    }

    public static (IReadOnlyList<AlertEvent> Events, AlertRefusal Refusal) Decide(
        RuleWatch watch, AlertCommand command, DateTimeOffset now, TimeSpan autoCloseAfter)
    {
        switch (command)
        {
            case AlertCommand.Observe observe:
                return (Observe(watch, observe, now), AlertRefusal.None);
            case AlertCommand.Expire:
                return (Expire(watch.Open, now, autoCloseAfter), AlertRefusal.None);
            case AlertCommand.Acknowledge { Request: var request }:
                return Acknowledge(watch.Open, request, now);
            case AlertCommand.Assign { Request: var request, Assignee: var assignee }:
                return Ask(watch.Open, request, alert => [By(alert, AlertEventType.Assigned, request, now) with { Assignee = assignee, DueAt = request.DueAt }]);
            case AlertCommand.Note { Request: var request }:
                return watch.Open is { } noted && noted.Id == request.AlertId ? Note(noted, request, now) : ([], AlertRefusal.NotOpen);
            case AlertCommand.Close { Request: var request }:
                if (watch.Open is { ClearedAt: null } holding && holding.Id == request.AlertId && string.IsNullOrWhiteSpace(request.Comment))
                    return ([], AlertRefusal.CommentRequired);
                return Ask(watch.Open, request, alert => [By(alert, AlertEventType.Closed, request, now)]);
            case AlertCommand.Mark { Request: var request, Verdict: var verdict }:
                return watch.Open is { } marked && marked.Id == request.AlertId ? Mark(marked, request, verdict, now) : ([], AlertRefusal.NotOpen);
            case AlertCommand.Survey { AlertId: var id, Surroundings: var found }:
                return (watch.Open is { Surroundings: null } fresh && fresh.Id == id
                    ? [new AlertEvent(id, fresh.Version + 1, AlertEventType.Surveyed, now, Alert.System) { Surroundings = found }] : [], AlertRefusal.None);
            case AlertCommand.Tell told:
                return (watch.Open is { } open && open.Id == told.AlertId ? Told(open, told, now) : [], AlertRefusal.None);
            default:
                throw new ArgumentOutOfRangeException(nameof(command), command, "Unknown alert command.");
        }
    }

    /// <summary>
    /// An officer's verdict on an alert, open or closed. The same verdict again changes nothing, whoever gives it, and is no error, but what is said with
    /// it is kept; another one replaces it, none takes it back, and all stay in the chain.
    /// </summary>
    public static (IReadOnlyList<AlertEvent> Events, AlertRefusal Refusal) Mark(Alert alert, AlertRequest request, AlertVerdict? verdict, DateTimeOffset now)
    {
        if (alert.Verdict == verdict) return Again(alert, request, now);
        if (IsOutdated(alert, request.Version)) return ([], AlertRefusal.VersionConflict);
        return ([By(alert, verdict is null ? AlertEventType.Withdrawn : AlertEventType.Marked, request, now) with { Verdict = verdict }], AlertRefusal.None);
    }

    /// <summary>An officer's note on an alert, open or closed: what is found out afterwards belongs to it as well.</summary>
    public static (IReadOnlyList<AlertEvent> Events, AlertRefusal Refusal) Note(Alert alert, AlertRequest request, DateTimeOffset now) =>
        IsOutdated(alert, request.Version) ? ([], AlertRefusal.VersionConflict) : ([By(alert, AlertEventType.Commented, request, now)], AlertRefusal.None);

    /// <summary>That people were told of an alert, open or closed by now: it may have ended while the message was on its way. What it knows already, by the time of the server's answer, adds nothing.</summary>
    public static IReadOnlyList<AlertEvent> Told(Alert alert, AlertCommand.Tell told, DateTimeOffset now)
    {
        var known = alert.Notices ?? [];
        NoticeDelivery[] fresh = [.. told.Notices.Where(notice => !known.Any(mark => mark.Policy == notice.Policy && mark.To == notice.To && mark.Delivered == notice.Delivered && mark.At >= notice.At))];
        return fresh.Length == 0 ? [] : [new AlertEvent(alert.Id, alert.Version + 1, AlertEventType.Notified, now, Alert.System) { To = told.Severity, Notices = fresh }];
    }

    public static RuleWatch Apply(RuleWatch watch, AlertEvent happened)
    {
        var alert = happened.Apply(watch.Open);
        return watch with { Open = alert.State == AlertState.Closed ? null : alert };
    }

    private static IReadOnlyList<AlertEvent> Observe(RuleWatch watch, AlertCommand.Observe command, DateTimeOffset now)
    {
        var change = command.Change;
        var open = watch.Open;
        if (change.Severity is not { } severity) return open is { ClearedAt: null } ? Clear(open, change, now) : [];
        if (open is null)
        {
            if (watch.Condition is { } known && severity <= known) return [];
            var id = Alert.IdOf(command.Subject.SensorId, change);
            var raised = new AlertEvent(id, 1, AlertEventType.Raised, now, Alert.System) { Subject = command.Subject, Rule = change.Rule };
            return [Measured(raised, change)];
        }
        if (open.ClearedAt is null && severity == open.Severity && !IsFurther(open, change)) return [];
        var type = open.ClearedAt is not null ? AlertEventType.Returned
            : severity == open.Severity ? AlertEventType.Furthered
            : severity > open.Severity ? AlertEventType.Escalated : AlertEventType.Eased;
        return [Measured(new AlertEvent(open.Id, open.Version + 1, type, now, Alert.System) { From = open.Severity }, change)];
    }

    /// <summary>
    /// A reading that is judged again, by a state that lacks what came of it, tells of a time of which more is known: what it raises may have ended since, and
    /// what it ends may have been raised since. The end of a silence has no metric, and is older than the moment at which the silence was noticed.
    /// </summary>
    private static bool IsOvertaken(RuleWatch watch, RuleChange change) =>
        change.IsAgain && (change.Severity is not null || change.Metric.Length > 0) && change.ObservedMs < watch.Seen.NewestMs && !IsCrestOf(watch.Open, change);

    /// <summary>The crest that passed while the rule waited for its hold is told behind the raise and is older than it: nothing that is known of later times speaks against it.</summary>
    private static bool IsCrestOf(Alert? open, RuleChange change) => open is { ClearedAt: null } && change.Severity == open.Severity && IsFurther(open, change);

    private static bool IsFurther(Alert open, RuleChange change) =>
        change.Metric == open.Metric && (open.Furthest ?? open.Value) is { } known && AlertEvent.IsFurther(change.Value, known, Known(change.Threshold), EvidenceWords.ExpectedOf(change.Evidence, open.Metric));

    private static IReadOnlyList<AlertEvent> Expire(Alert? open, DateTimeOffset now, TimeSpan autoCloseAfter) => open switch
    {
        { ClearedAt: { } cleared } when now - cleared >= autoCloseAfter => [Closed(open, 1, now)],
        // What had ended in time and came back is another matter than the one that was assigned.
        { ClearedAt: null, OverdueAt: null, DueAt: { } due } when now >= due && (open.ReturnedAt ?? open.RaisedAt) <= due =>
            [new AlertEvent(open.Id, open.Version + 1, AlertEventType.Overdue, now, Alert.System) { Assignee = open.AssignedTo, DueAt = due }],
        _ => [],
    };

    private static IReadOnlyList<AlertEvent> Clear(Alert open, RuleChange change, DateTimeOffset now)
    {
        var cleared = Measured(new AlertEvent(open.Id, open.Version + 1, AlertEventType.Cleared, now, Alert.System) { From = open.Severity }, change);
        var seen = open.State == AlertState.Acknowledged || open.Worst <= Severity.Yellow || EvidenceWords.IsLone(change.Evidence);
        return seen ? [cleared, Closed(open, 2, now)] : [cleared];
    }

    private static (IReadOnlyList<AlertEvent>, AlertRefusal) Acknowledge(Alert? open, AlertRequest request, DateTimeOffset now)
    {
        if (open is { State: AlertState.Acknowledged } && open.Id == request.AlertId)
        {
            if (open.AcknowledgedBy != request.Actor) return ([], AlertRefusal.AcknowledgedByAnother);
            return Again(open, request, now);
        }
        return Ask(open, request, alert =>
        {
            var acknowledged = By(alert, AlertEventType.Acknowledged, request, now);
            return alert.ClearedAt is null ? [acknowledged] : [acknowledged, Closed(alert, 2, now)];
        });
    }

    // The same request again, after an answer that was lost, changes nothing, whatever it has seen; what it says anew is a note like others.
    private static (IReadOnlyList<AlertEvent>, AlertRefusal) Again(Alert alert, AlertRequest request, DateTimeOffset now) =>
        SaysMore(alert, request) ? Note(alert, request, now) : ([], AlertRefusal.None);

    /// <summary>Whether the request has words that are not the last ones of the alert's record.</summary>
    public static bool SaysMore(Alert alert, AlertRequest request) => !string.IsNullOrWhiteSpace(request.Comment) && request.Comment != alert.Comment;

    private static (IReadOnlyList<AlertEvent>, AlertRefusal) Ask(Alert? open, AlertRequest request, Func<Alert, IReadOnlyList<AlertEvent>> decide)
    {
        if (open is null || open.Id != request.AlertId) return ([], AlertRefusal.NotOpen);
        if (IsOutdated(open, request.Version)) return ([], AlertRefusal.VersionConflict);
        return (decide(open), AlertRefusal.None);
    }

    // Evidence, or a further value, that came while the officer was looking takes nothing back: what stood before it still stands.
    private static bool IsOutdated(Alert alert, int? seen) => seen is { } version && (version > alert.Version || version < (alert.TurnedAs ?? alert.Version));

    private static AlertEvent By(Alert alert, AlertEventType type, AlertRequest request, DateTimeOffset now) =>
        new(alert.Id, alert.Version + 1, type, now, request.Actor) { Comment = string.IsNullOrWhiteSpace(request.Comment) ? null : request.Comment };

    private static AlertEvent Closed(Alert alert, int offset, DateTimeOffset now) =>
        new(alert.Id, alert.Version + offset, AlertEventType.Closed, now, Alert.System);

    private static AlertEvent Measured(AlertEvent happened, RuleChange change) => happened with
    {
        To = change.Severity,
        Metric = change.Metric,
        Value = Known(change.Value),
        Threshold = Known(change.Threshold),
        ObservedAt = DateTimeOffset.FromUnixTimeMilliseconds(change.ObservedMs),
        Evidence = change.Evidence,
    };

    /// <summary>JSON has no NaN: no value is null from here on.</summary>
    private static double? Known(double value) => double.IsFinite(value) ? value : null;
}

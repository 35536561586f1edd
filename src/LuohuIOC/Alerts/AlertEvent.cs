namespace LuohuIOC.Alerts;

/// <summary>What happened to an alert. Stored by name: never rename.</summary>
public enum AlertEventType : byte
{
    Raised = 1,

    /// <summary>Severity went up; an acknowledged alert needs attention again.</summary>
    Escalated = 2,

    /// <summary>Severity went down while the condition still holds.</summary>
    Eased = 3,

    /// <summary>The condition no longer holds.</summary>
    Cleared = 4,

    /// <summary>The condition holds again before the alert was closed.</summary>
    Returned = 5,
    Acknowledged = 6,
    Assigned = 7,
    Commented = 8,
    Closed = 9,

    /// <summary>An officer said whether the alert told of something real; may follow <see cref="Closed"/>.</summary>
    Marked = 10,

    /// <summary>Neighbours, rain and the last similar episode have been looked at; once in an alert's life, soon after <see cref="Raised"/>.</summary>
    Surveyed = 11,

    /// <summary>The condition holds at the same severity, and its value has gone further than was told.</summary>
    Furthered = 12,

    /// <summary>An officer took the mark back; nobody has said anything of the alert then.</summary>
    Withdrawn = 13,

    /// <summary>The time by which whoever it was assigned to should have dealt with it has passed and the condition holds: it needs attention again.</summary>
    Overdue = 14,

    /// <summary>People were told outside of walls, or could not be.</summary>
    Notified = 15,
}

/// <summary>What an officer says of an alert afterwards. Stored by name: never rename.</summary>
public enum AlertVerdict : byte
{
    /// <summary>Something real had happened.</summary>
    True = 1,

    /// <summary>Nothing had: a false alarm.</summary>
    False = 2,
}

/// <summary>One step in the life of an alert: who, when, what. Appended, hashed, never changed.</summary>
/// <param name="AlertId">The alert.</param>
/// <param name="Sequence">1, 2, 3 … within the alert.</param>
/// <param name="Type">What happened.</param>
/// <param name="At">When this server took note.</param>
/// <param name="Actor">Officer's name, or <see cref="Alert.System"/>.</param>
public sealed record AlertEvent(string AlertId, int Sequence, AlertEventType Type, DateTimeOffset At, string Actor)
{
    /// <summary>The sensor; in the first event only.</summary>
    public AlertSubject? Subject { get; init; }

    /// <summary>The rule; in the first event only.</summary>
    public string? Rule { get; init; }

    public Severity? From { get; init; }

    public Severity? To { get; init; }

    public string? Metric { get; init; }

    public double? Value { get; init; }

    public double? Threshold { get; init; }

    public DateTimeOffset? ObservedAt { get; init; }

    public string? Evidence { get; init; }

    public string? Assignee { get; init; }

    public string? Comment { get; init; }

    /// <summary>Of <see cref="AlertEventType.Marked"/> only.</summary>
    public AlertVerdict? Verdict { get; init; }

    /// <summary>Of <see cref="AlertEventType.Surveyed"/> only.</summary>
    public Surroundings? Surroundings { get; init; }

    /// <summary>Of <see cref="AlertEventType.Assigned"/>, where it has one, and of <see cref="AlertEventType.Overdue"/>.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>Of <see cref="AlertEventType.Notified"/> only; <see cref="To"/> is the severity that was told.</summary>
    public NoticeDelivery[]? Notices { get; init; }

    /// <summary>The alert after this event. Throws when the event does not follow the state: the store or a caller broke the order.</summary>
    public Alert Apply(Alert? before)
    {
        if (Sequence != (before?.Version ?? 0) + 1)
            throw new InvalidOperationException($"Alert {AlertId}: event {Sequence} ({Type}) cannot follow version {before?.Version ?? 0}.");
        if (before is null) return Begin();
        var isTurn = Type is not (AlertEventType.Surveyed or AlertEventType.Furthered or AlertEventType.Notified);
        var alert = before with
        {
            Version = Sequence,
            UpdatedAt = At,
            Comment = Comment ?? before.Comment,
            TurnedAs = isTurn ? null : before.TurnedAs ?? before.Version,
            Highest = Higher(before),
        };
        return Type switch
        {
            AlertEventType.Escalated => Anew(Measured(alert)) with { Call = Worse(before), Worst = before.State == AlertState.Acknowledged || To > before.Worst ? To!.Value : before.Worst },
            AlertEventType.Eased => Measured(alert) with { Call = before.Call?.Now(To!.Value, At) },
            AlertEventType.Furthered => Measured(alert),
            AlertEventType.Returned => Measured(alert) with { Call = Back(before), ClearedAt = null, ReturnedAt = At, Worst = To > before.Worst ? To!.Value : before.Worst },
            // What it cleared at is the latest value; its severity, threshold, evidence and their time stay those of its last step. That it was a lone reading says more than its evidence.
            AlertEventType.Cleared => alert with
            {
                ClearedAt = At,
                Value = Value ?? before.Value,
                Furthest = before.Furthest ?? before.Value,
                Evidence = EvidenceWords.IsLone(Evidence) ? Evidence : before.Evidence,
            },
            AlertEventType.Acknowledged => alert with { State = AlertState.Acknowledged, AcknowledgedBy = Actor, AcknowledgedAt = At },
            AlertEventType.Assigned => alert with { AssignedTo = Assignee, DueAt = DueAt, OverdueAt = null },
            AlertEventType.Overdue => Anew(alert) with { Call = Late(before), OverdueAt = At, Worst = before.State == AlertState.Acknowledged ? before.Severity : before.Worst },
            AlertEventType.Commented => alert,
            AlertEventType.Closed => alert with { State = AlertState.Closed, ClosedBy = Actor, ClosedAt = At },
            AlertEventType.Marked => alert with { Verdict = Verdict, MarkedBy = Actor, MarkedAt = At },
            AlertEventType.Withdrawn => alert with { Verdict = null, MarkedBy = null, MarkedAt = null },
            AlertEventType.Surveyed => alert with { Surroundings = Surroundings },
            AlertEventType.Notified => alert with { Notices = Noted(before.Notices ?? []) },
            _ => throw new InvalidOperationException($"Alert {AlertId}: event {Sequence} has the type {Type}, which cannot follow another."),
        };
    }

    // Whoever had acknowledged it must look again.
    private static Alert Anew(Alert alert) => alert with { State = AlertState.Raised, AcknowledgedBy = null, AcknowledgedAt = null };

    private Alert Begin() => new()
    {
        Id = AlertId,
        Subject = Subject!,
        Rule = Rule!,
        State = AlertState.Raised,
        Severity = To!.Value,
        Worst = To.Value,
        Metric = Metric ?? "",
        Value = Value,
        Threshold = Threshold,
        Evidence = Evidence,
        ObservedAt = ObservedAt!.Value,
        RaisedAt = At,
        UpdatedAt = At,
        Version = Sequence,
        Highest = To,
        Fold = Alert.PresentFold,
        Call = AlertCall.Begin(To.Value, At),
    };

    private Alert Measured(Alert alert) => alert with
    {
        Severity = To!.Value,
        Metric = Metric ?? "",
        Value = Value,
        Furthest = Further(alert),
        Threshold = Threshold,
        Evidence = Evidence,
        ObservedAt = ObservedAt!.Value,
    };

    // Nobody has been asked to look before an officer's look.
    private AlertCall? Worse(Alert before) => before.State == AlertState.Acknowledged ? AlertCall.Begin(To!.Value, At) : before.Call?.Now(To!.Value, At);

    private AlertCall? Back(Alert before) => At - before.ClearedAt >= AlertCall.LullMin ? AlertCall.Begin(To!.Value, At) : before.Call?.Now(To!.Value, At);

    // Whoever has waited for an officer all the time does not begin to wait anew.
    private AlertCall? Late(Alert before) => before.State == AlertState.Acknowledged ? AlertCall.Begin(before.Severity, At) : before.Call is { } call ? call with { At = At } : null;

    private NoticeMark[] Noted(NoticeMark[] before) =>
    [
        .. before.Where(mark => !Notices!.Any(notice => notice.Policy == mark.Policy && notice.To == mark.To && (notice.Delivered || !mark.Delivered))),
        .. Notices!.Select(notice => new NoticeMark(notice.Policy, notice.To, notice.Delivered, To!.Value, notice.At, notice.Call, notice.Ended)),
    ];

    // What older versions have stored knows of the highest what the worst says.
    private Severity? Higher(Alert before)
    {
        var known = before.Highest ?? (before.Worst > before.Severity ? before.Worst : before.Severity);
        return To > known ? To : known;
    }

    private double? Further(Alert before) =>
        Value is { } value && (before.Furthest ?? before.Value) is { } known && Metric == before.Metric
        && IsFurther(known, value, Threshold, EvidenceWords.ExpectedOf(Evidence, before.Metric) ?? EvidenceWords.ExpectedOf(before.Evidence, before.Metric)) ? known : null;

    /// <summary>
    /// Whether a value lies further off than another one. Which way is further the threshold says: what stands below it has fallen. Without one it is the distance from what had been
    /// expected, as a detector has no threshold of the metric.
    /// </summary>
    internal static bool IsFurther(double value, double than, double? threshold, double? expected) =>
        threshold is { } limit ? value < limit && than < limit ? value < than : value > than
        : expected is { } usual ? Math.Abs(value - usual) > Math.Abs(than - usual) : value > than;
}

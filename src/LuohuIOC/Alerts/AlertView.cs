using System.Text.Json.Serialization;
using LuohuIOC.Texts;
using MessagePack;

namespace LuohuIOC.Alerts;

/// <summary>Degrees, WGS84.</summary>
[GenerateSerializer, Immutable, Alias("luohu.alert-location.v1"), MessagePackObject]
public sealed record AlertLocation(
    [property: Id(0), Key("longitude")] double Longitude,
    [property: Id(1), Key("latitude")] double Latitude);

/// <summary>
/// An alert as people and browsers see it, over HTTP (JSON) and the hub (JSON or MessagePack) alike: keys in camelCase, enumerations
/// as lower-case words, times as ISO 8601 text with offset in both encodings, absent values null.
/// </summary>
[GenerateSerializer, Immutable, Alias("luohu.alert-view.v1"), MessagePackObject]
public sealed record AlertView
{
    [Id(0), Key("id")] public required string Id { get; init; }

    /// <summary>The sensor, or <c>gateway/</c> and the gateway's id where the alert is a gateway's.</summary>
    [Id(1), Key("sensorId")] public required string SensorId { get; init; }

    [Id(2), Key("sensorName")] public required string SensorName { get; init; }

    /// <summary>Wire name of the sensor's kind, for example <c>waterlogging</c>, or <c>gateway</c>.</summary>
    [Id(3), Key("kind")] public required string Kind { get; init; }

    [Id(4), Key("street")] public required string Street { get; init; }

    /// <summary>Null while the sensor's place is unknown.</summary>
    [Id(5), Key("location")] public AlertLocation? Location { get; init; }

    [Id(6), Key("rule")] public required string Rule { get; init; }

    /// <summary>The rule for people, in the reader's language.</summary>
    [Id(7), Key("ruleName")] public required string RuleName { get; init; }

    /// <summary><c>blue</c>, <c>yellow</c>, <c>orange</c> or <c>red</c>.</summary>
    [Id(8), Key("severity")] public required string Severity { get; init; }

    /// <summary>Worst severity that no officer has acknowledged.</summary>
    [Id(9), Key("worst")] public required string Worst { get; init; }

    /// <summary><c>raised</c>, <c>acknowledged</c> or <c>closed</c>.</summary>
    [Id(10), Key("state")] public required string State { get; init; }

    /// <summary>Wire name of the metric that decided, empty for a rule without one.</summary>
    [Id(11), Key("metric")] public required string Metric { get; init; }

    /// <summary>UCUM unit of the metric, empty without one.</summary>
    [Id(12), Key("unit")] public required string Unit { get; init; }

    /// <summary>Of the last step: what raised it, changed its severity, or cleared it.</summary>
    [Id(13), Key("value")] public double? Value { get; init; }

    [Id(14), Key("threshold")] public double? Threshold { get; init; }

    /// <summary>When the severity was decided: the time of the reading or, where it had to hold for a while, the end of that. What cleared it stands in its event.</summary>
    [Id(15), Key("observedAt"), MessagePackFormatter(typeof(IsoTime))] public required DateTimeOffset ObservedAt { get; init; }

    [Id(16), Key("raisedAt"), MessagePackFormatter(typeof(IsoTime))] public required DateTimeOffset RaisedAt { get; init; }

    [Id(17), Key("updatedAt"), MessagePackFormatter(typeof(IsoTime))] public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Since when the condition no longer holds; null while it does.</summary>
    [Id(18), Key("clearedAt"), MessagePackFormatter(typeof(IsoTime))] public DateTimeOffset? ClearedAt { get; init; }

    [Id(19), Key("acknowledgedBy")] public string? AcknowledgedBy { get; init; }

    [Id(20), Key("acknowledgedAt"), MessagePackFormatter(typeof(IsoTime))] public DateTimeOffset? AcknowledgedAt { get; init; }

    [Id(21), Key("assignedTo")] public string? AssignedTo { get; init; }

    /// <summary>Officer's name, or <c>system</c>.</summary>
    [Id(22), Key("closedBy")] public string? ClosedBy { get; init; }

    [Id(23), Key("closedAt"), MessagePackFormatter(typeof(IsoTime))] public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Newest comment.</summary>
    [Id(24), Key("comment")] public string? Comment { get; init; }

    /// <summary>JSON object as text with what else an officer should see, or null.</summary>
    [Id(25), Key("evidence")] public string? Evidence { get; init; }

    /// <summary>Counts up with every transition; of two views of one alert the higher is the newer.</summary>
    [Id(26), Key("version")] public required int Version { get; init; }

    /// <summary>An officer's verdict, <c>true</c> or <c>false</c>; null while nobody has given one.</summary>
    [Id(27), Key("verdict")] public string? Verdict { get; init; }

    [Id(28), Key("markedBy")] public string? MarkedBy { get; init; }

    [Id(29), Key("markedAt"), MessagePackFormatter(typeof(IsoTime))] public DateTimeOffset? MarkedAt { get; init; }

    /// <summary>A detector's evidence as a sentence in the reader's language: what was expected, what came, how sure; null for other rules.</summary>
    [Id(30), Key("evidenceText")] public string? EvidenceText { get; init; }

    /// <summary>Neighbours and rain in one line; null until they have been looked at. All of it is in the answer for one alert.</summary>
    [Id(31), Key("surroundingsText")] public string? SurroundingsText { get; init; }

    /// <summary>What they make more likely: <c>event</c>, <c>instrument</c> or <c>undecided</c>.</summary>
    [Id(32), Key("lean")] public string? Lean { get; init; }

    /// <summary>For hosts, which say it in their readers' language: a wall of five hundred alerts would take a megabyte of it.</summary>
    [Id(33), IgnoreMember, JsonIgnore] public Surroundings? Surroundings { get; init; }

    /// <summary>The furthest beyond its thresholds of the values that its events have told, to within a fifth while the condition holds, exact when it has ended; null without one.</summary>
    [Id(34), Key("furthest")] public double? Furthest { get; init; }

    /// <summary>Since when the condition holds, or has held last: when it was raised, or had ended and came back.</summary>
    [Id(35), Key("holdsSince"), MessagePackFormatter(typeof(IsoTime))] public DateTimeOffset? HoldsSince { get; init; }

    /// <summary>Highest severity of its life, acknowledged or not.</summary>
    [Id(36), Key("highest")] public string? Highest { get; init; }

    /// <summary>By when whoever it is assigned to should have dealt with it; null without a deadline.</summary>
    [Id(37), Key("dueAt"), MessagePackFormatter(typeof(IsoTime))] public DateTimeOffset? DueAt { get; init; }

    /// <summary>When that time was found to have passed while the condition held; null while it has not.</summary>
    [Id(38), Key("overdueAt"), MessagePackFormatter(typeof(IsoTime))] public DateTimeOffset? OverdueAt { get; init; }

    /// <summary>For hosts, which see by it who is still to be told. Officers read it in the events; addresses are nothing for every wall.</summary>
    [Id(39), IgnoreMember, JsonIgnore] public NoticeMark[]? Notices { get; init; }

    /// <summary>For hosts: since when it has called for an officer.</summary>
    [Id(40), IgnoreMember, JsonIgnore] public AlertCall? Call { get; init; }

    public static AlertView Of(Alert alert, string language = TextBook.Chinese) => new()
    {
        Id = alert.Id,
        SensorId = alert.Subject.SensorId,
        SensorName = alert.Subject.Name,
        Kind = alert.Subject.Kind,
        Street = alert.Subject.Street,
        Location = alert.Subject is { Longitude: 0, Latitude: 0 } ? null : new AlertLocation(alert.Subject.Longitude, alert.Subject.Latitude),
        Rule = alert.Rule,
        RuleName = AlertWords.Rule(language, alert.Rule, alert.Evidence),
        Severity = AlertWords.Of(alert.Severity),
        Worst = AlertWords.Of(alert.Worst),
        State = AlertWords.Of(alert.State),
        Metric = alert.Metric,
        Unit = Figures.Unit(alert.Subject.Kind, alert.Metric),
        Value = alert.Value,
        Furthest = alert.Furthest ?? alert.Value,
        HoldsSince = alert.ReturnedAt ?? alert.RaisedAt,
        Highest = AlertWords.Of(alert.Highest ?? (alert.Worst > alert.Severity ? alert.Worst : alert.Severity)),
        Threshold = alert.Threshold,
        ObservedAt = alert.ObservedAt,
        RaisedAt = alert.RaisedAt,
        UpdatedAt = alert.UpdatedAt,
        ClearedAt = alert.ClearedAt,
        AcknowledgedBy = alert.AcknowledgedBy,
        AcknowledgedAt = alert.AcknowledgedAt,
        AssignedTo = alert.AssignedTo,
        DueAt = alert.DueAt,
        OverdueAt = alert.OverdueAt,
        Notices = alert.Notices,
        Call = alert.Call,
        ClosedBy = alert.ClosedBy,
        ClosedAt = alert.ClosedAt,
        Comment = alert.Comment,
        Evidence = alert.Evidence,
        Version = alert.Version,
        Verdict = alert.Verdict is { } verdict ? AlertWords.Of(verdict) : null,
        MarkedBy = alert.MarkedBy,
        MarkedAt = alert.MarkedAt,
        EvidenceText = EvidenceWords.Of(language, alert.Subject.Kind, alert.Metric, alert.ClearedAt is null ? alert.Value : alert.Furthest ?? alert.Value, alert.Threshold, alert.Evidence),
        SurroundingsText = alert.Surroundings is { } found ? SurroundingsWords.Summary(language, alert.Subject.Kind, found) : null,
        Lean = alert.Surroundings is { } looked ? SurroundingsWords.Of(looked.Lean) : null,
        Surroundings = alert.Surroundings,
    };

    /// <summary>The alert that is shown, as far as views tell of it: of who took note of its surroundings they do not.</summary>
    internal Alert ToAlert() => new()
    {
        Id = Id,
        Subject = new AlertSubject(SensorId, SensorName, Kind, Street, Location?.Longitude ?? 0, Location?.Latitude ?? 0),
        Rule = Rule,
        State = Enum.Parse<AlertState>(State, ignoreCase: true),
        Severity = AlertWords.SeverityOf(Severity),
        Worst = AlertWords.SeverityOf(Worst),
        Metric = Metric,
        Value = Value,
        Furthest = Furthest == Value ? null : Furthest,
        ReturnedAt = HoldsSince == RaisedAt ? null : HoldsSince,
        Highest = Highest is { } highest ? AlertWords.SeverityOf(highest) : null,
        Threshold = Threshold,
        Evidence = Evidence,
        ObservedAt = ObservedAt,
        RaisedAt = RaisedAt,
        UpdatedAt = UpdatedAt,
        ClearedAt = ClearedAt,
        AcknowledgedBy = AcknowledgedBy,
        AcknowledgedAt = AcknowledgedAt,
        AssignedTo = AssignedTo,
        DueAt = DueAt,
        OverdueAt = OverdueAt,
        Notices = Notices,
        Call = Call,
        ClosedBy = ClosedBy,
        ClosedAt = ClosedAt,
        Comment = Comment,
        Version = Version,
        Verdict = AlertWords.VerdictOf(Verdict),
        MarkedBy = MarkedBy,
        MarkedAt = MarkedAt,
        Surroundings = Surroundings,
    };

    /// <summary>The sensor sends, and nothing of it can be used.</summary>
    public bool IsUnusable() => EvidenceWords.IsUnusable(Evidence);

    /// <summary>What the evidence goes with: the value of the last step while the alert's condition holds, and not the one that cleared it.</summary>
    public double? ValueTold() => ClearedAt is null ? Value : Furthest;

    /// <summary>The same alert for a reader of another language.</summary>
    public AlertView In(string language) => language == TextBook.Chinese ? this : this with
    {
        RuleName = AlertWords.Rule(language, Rule, Evidence),
        EvidenceText = EvidenceWords.Of(language, Kind, Metric, ValueTold(), Threshold, Evidence),
        SurroundingsText = Surroundings is { } found ? SurroundingsWords.Summary(language, Kind, found) : null,
    };
}

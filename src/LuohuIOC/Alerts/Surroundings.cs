namespace LuohuIOC.Alerts;

/// <summary>Where a neighbour stands. Stored by name: never rename.</summary>
public enum NeighbourSide : byte
{
    /// <summary>One of the nearest of the same kind.</summary>
    Near = 1,

    /// <summary>The next whose water comes here.</summary>
    Upstream = 2,

    /// <summary>The next that this water goes to.</summary>
    Downstream = 3,
}

/// <summary>What a neighbour says of an alert. Stored by name: never rename.</summary>
public enum NeighbourVerdict : byte
{
    /// <summary>It moves the same way, stands in the same state, or is silent beside a silent one.</summary>
    Agrees = 1,

    /// <summary>It speaks and shows nothing of it.</summary>
    Calm = 2,

    /// <summary>It moves the other way.</summary>
    Opposite = 3,

    /// <summary>It has not spoken for longer than its kind may.</summary>
    Silent = 4,

    /// <summary>Its reading is bad or it is suspected of a fault itself: no witness.</summary>
    Doubtful = 5,

    /// <summary>It speaks, but not for long enough to say whether that is unusual or moves: no witness.</summary>
    Unknown = 6,
}

/// <summary>What the neighbours make more likely. Stored by name: never rename.</summary>
public enum SurroundingsLean : byte
{
    /// <summary>They allow no conclusion.</summary>
    Undecided = 1,

    /// <summary>Something happens in the district.</summary>
    Event = 2,

    /// <summary>The instrument, or something at this one place.</summary>
    Instrument = 3,
}

/// <summary>What an alert is about, which decides what a neighbour would have to show to agree. Stored by name: never rename.</summary>
public enum SurroundingsSubject : byte
{
    Rise = 1,
    Fall = 2,

    /// <summary>A state of 0 or 1, as a fire alarm.</summary>
    State = 3,

    /// <summary>The sensor says nothing any more.</summary>
    Silence = 4,
}

/// <summary>One neighbour as it stood when the alert was raised.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name for people, as it was then.</param>
/// <param name="Kind">Wire name of its kind.</param>
/// <param name="Side">Where it stands.</param>
/// <param name="Metres">Distance; null while a place is unknown.</param>
/// <param name="Metric">What was looked at; empty where only its silence matters.</param>
/// <param name="Value">Its latest value in the metric's unit, null without one. Of a rain gauge: millimetres in the last hour.</param>
/// <param name="Moved">Change over <see cref="Surroundings.Minutes"/>, same unit; null when it is not known.</param>
/// <param name="Departure">Distance from what is usual at this hour in the sensor's usual spreads; null while that is not known.</param>
/// <param name="ObservedAt">Time of the latest reading.</param>
/// <param name="Verdict">What it says.</param>
[GenerateSerializer, Immutable, Alias("luohu.neighbour.v1")]
public sealed record Neighbour(
    [property: Id(0)] string Id,
    [property: Id(1)] string Name,
    [property: Id(2)] string Kind,
    [property: Id(3)] NeighbourSide Side,
    [property: Id(4)] int? Metres,
    [property: Id(5)] string Metric,
    [property: Id(6)] double? Value,
    [property: Id(7)] double? Moved,
    [property: Id(8)] double? Departure,
    [property: Id(9)] DateTimeOffset? ObservedAt,
    [property: Id(10)] NeighbourVerdict Verdict);

/// <summary>Rain around a sensor: its nearest gauges.</summary>
/// <param name="Gauges">Of them, how many speak.</param>
/// <param name="HourMillimetres">The largest of their sums of the last hour; null when none speaks, or when not all of that hour is known, as after a start.</param>
/// <param name="UndrainedMillimetres">Fallen and not drained, as enough gauges agree; null for kinds that rain does not concern.</param>
[GenerateSerializer, Immutable, Alias("luohu.rain-near.v1")]
public sealed record RainNear(
    [property: Id(0)] int Gauges,
    [property: Id(1)] double? HourMillimetres,
    [property: Id(2)] double? UndrainedMillimetres);

/// <summary>What rain and the stations upstream had let expect for the moment of the raise, where that is forecast.</summary>
/// <param name="Minutes">So long before.</param>
/// <param name="Expected">Metres.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Value">What came.</param>
[GenerateSerializer, Immutable, Alias("luohu.foretold.v1")]
public sealed record Foretold(
    [property: Id(0)] int Minutes,
    [property: Id(1)] double Expected,
    [property: Id(2)] double Low,
    [property: Id(3)] double High,
    [property: Id(4)] double Value);

/// <summary>The last closed alert of the same sensor that was of the same rule or, failing that, of the same metric.</summary>
/// <param name="AlertId">The alert.</param>
/// <param name="Rule">Its rule.</param>
/// <param name="Worst">Worst severity that it reached.</param>
/// <param name="RaisedAt">When it began.</param>
/// <param name="EndedAt">When its condition ended or, if it held on, when it was closed.</param>
/// <param name="Peak">Furthest value that its events tell of, in the metric's unit. The water may have gone further between two severities.</param>
/// <param name="ClosedBy">Officer, or <see cref="Alert.System"/>.</param>
/// <param name="Comment">Newest comment.</param>
/// <param name="Verdict">What an officer said of it.</param>
[GenerateSerializer, Immutable, Alias("luohu.last-episode.v1")]
public sealed record LastEpisode(
    [property: Id(0)] string AlertId,
    [property: Id(1)] string Rule,
    [property: Id(2)] Severity Worst,
    [property: Id(3)] DateTimeOffset RaisedAt,
    [property: Id(4)] DateTimeOffset EndedAt,
    [property: Id(5)] double? Peak,
    [property: Id(6)] string ClosedBy,
    [property: Id(7)] string? Comment,
    [property: Id(8)] AlertVerdict? Verdict);

/// <summary>What stood around a sensor when its alert was raised, and how it went the last time. Never changed afterwards.</summary>
/// <param name="At">When it was gathered.</param>
/// <param name="Subject">What the alert is about; null for alerts that neighbours say nothing of (a battery).</param>
/// <param name="Lean">What follows.</param>
/// <param name="Minutes">Time over which changes are told.</param>
/// <param name="Moved">The sensor's own change, in the metric's unit; null when it is not known.</param>
/// <param name="Departure">Its own distance from what is usual, in spreads; null while that is not known.</param>
/// <param name="Neighbours">Nearest first, then upstream, then downstream.</param>
/// <param name="Rain">Null for kinds that rain does not concern.</param>
/// <param name="Last">Null when there was none.</param>
/// <param name="Foretold">Null at stations that are not forecast.</param>
[GenerateSerializer, Immutable, Alias("luohu.surroundings.v1")]
public sealed record Surroundings(
    [property: Id(0)] DateTimeOffset At,
    [property: Id(1)] SurroundingsSubject? Subject,
    [property: Id(2)] SurroundingsLean Lean,
    [property: Id(3)] int Minutes,
    [property: Id(4)] double? Moved,
    [property: Id(5)] double? Departure,
    [property: Id(6)] Neighbour[] Neighbours,
    [property: Id(7)] RainNear? Rain,
    [property: Id(8)] LastEpisode? Last,
    [property: Id(9)] Foretold? Foretold = null)
{
    public bool Equals(Surroundings? other) =>
        other is not null && (At, Subject, Lean, Minutes, Moved, Departure, Rain, Last, Foretold)
            == (other.At, other.Subject, other.Lean, other.Minutes, other.Moved, other.Departure, other.Rain, other.Last, other.Foretold)
        && Neighbours.AsSpan().SequenceEqual(other.Neighbours);

    public override int GetHashCode() => HashCode.Combine(At, Subject, Lean, Neighbours.Length);

    /// <summary>Those that can say something.</summary>
    internal IEnumerable<Neighbour> Heard() =>
        Subject == SurroundingsSubject.Silence ? Neighbours.Where(n => n.Verdict is not NeighbourVerdict.Unknown) : Neighbours.Where(n => n.Verdict is not (NeighbourVerdict.Silent or NeighbourVerdict.Doubtful or NeighbourVerdict.Unknown));
}

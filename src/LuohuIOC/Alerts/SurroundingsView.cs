using LuohuIOC.Texts;

namespace LuohuIOC.Alerts;

/// <summary>What stood around a sensor when its alert was raised, as the API tells it.</summary>
/// <param name="At">When it was gathered.</param>
/// <param name="Subject">What neighbours were asked about: <c>rise</c>, <c>fall</c>, <c>state</c> or <c>silence</c>; null where they say nothing of such an alert.</param>
/// <param name="Lean">What follows: <c>event</c>, <c>instrument</c> or <c>undecided</c>.</param>
/// <param name="Text">Neighbours, rain and what follows, in one line.</param>
/// <param name="Minutes">Time over which changes are told; minutes of the weather in a simulated city that runs faster than its clocks.</param>
/// <param name="Moved">The sensor's own change in that time, in the metric's unit.</param>
/// <param name="Departure">Its own distance from what is usual at this hour, in its usual spreads.</param>
/// <param name="Neighbours">Nearest of the same kind first, then the next upstream, then the next downstream.</param>
/// <param name="Rain">Null for kinds that rain does not concern.</param>
/// <param name="Last">The last closed alert of this sensor and rule (or metric); null when there was none.</param>
/// <param name="Foretold">What had been forecast for that moment, in metres; null at stations that are not forecast.</param>
public sealed record SurroundingsView(
    DateTimeOffset At, string? Subject, string Lean, string? Text, int Minutes, double? Moved, double? Departure, IReadOnlyList<NeighbourView> Neighbours,
    RainNearView? Rain, LastEpisodeView? Last, Foretold? Foretold)
{
    internal static SurroundingsView Of(Alert alert, Surroundings found, string language)
    {
        var kind = alert.Subject.Kind;
        return new SurroundingsView(
            found.At, found.Subject?.ToString().ToLowerInvariant(), SurroundingsWords.Of(found.Lean), SurroundingsWords.Summary(language, kind, found), found.Minutes, found.Moved,
            found.Departure, [.. found.Neighbours.Select(n => NeighbourView.Of(n, found.Subject, language))],
            found.Rain is { } rain ? new RainNearView(rain.Gauges, rain.HourMillimetres, rain.UndrainedMillimetres, SurroundingsWords.Rain(language, rain)) : null,
            found.Last is { } last ? LastEpisodeView.Of(last, kind, alert.Metric, language) : null, found.Foretold);
    }
}

/// <summary>One neighbour as it stood then.</summary>
/// <param name="SensorId">Its id.</param>
/// <param name="Name">For people.</param>
/// <param name="Kind">Wire name.</param>
/// <param name="Side"><c>near</c>, <c>upstream</c> or <c>downstream</c>.</param>
/// <param name="Metres">Distance.</param>
/// <param name="Metric">What was looked at; empty where only its silence matters.</param>
/// <param name="Unit">Of it.</param>
/// <param name="Value">Latest value then; of a rain gauge, millimetres in the last hour.</param>
/// <param name="Moved">Its change, in the same unit.</param>
/// <param name="Departure">Distance from what is usual at this hour, in its usual spreads.</param>
/// <param name="ObservedAt">Time of the latest reading.</param>
/// <param name="Verdict"><c>agrees</c>, <c>calm</c>, <c>opposite</c>, <c>silent</c>, <c>doubtful</c> or <c>unknown</c>.</param>
/// <param name="VerdictText">For people.</param>
public sealed record NeighbourView(
    string SensorId, string Name, string Kind, string Side, int? Metres, string Metric, string Unit, double? Value, double? Moved, double? Departure,
    DateTimeOffset? ObservedAt, string Verdict, string VerdictText)
{
    internal static NeighbourView Of(Neighbour neighbour, SurroundingsSubject? subject, string language) => new(
        neighbour.Id, neighbour.Name, neighbour.Kind, SurroundingsWords.Of(neighbour.Side), neighbour.Metres, neighbour.Metric, Figures.Unit(neighbour.Kind, neighbour.Metric),
        neighbour.Value, neighbour.Moved, neighbour.Departure, neighbour.ObservedAt, SurroundingsWords.Of(neighbour.Verdict),
        SurroundingsWords.Verdict(language, subject, neighbour.Verdict));
}

/// <param name="Gauges">Nearest gauges that speak.</param>
/// <param name="HourMillimetres">The largest of their sums of the last hour; null when none speaks, or when not all of that hour is known, as after a start.</param>
/// <param name="UndrainedMillimetres">Fallen and not drained.</param>
/// <param name="Text">For people.</param>
public sealed record RainNearView(int Gauges, double? HourMillimetres, double? UndrainedMillimetres, string Text);

/// <param name="AlertId">The alert.</param>
/// <param name="Rule">Its rule; another than this alert's when only the metric is the same.</param>
/// <param name="RuleName">For people.</param>
/// <param name="Severity">Worst that it reached.</param>
/// <param name="RaisedAt">When it began.</param>
/// <param name="EndedAt">When its condition ended or, if it held on, when it was closed.</param>
/// <param name="Peak">Furthest value that its events tell of.</param>
/// <param name="ClosedBy">Officer, or <c>system</c>.</param>
/// <param name="Comment">Newest comment.</param>
/// <param name="Verdict">An officer's mark, <c>true</c> or <c>false</c>; null without one.</param>
/// <param name="Text">All of it as a sentence; times are Beijing time.</param>
public sealed record LastEpisodeView(
    string AlertId, string Rule, string RuleName, string Severity, DateTimeOffset RaisedAt, DateTimeOffset EndedAt, double? Peak, string ClosedBy, string? Comment,
    string? Verdict, string Text)
{
    internal static LastEpisodeView Of(LastEpisode last, string kind, string metric, string language) => new(
        last.AlertId, last.Rule, AlertWords.Rule(language, last.Rule), AlertWords.Of(last.Worst), last.RaisedAt, last.EndedAt, last.Peak, last.ClosedBy, last.Comment,
        last.Verdict is { } verdict ? AlertWords.Of(verdict) : null, SurroundingsWords.Last(language, kind, metric, last));
}

using LuohuIOC.Detection.Nowcast;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>What is forecast at one station, or why nothing is.</summary>
/// <param name="SensorId">The station.</param>
/// <param name="Name">For people.</param>
/// <param name="Kind"><c>waterlogging</c> or <c>pipe</c>.</param>
/// <param name="Metric"><c>depth</c> or <c>level</c>.</param>
/// <param name="Unit">Of every value here.</param>
/// <param name="State"><c>forecast</c>, or why there is none: <c>off</c>, <c>waiting</c>, <c>station-silent</c>, <c>rain-silent</c>, <c>rain-seldom</c>, <c>no-model</c>.</param>
/// <param name="StateText">The same as a sentence.</param>
/// <param name="IssuedAt">End of the minute that it was made from, by the devices' clocks.</param>
/// <param name="Now">The station's value then.</param>
/// <param name="Horizons">Nearest first; empty without a forecast.</param>
/// <param name="Coverage">Share of all cases that each interval is made to hold, of those beside wet streets too: see the model's scores for what it held.</param>
/// <param name="Threshold">The lowest of the rules in force; null without one.</param>
/// <param name="Reach"><c>none</c>, <c>possible</c> (the interval's upper end stands at the threshold within half an hour), <c>expected</c> (the value does), or <c>reached</c> (the water does).</param>
/// <param name="Crossing">When the value is expected at the threshold.</param>
/// <param name="Text">The forecast as a sentence; null without one.</param>
/// <param name="Rain15">Rain around the station in the last quarter of an hour, mm.</param>
/// <param name="Rain60">In the last hour.</param>
/// <param name="Speed">Minutes of weather in a minute of the devices' clocks: above 1 only in a simulated city, where <c>minutes</c> are the weather's.</param>
/// <param name="Model">What made it.</param>
public sealed record NowcastView(
    string SensorId, string Name, string Kind, string Metric, string Unit, string State, string StateText, DateTimeOffset? IssuedAt, double? Now,
    IReadOnlyList<HorizonView> Horizons, double Coverage, double? Threshold, string Reach, CrossingView? Crossing, string? Text, double? Rain15, double? Rain60,
    double Speed, NowcastModelView? Model)
{
    /// <summary>What came now beside what had been forecast for now; null without a forecast of then.</summary>
    public ResidualView? Residual { get; init; }

    /// <summary>The station's own training: only where one station is asked for.</summary>
    public NowcastTrainingView? Training { get; init; }
}

/// <param name="Minutes">So long before it was forecast.</param>
/// <param name="Expected">From rain and the stations upstream.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Value">What came.</param>
/// <param name="Factor">Distance in half intervals of that side, above 0 where more came; beyond ±1 it lies outside.</param>
/// <param name="Text">The same as a sentence.</param>
public sealed record ResidualView(int Minutes, double Expected, double Low, double High, double Value, double Factor, string Text);

/// <param name="Minutes">Ahead.</param>
/// <param name="At">By the devices' clocks.</param>
/// <param name="Value">Expected.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end.</param>
public sealed record HorizonView(int Minutes, DateTimeOffset At, double Value, double Low, double High);

/// <param name="Minutes">From the forecast, along straight lines between the horizons.</param>
/// <param name="At">By the devices' clocks.</param>
public sealed record CrossingView(int Minutes, DateTimeOffset At);

/// <param name="Origin"><c>own</c>: the station's own past; <c>prior</c>: simulated storms.</param>
/// <param name="OriginText">For people.</param>
/// <param name="Version">Of an own model; 0 otherwise.</param>
/// <param name="Pinned">A person chose it by rollback.</param>
/// <param name="TrainedAt">Of an own model.</param>
/// <param name="Events">Rain events that it was trained from.</param>
/// <param name="Scores">By horizon, in rain events that its trees had not seen.</param>
public sealed record NowcastModelView(
    string Origin, string OriginText, int Version, bool Pinned, DateTimeOffset? TrainedAt, int Events, IReadOnlyList<NowcastScore> Scores);

/// <param name="State"><c>untried</c>, <c>too-few-events</c>, <c>failed</c>, <c>not-better</c> or <c>in-use</c>.</param>
/// <param name="StateText">The same as a sentence.</param>
/// <param name="Queued">A training was asked for and has not ended.</param>
/// <param name="TriedAt">When a training last made no model.</param>
/// <param name="Versions">Stored ones, newest first, with their scores beside those of the simulated storms' model.</param>
public sealed record NowcastTrainingView(string State, string StateText, bool Queued, DateTimeOffset? TriedAt, IReadOnlyList<ModelVersion<NowcastEvaluation>> Versions);

/// <param name="Items">All stations that are forecast.</param>
/// <param name="Next">Always null: they are one page.</param>
public sealed record NowcastPage(IReadOnlyList<NowcastView> Items, string? Next);

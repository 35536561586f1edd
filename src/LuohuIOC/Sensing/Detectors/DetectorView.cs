using LuohuIOC.Detection;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>A sensor's detectors as the API shows them: the trained model, which only stations with several metrics have, and the streams.</summary>
/// <param name="SensorId">The station.</param>
/// <param name="State"><c>not-trained</c>, <c>warming-up</c>, <c>watching</c> or <c>too-few-metrics</c>: the trained model's, or the streams' for kinds without one; of several hosts <c>elsewhere</c> when the one that has the detector does not answer.</param>
/// <param name="StateText">The state in the caller's language.</param>
/// <param name="Queued">A training was asked for and has not ended.</param>
/// <param name="TriedAt">When a training last made no model, null when the last one did.</param>
/// <param name="Missing">What training lacks: when not trained, and when the last training made no model and the one before stays.</param>
/// <param name="Model">The model in force.</param>
/// <param name="Last">Its last judgement.</param>
/// <param name="Versions">Stored versions, newest first.</param>
public sealed record DetectorView(
    string SensorId, string State, string StateText, bool Queued, DateTimeOffset? TriedAt, MissingView? Missing, ModelView? Model,
    JudgementView? Last, IReadOnlyList<ModelVersion<ModelEvaluation>> Versions)
{
    /// <summary>Detectors that learn from the stream itself, without training: novelty of a metric, or the chart of a station.</summary>
    public IReadOnlyList<StreamView> Streams { get; init; } = [];
}

/// <summary>A streaming detector as the API shows it.</summary>
/// <param name="Rule">Id of the rule that it reports under.</param>
/// <param name="RuleName">The rule for people.</param>
/// <param name="State"><c>warming-up</c> or <c>watching</c>; of several hosts <c>elsewhere</c> when the one that has the detector does not answer.</param>
/// <param name="StateText">The state in the caller's language.</param>
/// <param name="WarmUpLeft">Readings until it can judge; null before the sensor's grain has begun, 0 when warm.</param>
/// <param name="Raises">False when it only watches and another detector raises the alert.</param>
/// <param name="Metrics">What it looks at.</param>
/// <param name="Last">Its last judgement.</param>
/// <param name="Threshold">What a score is compared with.</param>
/// <param name="Rain">Null for kinds that rain does not concern, and before the sensor's grain has begun.</param>
public sealed record StreamView(
    string Rule, string RuleName, string State, string StateText, int? WarmUpLeft, bool Raises, IReadOnlyList<string> Metrics,
    StreamJudgementView? Last, ThresholdView Threshold, RainView? Rain)
{
    /// <summary>How it did on its own past.</summary>
    public required PastView Past { get; init; }

    /// <summary>Those of <see cref="Metrics"/> that it does not look at now; of those that warm up with it none.</summary>
    public IReadOnlyList<UnwatchedView> Unwatched { get; init; } = [];
}

/// <summary>A metric that a detector does not look at.</summary>
/// <param name="Metric">Wire name.</param>
/// <param name="Reason"><c>unknown</c>: too rare while the detector warmed up, and left out since; <c>dead</c>: unchanged for so long that the instrument must be dead or stuck; <c>missing</c>: not come, or bad, for more than a day, while the sensor has told others.</param>
/// <param name="Text">The same as a sentence.</param>
public sealed record UnwatchedView(string Metric, string Reason, string Text);

/// <summary>What a detector raised at this sensor, and what officers said of it.</summary>
/// <param name="Days">So far back.</param>
/// <param name="Alerts">Raised; the newest thousand at most.</param>
/// <param name="True">Of them marked true.</param>
/// <param name="False">Marked false.</param>
/// <param name="Text">The same as a sentence.</param>
public sealed record PastView(int Days, int Alerts, int True, int False, string Text);

/// <summary>Rain at a station as its detector takes it. While it is wet, what rain explains is scored and not raised.</summary>
/// <param name="Wet">Enough rain fell and has not drained.</param>
/// <param name="Millimetres">Rain not drained, as enough gauges agree; null when no gauge is alive, and then nothing is held back.</param>
/// <param name="Threshold">Wet from so many millimetres on.</param>
/// <param name="Text">The same as a sentence.</param>
/// <param name="HeldBack">Scores above the threshold that were not raised, since the start of the host.</param>
/// <param name="LastHeldAt">Time of the last of them.</param>
/// <param name="LastScore">Its score.</param>
/// <param name="FallsBelow">By metric, in its unit: what falls under this is raised in rain, too; null until a day of dry weather was seen.</param>
public sealed record RainView(
    bool Wet, double? Millimetres, double Threshold, string Text, int HeldBack, DateTimeOffset? LastHeldAt, double? LastScore,
    IReadOnlyDictionary<string, double?> FallsBelow);

/// <param name="ObservedAt">Time of the reading; null when nothing was read since the start.</param>
/// <param name="Score">Novelty: nats, held; chart: deviations a metric.</param>
/// <param name="Contributions">Novelty: nats of each view; chart: each metric's share.</param>
/// <param name="Expected">By metric, in its unit.</param>
public sealed record StreamJudgementView(
    DateTimeOffset? ObservedAt, double? Score, IReadOnlyDictionary<string, double> Contributions, IReadOnlyDictionary<string, double?> Expected);

/// <param name="Value">In force: standard × factor.</param>
/// <param name="Standard">As configured.</param>
/// <param name="Factor">What officers' marks made of it.</param>
/// <param name="FactorMin">The factor's lower bound.</param>
/// <param name="FactorMax">The factor's upper bound.</param>
/// <param name="Moves">Who moved it, oldest first.</param>
public sealed record ThresholdView(double Value, double Standard, double Factor, double FactorMin, double FactorMax, IReadOnlyList<ThresholdMove> Moves);

/// <param name="Code"><c>untried</c>, <c>failed</c>, <c>readings</c>, <c>hours</c>, <c>live-metrics</c> or <c>windows</c>.</param>
/// <param name="Have">What there is, in the code's unit.</param>
/// <param name="Need">What is needed.</param>
/// <param name="Text">The same as a sentence.</param>
public sealed record MissingView(string Code, double? Have, double? Need, string Text)
{
    /// <summary>Readings that there are and that did not count, because an alert of the station was open then, or was marked true.</summary>
    public int LeftOut { get; init; }
}

/// <summary>The model in force. A pinned one was chosen by rollback and is not replaced by scheduled training.</summary>
public sealed record ModelView(
    int Version, bool Pinned, DateTimeOffset TrainedAt, int Rows, DateTimeOffset From, DateTimeOffset To, string[] Metrics, string[] Excluded,
    double Threshold, double AlarmsPerDay, int WindowReadings, int Components)
{
    /// <summary>Readings that it did not learn from, because an alert of the station was open then, or was marked true.</summary>
    public int LeftOut { get; init; }

    internal static ModelView Of(ActiveModel<PcaModel> active)
    {
        var model = active.Model;
        return new ModelView(
            active.Version, active.Pinned, model.TrainedAt, model.Rows, DateTimeOffset.FromUnixTimeMilliseconds(model.FromMs),
            DateTimeOffset.FromUnixTimeMilliseconds(model.ToMs), model.Metrics, model.Excluded, model.Threshold, model.AlarmsPerDay,
            model.WindowReadings, model.Components.Length)
        {
            LeftOut = model.LeftOut,
        };
    }
}

/// <param name="ObservedAt">Time of the reading.</param>
/// <param name="Score">Its score, about 1 on ordinary readings; null while there is none.</param>
/// <param name="Held">The score that is compared with the threshold.</param>
/// <param name="WindowFilled">Readings in the window.</param>
/// <param name="Contributions">Each metric's share of the squared error.</param>
/// <param name="Expected">What the other metrics say that each should be, in its unit.</param>
public sealed record JudgementView(
    DateTimeOffset ObservedAt, double? Score, double? Held, int WindowFilled, Dictionary<string, double>? Contributions, Dictionary<string, double>? Expected)
{
    internal static JudgementView Of(PcaModel model, Judgement last)
    {
        var scored = double.IsFinite(last.Score);
        return new JudgementView(
            DateTimeOffset.FromUnixTimeMilliseconds(last.TimeMs), scored ? last.Score : null, scored ? last.Held : null, last.WindowFilled,
            scored ? ByName(model, last.Contributions) : null, scored ? ByName(model, last.Expected) : null);
    }

    private static Dictionary<string, double> ByName(PcaModel model, double[] values) =>
        model.Metrics.Zip(values).ToDictionary(p => p.First, p => double.IsFinite(p.Second) ? p.Second : 0);
}

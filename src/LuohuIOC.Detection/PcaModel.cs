using System.Text.Json.Serialization;

namespace LuohuIOC.Detection;

/// <summary>What a feature measures of its metric over the window.</summary>
public enum FeatureKind
{
    /// <summary>Mean of the window's values.</summary>
    Level,

    /// <summary>Latest value less the window's mean.</summary>
    Step,
}

/// <summary>One input of the model.</summary>
/// <param name="Metric">Index in <see cref="PcaModel.Metrics"/>.</param>
/// <param name="Kind">What it measures.</param>
/// <param name="Centre">Median in training, metric's unit.</param>
/// <param name="Scale">Robust spread in training, metric's unit.</param>
/// <param name="Noise">Root mean square of the residual in training, standardised: what the components cannot explain.</param>
public sealed record PcaFeature(int Metric, FeatureKind Kind, double Centre, double Scale, double Noise);

/// <summary>One principal component, as ML.NET found it.</summary>
/// <param name="Weights">Unit vector over the features.</param>
/// <param name="Variance">Variance of the training rows along it.</param>
/// <param name="Low">Smallest projection that training saw, with a margin; beyond it the model reconstructs no further.</param>
/// <param name="High">Largest projection that training saw, with a margin.</param>
public sealed record PcaComponent(double[] Weights, double Variance, double Low, double High);

/// <summary>
/// A trained model, complete for scoring without ML.NET. It is the stored record: see <see cref="PcaModelFile"/>.
/// Immutable, shared by any number of detectors.
/// </summary>
public sealed record PcaModel
{
    public required DateTimeOffset TrainedAt { get; init; }

    /// <summary>Rows that the components were fitted on.</summary>
    public required int Rows { get; init; }

    /// <summary>Readings between the first and the last used that it must not learn from; none in what older versions wrote.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int LeftOut { get; init; }

    /// <summary>First and last reading used, Unix ms.</summary>
    public required long FromMs { get; init; }

    public required long ToMs { get; init; }

    /// <summary>Wire names of the metrics in use, in the order that <see cref="PcaDetector.Observe"/> takes them.</summary>
    public required string[] Metrics { get; init; }

    /// <summary>Metrics left out because training saw them too seldom or never saw them change.</summary>
    public required string[] Excluded { get; init; }

    public required int WindowReadings { get; init; }

    /// <summary>Readings that follow the one before sooner than this are passed over, ms; 0 takes all.</summary>
    public required long SampleMs { get; init; }

    /// <summary>The usual time between readings, ms.</summary>
    public required long IntervalMs { get; init; }

    /// <summary>A longer silence empties the window: values on either side of it do not belong together.</summary>
    public required long GapMs { get; init; }

    public required PcaFeature[] Features { get; init; }

    /// <summary>Mean of the standardised training rows, by feature.</summary>
    public required double[] Mean { get; init; }

    public required PcaComponent[] Components { get; init; }

    /// <summary>The held score (see <see cref="AlarmHold"/>) above which a station is in alarm.</summary>
    public required double Threshold { get; init; }

    public required int HoldCount { get; init; }

    public required int HoldWindow { get; init; }

    /// <summary>The budget that the threshold was set for.</summary>
    public required double AlarmsPerDay { get; init; }

    /// <summary>Quantiles 0.5, 0.9, 0.99, 0.999 and 1 of the training scores, each scored by components that had not seen its row.</summary>
    public required double[] ScoreQuantiles { get; init; }

    /// <summary>Throws when the parts do not fit together, naming what is wrong, so that a damaged file never scores.</summary>
    public PcaModel Checked()
    {
        Demand(Metrics is { Length: > 0 }, "no metrics");
        Demand(Features is { Length: > 0 } && Mean.Length == Features.Length, "features and mean differ in length");
        Demand(Features.All(f => (uint)f.Metric < (uint)Metrics.Length && f.Scale > 0 && f.Noise > 0), "a feature without metric, scale or noise");
        Demand(Components.All(c => c.Weights.Length == Features.Length && c.Low <= c.High), "a component that does not fit the features");
        Demand(WindowReadings > 0 && GapMs > 0, "no window");
        Demand(HoldCount > 0 && HoldCount <= HoldWindow && HoldWindow <= AlarmHold.WindowMax, "hold counts out of range");
        Demand(Threshold > 0 && double.IsFinite(Threshold), "no threshold");
        return this;
    }

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds) throw new InvalidDataException($"PCA model: {otherwise}.");
    }
}

namespace LuohuIOC.Detection.Novelty;

/// <summary>
/// Parameters of <see cref="NoveltyDetector"/>. One set for every stream; the defaults were chosen by cross-validation over groups of
/// public series (docs/DETECTION.md), none of them from a stream's own file.
/// </summary>
public sealed record NoveltyOptions
{
    /// <summary>Remembered points a view; more remember longer and cost memory, 96 bytes × this + 5 KB a stream in all.</summary>
    public int Prototypes { get; init; } = 192;

    /// <summary>A point is remembered when it lies farther from the nearest one than this many mean distances.</summary>
    public double Vigilance { get; init; } = 1;

    /// <summary>Share of the distances that count as the tail, whose decay says how rare a distance is.</summary>
    public double TailShare { get; init; } = 0.05;

    /// <summary>Readings over which a tail is estimated; older ones fade.</summary>
    public double TailMemory { get; init; } = 8000;

    /// <summary>Readings over which the local level and step are averaged.</summary>
    public double LocalMemory { get; init; } = 30;

    /// <summary>Share of the long-run mean step in the local scale, so that a dead calm does not make ripples large.</summary>
    public double CalmShare { get; init; } = 0.1;

    /// <summary>An episode's later readings say nothing new unless their evidence is this much greater, in nats.</summary>
    public double EscalationNats { get; init; } = 0.5;

    /// <summary>An episode lasts while the evidence stays above this share of its peak.</summary>
    public double EpisodeShare { get; init; } = 0.6;

    /// <summary>… and this long after.</summary>
    public TimeSpan EpisodeHold { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Daily peaks of an ordinary stream, in nats; one that is usually busier has the difference taken off.</summary>
    public double CalmPeakNats { get; init; } = 1.5;

    /// <summary>Share of that difference which is taken off.</summary>
    public double BusyShare { get; init; } = 0.75;

    /// <summary>The usual day is believed when departures from it hold less than this share of the stream's variance.</summary>
    public double DayUnexplained { get; init; } = 0.4;

    /// <summary>What one nat of departure from the usual day counts: a view alone counts less than a committee that agrees.</summary>
    public double DayWeight { get; init; } = 0.7;

    /// <summary>
    /// Share of the evidence above <see cref="AlarmNats"/> that a smooth stream's local step decides: fronts and crests climb as steep
    /// water does, faults jump. It orders what is above that level; no reading crosses it.
    /// </summary>
    public double StepShare { get; init; } = 0.3;

    /// <summary>
    /// Long-run mean step in units of the mean distance from the local level, under which a stream begins to count as smooth, and does in
    /// full: some 1.4 where readings are independent of each other, 0.3 in a random walk. Rough streams are left as they are.
    /// </summary>
    public double SmoothBelow { get; init; } = 0.45;
    public double SmoothInFull { get; init; } = 0.2;

    /// <summary>
    /// Score from which the benchmarks' open halves count a reading as an alarm, in nats: e^-3.9 is a mean tail probability of 2 %
    /// of three views that rarely exceed theirs together.
    /// </summary>
    public double AlarmNats { get; init; } = 3.9;
}

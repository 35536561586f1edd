using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Sensing.Health;
using LuohuIOC.Sensing.Rain;

namespace LuohuIOC.Sensing;

/// <summary>
/// What a sensor grain remembers between readings and across restarts: about 0.67 KB for a parking sensor, 1.3 KB for a
/// water-quality station. Only <see cref="SensorEvaluator"/> writes it, except <see cref="AppliedPosition"/>, which is the grain's.
/// Stored: append fields with new ids, never renumber.
/// </summary>
[GenerateSerializer, Alias("luohu.sensor-state.v1")]
public sealed class SensorState
{
    /// <summary>Journal position of the last group whose readings are in this state; replays up to it change nothing.</summary>
    [Id(0)]
    public long AppliedPosition;

    /// <summary>Time of the latest reading, bounded by the server clock, Unix ms; 0 before the first.</summary>
    [Id(1)]
    public long LatestMs;

    /// <summary>Latest good or doubtful value by slot, NaN where none came yet.</summary>
    [Id(2)]
    public double[] Latest = [];

    /// <summary>Identity of the latest reading: the time that the device gave, Unix ms.</summary>
    [Id(3)]
    public long DeviceMs;

    /// <summary>Identity of the latest reading: its sequence or <see cref="ReadingGroup.NoSequence"/>.</summary>
    [Id(4)]
    public long Sequence;

    /// <summary>When the newest reading was received, Unix ms; silence counts from here. 0 before the first.</summary>
    [Id(5)]
    public long HeardMs;

    /// <summary>The latest reading's device clock was ahead of the server's.</summary>
    [Id(6)]
    public bool ClockAhead;

    [Id(7)]
    public QualityGrade LatestGrade;

    [Id(8)]
    public QualityReason LatestReason;

    [Id(9)]
    public ulong LatestMarkSlots;

    /// <summary>
    /// Identities of the last readings: device times in the first half, sequences in the second, a ring in each. Where there is no sequence, which is below all,
    /// the bits above it say which slots have come of that moment, as far as 62; none in what older versions wrote.
    /// </summary>
    [Id(10)]
    public long[] Recent = [];

    [Id(11)]
    public byte RecentNext;

    /// <summary>The kind that slots and metrics below belong to; a sensor registered again as another kind starts over.</summary>
    [Id(12)]
    public SensorKind Kind;

    /// <summary>Quality state of the metrics that are watched over time, in the order of the kind's quality profile.</summary>
    [Id(13)]
    public MetricState[] Metrics = [];

    /// <summary><see cref="SensorRules.Version"/> that the rule states belong to.</summary>
    [Id(14)]
    public int RulesVersion;

    /// <summary>Ids of the rules by index; in memory the array is shared by all sensors with the same rules.</summary>
    [Id(15)]
    public string[] RuleIds = [];

    [Id(16)]
    public RuleState[] Rules = [];

    /// <summary>What windowed rules (sum, rise, repeat) keep, by rule index; empty when the sensor has none.</summary>
    [Id(17)]
    public long[]?[] Rings = [];

    /// <summary>Earliest time at which a hold or window runs out, in the sensor's time; <see cref="long.MaxValue"/> when none runs.</summary>
    [Id(18)]
    public long HoldDueMs = long.MaxValue;

    /// <summary>What the sensor's detectors remember, up to 20 KB a metric watched for novelty; null for kinds without one.</summary>
    [Id(19)]
    public DetectorState? Detector;

    /// <summary>A rain gauge's undrained rain; null for other kinds.</summary>
    [Id(20)]
    public RainState? Rain;

    /// <summary>What was told of the sensor's health; null while there is nothing.</summary>
    [Id(21)]
    public HealthState? Health;

    /// <summary>As <see cref="AppliedPosition"/>, for each journal of several hosts; null for a host alone. At most <see cref="JournalsMax"/>.</summary>
    [Id(22)]
    public JournalPlace[]? Applied;

    /// <summary>
    /// When each of <see cref="Latest"/> was measured, Unix ms: a message rarely has all metrics, and one that a device sends no more keeps its last value.
    /// Null in what older versions wrote.
    /// </summary>
    [Id(23)]
    public long[]? LatestTimes;

    /// <summary>Readings that look older than the latest, as long as nothing newer comes; null before the first.</summary>
    [Id(24)]
    public SetBackClock? SetBack;

    /// <summary>Which of its components are on fire; null for a sensor that has told of none.</summary>
    [Id(25)]
    public ComponentFires? Fires;

    /// <summary>The running sums of a gauge that tells them; null for others.</summary>
    [Id(26)]
    public RainSums? Sums;

    /// <summary>The amounts that were counted; null for kinds without one, and in what older versions wrote.</summary>
    [Id(27)]
    public AmountsSeen? Amounts;

    /// <summary>Of readings that nobody can use, while such come; null while the sensor is well, and in what older versions wrote.</summary>
    [Id(28)]
    public UnusableRun? Unusable;

    /// <summary>The rules that the arrays above are shaped for; a pointer comparison tells that nothing changed.</summary>
    [NonSerialized]
    internal SensorRules? Bound;

    /// <summary>More hosts than that have never sent for one sensor within the time that a journal keeps anything.</summary>
    private const int JournalsMax = 16;

    /// <summary>Up to where this state has the readings of a journal; 0 is the journal of a host alone.</summary>
    internal long AppliedOf(long journal)
    {
        if (journal == 0) return AppliedPosition;
        foreach (var place in Applied ?? [])
            if (place.Journal == journal) return place.Position;
        return 0;
    }

    internal void Apply(long journal, long position)
    {
        if (journal == 0)
        {
            AppliedPosition = position;
            return;
        }
        var known = Applied ?? [];
        var at = Array.FindIndex(known, p => p.Journal == journal);
        if (at >= 0) known[at] = new JournalPlace(journal, position);
        // Positions grow with the clock: the smallest is the one of the host that has been silent longest.
        else Applied = [.. known.OrderByDescending(p => p.Position).Take(JournalsMax - 1), new JournalPlace(journal, position)];
    }

    /// <summary>Quality of the latest reading.</summary>
    public QualityMark LatestMark => new(LatestGrade, LatestReason, LatestMarkSlots);
}

/// <summary>A place in one host's journal.</summary>
[GenerateSerializer, Immutable, Alias("luohu.journal-place.v1")]
public readonly record struct JournalPlace([property: Id(0)] long Journal, [property: Id(1)] long Position);

/// <summary>What the quality checks remember of one metric: 40 bytes.</summary>
[GenerateSerializer, Alias("luohu.metric-state.v1")]
public struct MetricState
{
    /// <summary>Time of the last value that was not bad, Unix ms; 0 before the first.</summary>
    [Id(0)]
    public long LastMs;

    /// <summary>Time of a value refused for its rate, waiting for a second that agrees; 0 when there is none.</summary>
    [Id(1)]
    public long CandidateMs;

    [Id(2)]
    public double Candidate;

    /// <summary>Since when the value has been exactly the same, Unix ms.</summary>
    [Id(3)]
    public long SameSinceMs;

    /// <summary>Running mean of clipped steps: how much the metric usually moves between readings.</summary>
    [Id(4)]
    public float Scale;

    [Id(5)]
    public ushort SameCount;

    /// <summary>Steps seen, up to 255: the scale means something only after some.</summary>
    [Id(6)]
    public byte Steps;

    [Id(7)]
    public bool SpikeBefore;
}

/// <summary>
/// What one rule remembers: a latch per severity, blue to red, each with the time since which it is about to flip. 64 bytes.
/// The order of the fields matters: the evaluator walks the four times and the four counts by severity.
/// </summary>
[GenerateSerializer, Alias("luohu.rule-state.v1")]
public struct RuleState
{
    [Id(0)]
    public long BlueSinceMs;

    [Id(1)]
    public long YellowSinceMs;

    [Id(2)]
    public long OrangeSinceMs;

    [Id(3)]
    public long RedSinceMs;

    /// <summary>Fingerprint of the rule that this state was made with.</summary>
    [Id(4)]
    public int Fingerprint;

    [Id(5)]
    public byte BlueSamples;

    [Id(6)]
    public byte YellowSamples;

    [Id(7)]
    public byte OrangeSamples;

    [Id(8)]
    public byte RedSamples;

    /// <summary>Bit severity − 1: the latch is on.</summary>
    [Id(9)]
    public byte On;

    /// <summary>Bit severity − 1: the latch is about to flip, since the time above.</summary>
    [Id(10)]
    public byte Timing;

    /// <summary>A repeat rule's condition is true now.</summary>
    [Id(11)]
    public bool ConditionTrue;

    /// <summary>Time of the last change that was told, Unix ms.</summary>
    [Id(12)]
    public long ToldMs;

    /// <summary>What was told at that time: bit 0 ended, bit severity.</summary>
    [Id(13)]
    public byte Told;

    /// <summary>Furthest value since the rule has been on or has waited for its hold, as people read it.</summary>
    [Id(14)]
    public double Peak;

    /// <summary>When that was, Unix ms; 0 while the rule is off, or was on before peaks were kept. Means nothing while the rule is off and waits for nothing.</summary>
    [Id(15)]
    public long PeakMs;

    /// <summary>Furthest that was told, as people read it; to compare with, so half the digits do. NaN while the rule waits for its hold.</summary>
    [Id(16)]
    public float ToldPeak;

    /// <summary>The reading that came last has raised it.</summary>
    [Id(17)]
    public bool ByLast;

    /// <summary>Of a rise: the latest value may be a lone low one, and was passed over.</summary>
    [Id(18)]
    public bool IsPassedOver;
}

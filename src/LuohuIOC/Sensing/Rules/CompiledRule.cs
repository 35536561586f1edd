using LuohuIOC.Alerts;

namespace LuohuIOC.Sensing.Rules;

/// <summary>What a compiled rule measures.</summary>
internal enum RuleForm : byte
{
    /// <summary>A metric's value (ladder, state).</summary>
    Value,

    /// <summary>1 when all conditions hold, −1 when one has ended, 0 between (within no condition's limits).</summary>
    AllOf,

    /// <summary>How often the condition began.</summary>
    Repeat,

    /// <summary>A metric's sum in a window.</summary>
    Sum,

    /// <summary>A metric's rise in a window.</summary>
    Rise,

    NoData,
}

/// <summary>How one metric is read so that "more" always means "worse": −1 turns a lower limit into an upper one.</summary>
internal readonly record struct Operand(int Slot, double Sign, bool Absolute)
{
    public double Of(double value) => Sign * (Absolute ? Math.Abs(value) : value);

    /// <summary>The threshold on the operand's scale: an exclusive one is the next number behind it.</summary>
    public double Limit(double at, Comparison when) =>
        when is Comparison.Above or Comparison.Below ? Math.BitIncrement(Sign * at) : Sign * at;
}

/// <summary>One condition of an all-of rule on its operand's scale.</summary>
internal readonly record struct Limit(Operand Operand, string Metric, double At);

/// <summary>One rule made ready for the hot path: slots instead of names, milliseconds, thresholds by severity − 1.</summary>
internal sealed class CompiledRule
{
    public required string Id { get; init; }

    public required RuleForm Form { get; init; }

    /// <summary>Changes when anything that decides changes, so that a stored state knows its rule.</summary>
    public required int Fingerprint { get; init; }

    /// <summary>Metric shown with a change; empty for silence.</summary>
    public string Metric { get; init; } = "";

    /// <summary>Slots that the rule looks at.</summary>
    public ulong Mask { get; init; }

    public Operand Operand { get; init; }

    /// <summary>Thresholds by severity − 1 on the operand's scale, infinity where the rule has no such step.</summary>
    public required double[] At { get; init; }

    /// <summary>Below this the step begins to end.</summary>
    public required double[] Clear { get; init; }

    /// <summary>Thresholds as people wrote them.</summary>
    public required double[] Shown { get; init; }

    /// <summary>Lowest of <see cref="At"/>: below it, a rule at rest has nothing to do.</summary>
    public required double Lowest { get; init; }

    /// <summary>Bit severity − 1 for every step that the rule has.</summary>
    public required byte StepBits { get; init; }

    public long HoldMs { get; init; }

    public int HoldSamples { get; init; }

    public long ClearHoldMs { get; init; }

    public long WindowMs { get; init; }

    /// <summary>Repeats wanted.</summary>
    public int Times { get; init; }

    public Limit[] Limits { get; init; } = [];

    /// <summary>Longs in the rule's ring, 0 for none.</summary>
    public int RingLength => Form switch
    {
        RuleForm.Sum or RuleForm.Rise => WindowRing.LengthOf(Form),
        RuleForm.Repeat => Times,
        _ => 0,
    };

    /// <summary>The highest severity whose latch is on; null when none is.</summary>
    public static Severity? SeverityOf(byte on) => on == 0 ? null : (Severity)(System.Numerics.BitOperations.Log2(on) + 1);
}

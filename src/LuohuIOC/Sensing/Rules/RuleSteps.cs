using System.Runtime.CompilerServices;
using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Sensing.Rules;

/// <summary>
/// The latches of one rule. Each severity is a latch of its own: it flips on when the measure has stood at its threshold
/// for the hold, and off when the measure has stood below threshold − hysteresis for the clear hold. As thresholds are in
/// order the latches are nested, and the highest one that is on is the rule's severity.
/// </summary>
internal static class RuleSteps
{
    private const int Severities = 4;

    /// <summary>A rise of which the next reading leaves no more than this was a lone reading: water that trembles about a threshold takes less back.</summary>
    private const double LoneShare = 0.5;

    /// <summary>Readings of one millisecond flip a rule less often than this.</summary>
    public const long SameMomentMs = 100;

    /// <summary>A new value for the rule's metrics has come.</summary>
    /// <param name="state">The sensor's state.</param>
    /// <param name="index">The rule's place.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="timeMs">Time of the reading in the sensor's time line.</param>
    /// <param name="changes">Gets what the rule found.</param>
    /// <param name="isDrop">Its value may be a spike downwards: only the next reading shows it.</param>
    /// <returns>True when a latch began or ceased to wait, so that the due time must be looked up again.</returns>
    public static bool OnReading(SensorState state, int index, CompiledRule rule, long timeMs, List<RuleChange> changes, bool isDrop = false)
    {
        ref var latches = ref state.Rules[index];
        switch (rule.Form)
        {
            case RuleForm.Value:
                return Move(state, ref latches, rule, rule.Operand.Of(state.Latest[rule.Operand.Slot]), timeMs, isReading: true, changes);
            case RuleForm.AllOf:
                return Move(state, ref latches, rule, AllOf(state, rule, latches.On != 0), timeMs, isReading: true, changes);
            case RuleForm.Repeat:
                return OnRepeat(state, ref latches, rule, state.Rings[index]!, timeMs, changes);
            case RuleForm.Sum or RuleForm.Rise:
                var ring = state.Rings[index]!;
                var value = rule.Operand.Of(state.Latest[rule.Operand.Slot]);
                WindowRing.MoveTo(rule, ring, WindowRing.BinOf(rule, timeMs));
                // What may be a lone low value ends no rise and is not what the water has risen from; if it is none, the next one says so.
                latches.IsPassedOver = isDrop && rule.Form == RuleForm.Rise;
                if (latches.IsPassedOver) latches.ByLast = false;
                else
                {
                    if (rule.Form == RuleForm.Sum && state.Sums is { Rest: > 0 } sums) WindowRing.AddPast(rule, ring, sums.RestFromMs, sums.RestToMs, sums.Rest);
                    WindowRing.Add(rule, ring, timeMs, value);
                    Move(state, ref latches, rule, WindowRing.Measure(rule, ring, value), timeMs, isReading: true, changes);
                }
                return latches.On != 0;
            default:
                return false;
        }
    }

    /// <summary>An amount has come that fell a while ago: it counts where it fell.</summary>
    /// <param name="state">The sensor's state.</param>
    /// <param name="index">The rule's place.</param>
    /// <param name="rule">A sum.</param>
    /// <param name="timeMs">When it fell, in the sensor's time line.</param>
    /// <param name="amount">The amount.</param>
    /// <param name="changes">Gets what the rule found, at the time of the latest reading.</param>
    public static void OnPast(SensorState state, int index, CompiledRule rule, long timeMs, double amount, List<RuleChange> changes)
    {
        var ring = state.Rings[index]!;
        if (WindowRing.AddPast(rule, ring, timeMs, timeMs, amount)) Move(state, ref state.Rules[index], rule, WindowRing.Measure(rule, ring, 0), state.LatestMs, isReading: true, changes);
    }

    /// <summary>Lets waiting latches flip and windows move, up to and including a time, in the order in which they are due.</summary>
    /// <param name="state">The sensor's state.</param>
    /// <param name="index">The rule's place.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="upToMs">The time.</param>
    /// <param name="changes">Gets what the rule found.</param>
    /// <param name="isReading">A reading of that time comes next: whether a hold that runs out at its very time does so it decides, which is the usual case of a station that speaks every minute.</param>
    public static void Expire(SensorState state, int index, CompiledRule rule, long upToMs, List<RuleChange> changes, bool isReading = false)
    {
        if (isReading && rule.Form is RuleForm.Value or RuleForm.AllOf) upToMs--;
        for (var due = DueOf(state, index, rule); due <= upToMs; due = DueOf(state, index, rule))
        {
            ref var latches = ref state.Rules[index];
            if (rule.Form == RuleForm.Repeat)
            {
                latches.On = 0;
                Emit(state, rule, latches.On, due, changes);
            }
            else if (rule.Form is RuleForm.Sum or RuleForm.Rise)
            {
                var ring = state.Rings[index]!;
                WindowRing.MoveTo(rule, ring, Math.Max(ring[0] + 1, WindowRing.BinOf(rule, due)));
                // A value that was passed over decides nothing by time either; without any other there is no rise.
                if (latches.IsPassedOver && !WindowRing.IsEmpty(ring)) continue;
                Move(state, ref latches, rule, latches.IsPassedOver ? 0 : MeasureOf(state, index, rule, latches.On != 0), due, isReading: false, changes);
            }
            else Flip(state, ref latches, rule, due, changes);
        }
    }

    /// <summary>When the rule next changes by time alone, in the sensor's time; <see cref="long.MaxValue"/> when it does not.</summary>
    public static long DueOf(SensorState state, int index, CompiledRule rule)
    {
        ref var latches = ref state.Rules[index];
        if (rule.Form == RuleForm.Repeat) return latches.On == 0 ? long.MaxValue : state.Rings[index]![0] + rule.WindowMs;
        if (rule.Form is RuleForm.Sum or RuleForm.Rise)
            return latches.On == 0 ? long.MaxValue : WindowRing.DueOf(rule, state.Rings[index]!);
        var due = long.MaxValue;
        if (latches.Timing == 0) return due;
        for (var i = 0; i < Severities; i++) due = Math.Min(due, DueOf(ref latches, rule, i));
        return due;
    }

    /// <summary>What the rule looks at now, on its operand's scale; NaN when nothing has come yet.</summary>
    /// <param name="state">The sensor's state.</param>
    /// <param name="index">The rule's place.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="wasOn">It stands, or did before it was changed.</param>
    public static double MeasureOf(SensorState state, int index, CompiledRule rule, bool wasOn) => rule.Form switch
    {
        RuleForm.Value or RuleForm.Repeat => rule.Operand.Of(LatestOf(state, rule.Operand.Slot)),
        RuleForm.AllOf => AllOf(state, rule, wasOn),
        RuleForm.Sum or RuleForm.Rise => WindowRing.Measure(rule, state.Rings[index]!, rule.Operand.Of(LatestOf(state, rule.Operand.Slot))),
        _ => double.NaN,
    };

    /// <summary>
    /// Tells that a rule's severity is now what its latches say. Readings of one millisecond (several of one packet, or of a clock that runs ahead) may raise, end and raise a rule again; a change is
    /// known by its time and severity, so one that was told at that time is told a millisecond later.
    /// </summary>
    public static void Emit(SensorState state, CompiledRule rule, byte on, long timeMs, List<RuleChange> changes, bool isLone = false)
    {
        var severity = CompiledRule.SeverityOf(on);
        var step = severity is { } raised ? (int)raised - 1 : Array.FindIndex(rule.Shown, t => !double.IsNaN(t));
        var index = Array.IndexOf(state.Bound!.Rules, rule);
        ref var latches = ref state.Rules[index];
        var bit = (byte)(1 << (int)(severity ?? 0));
        if (latches.ToldMs > timeMs && latches.ToldMs - timeMs < SameMomentMs) timeMs = latches.ToldMs;
        if (latches.ToldMs == timeMs && (latches.Told & bit) != 0) timeMs++;
        if (latches.ToldMs != timeMs) (latches.ToldMs, latches.Told) = (timeMs, 0);
        latches.Told |= bit;
        var value = RuleEvidence.ValueOf(state, index, rule);
        RulePeak.Told(ref latches, rule, severity, value, timeMs);
        changes.Add(new RuleChange(
            rule.Id, severity, rule.Metric, value,
            rule.Form == RuleForm.NoData ? double.NaN : rule.Shown[step], timeMs, isLone ? RuleEvidence.Lone(rule) : RuleEvidence.Of(state, index, rule)));
    }

    private static bool Move(
        SensorState state, ref RuleState latches, CompiledRule rule, double measure, long timeMs, bool isReading, List<RuleChange> changes)
    {
        if ((latches.On | latches.Timing) == 0 && !(measure >= rule.Lowest)) return false;
        var before = latches.On;
        var timing = latches.Timing;
        var wasByLast = latches.ByLast && isReading;
        if (isReading) latches.ByLast = false;
        for (var i = 0; i < Severities; i++)
        {
            if (double.IsPositiveInfinity(rule.At[i])) continue;
            if ((latches.On & 1 << i) == 0) MoveUp(ref latches, rule, i, measure >= rule.At[i], timeMs, isReading);
            else MoveDown(ref latches, rule, i, measure < rule.Clear[i], timeMs);
        }
        var (was, now) = (CompiledRule.SeverityOf(before), CompiledRule.SeverityOf(latches.On));
        if (was != now)
        {
            var isLone = now is null && wasByLast && rule.Form == RuleForm.Rise && measure <= LoneShare * latches.Peak;
            if (now is null || now < was) RulePeak.Tell(state, ref latches, rule, was, changes);
            latches.ByLast = was is null && isReading;
            if (was is null) RulePeak.Hold(state, ref latches, rule, measure, timeMs, isFirst: timing == 0);
            Emit(state, rule, latches.On, timeMs, changes, isLone);
            if (was is null) RulePeak.TellHeld(state, ref latches, rule, changes);
        }
        else if (now is not null) RulePeak.Follow(state, ref latches, rule, measure, timeMs, changes);
        else if (latches.Timing != 0) RulePeak.Hold(state, ref latches, rule, measure, timeMs, isFirst: timing == 0);
        return timing != latches.Timing || before != latches.On;
    }

    private static void MoveUp(ref RuleState latches, CompiledRule rule, int i, bool isTrue, long timeMs, bool isReading)
    {
        var bit = (byte)(1 << i);
        ref var samples = ref Unsafe.Add(ref latches.BlueSamples, i);
        if (!isTrue)
        {
            latches.Timing &= (byte)~bit;
            samples = 0;
            return;
        }
        if ((latches.Timing & bit) == 0)
        {
            latches.Timing |= bit;
            Unsafe.Add(ref latches.BlueSinceMs, i) = timeMs;
            samples = 0;
        }
        if (isReading && samples < byte.MaxValue) samples++;
        // What a hold is longer than runs out in Expire, before the next reading is looked at.
        var isHeld = timeMs - Unsafe.Add(ref latches.BlueSinceMs, i) >= rule.HoldMs;
        if (rule.HoldSamples > 0 ? samples >= rule.HoldSamples || (rule.HoldMs > 0 && isHeld) : isHeld) Set(ref latches, i, on: true);
    }

    private static void MoveDown(ref RuleState latches, CompiledRule rule, int i, bool isOver, long timeMs)
    {
        var bit = (byte)(1 << i);
        if (!isOver) latches.Timing &= (byte)~bit;
        else if (rule.ClearHoldMs == 0) Set(ref latches, i, on: false);
        else if ((latches.Timing & bit) == 0)
        {
            latches.Timing |= bit;
            Unsafe.Add(ref latches.BlueSinceMs, i) = timeMs;
        }
        else if (timeMs - Unsafe.Add(ref latches.BlueSinceMs, i) >= rule.ClearHoldMs) Set(ref latches, i, on: false);
    }

    private static void Set(ref RuleState latches, int i, bool on)
    {
        var bit = (byte)(1 << i);
        latches.On = on ? (byte)(latches.On | bit) : (byte)(latches.On & ~bit);
        latches.Timing &= (byte)~bit;
        Unsafe.Add(ref latches.BlueSamples, i) = 0;
    }

    private static void Flip(SensorState state, ref RuleState latches, CompiledRule rule, long dueMs, List<RuleChange> changes)
    {
        var before = latches.On;
        for (var i = 0; i < Severities; i++)
            if (DueOf(ref latches, rule, i) == dueMs) Set(ref latches, i, on: (before & 1 << i) == 0);
        var (was, now) = (CompiledRule.SeverityOf(before), CompiledRule.SeverityOf(latches.On));
        if (was == now) return;
        if (now is null || now < was) RulePeak.Tell(state, ref latches, rule, was, changes);
        Emit(state, rule, latches.On, dueMs, changes);
        if (was is null) RulePeak.TellHeld(state, ref latches, rule, changes);
    }

    private static long DueOf(ref RuleState latches, CompiledRule rule, int i)
    {
        if ((latches.Timing & 1 << i) == 0) return long.MaxValue;
        var since = Unsafe.Add(ref latches.BlueSinceMs, i);
        if ((latches.On & 1 << i) != 0) return since + rule.ClearHoldMs;
        return rule.HoldMs > 0 ? since + rule.HoldMs : long.MaxValue;
    }

    private static bool OnRepeat(
        SensorState state, ref RuleState latches, CompiledRule rule, long[] times, long timeMs, List<RuleChange> changes)
    {
        var measure = rule.Operand.Of(state.Latest[rule.Operand.Slot]);
        var step = System.Numerics.BitOperations.TrailingZeroCount(rule.StepBits);
        if (latches.ConditionTrue)
        {
            latches.ConditionTrue = !(measure < rule.Clear[step]);
            return false;
        }
        if (!(measure >= rule.Lowest)) return false;
        latches.ConditionTrue = true;
        times.AsSpan(1).CopyTo(times);
        times[^1] = timeMs;
        if (latches.On == 0 && times[0] > 0 && timeMs - times[0] < rule.WindowMs)
        {
            latches.On = rule.StepBits;
            Emit(state, rule, latches.On, timeMs, changes);
        }
        return true;
    }

    /// <summary>
    /// A probe that has been silent for longer than its kind may be says nothing of now: its last value helps to raise nothing. It does not end what
    /// stands either, as silence ends no other alert.
    /// </summary>
    private static double AllOf(SensorState state, CompiledRule rule, bool isOn)
    {
        var silentMs = (long)KindCatalogue.Of(state.Kind).Silence.TotalMilliseconds;
        foreach (var limit in rule.Limits)
        {
            var slot = limit.Operand.Slot;
            if (!(limit.Operand.Of(LatestOf(state, slot)) >= limit.At)) return -1;
            if (!isOn && state.LatestTimes is { } times && state.LatestMs - times[slot] > silentMs) return -1;
        }
        return 1;
    }

    private static double LatestOf(SensorState state, int slot) => (uint)slot < (uint)state.Latest.Length ? state.Latest[slot] : double.NaN;
}

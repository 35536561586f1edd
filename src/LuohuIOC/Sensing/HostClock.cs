using System.Runtime.CompilerServices;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing.Rules;

namespace LuohuIOC.Sensing;

/// <summary>
/// The host's own clock was ahead and has been set back, or is behind: what a state knows lies in its future. Left there, silence would not be noticed and no hold
/// would run out until the clock has caught up. The sensor's time line is set back to the present as a whole.
/// </summary>
internal static class HostClock
{
    /// <summary>Clocks ordinarily differ by this much, ms.</summary>
    private const long ToleranceMs = ReadingClock.AheadToleranceMs;

    /// <summary>True when the state lies in the future. A device's clock may be a tolerance ahead of its receipt by itself.</summary>
    /// <param name="state">The sensor's state.</param>
    /// <param name="nowMs">Receipt of its newest reading, or the server's clock, Unix ms.</param>
    public static bool IsBehind(SensorState state, long nowMs) => state.HeardMs - nowMs > ToleranceMs || state.LatestMs - nowMs > 2 * ToleranceMs;

    /// <summary>Sets the time line back: what was heard in the future was heard now, holds that run begin anew, and windows keep what is in them.</summary>
    /// <param name="state">The sensor's state.</param>
    /// <param name="rules">The rules in force, which the state is bound to.</param>
    /// <param name="nowMs">The present, Unix ms.</param>
    public static void SetBack(SensorState state, SensorRules rules, long nowMs)
    {
        state.HeardMs = Math.Min(state.HeardMs, nowMs);
        if (state.Unusable is { } run) run.SinceMs = Math.Min(run.SinceMs, nowMs);
        if (state.LatestMs - nowMs <= ToleranceMs) return;
        // A little before the present: what was on its way just now is newer all the same.
        var byMs = state.LatestMs - (nowMs - ToleranceMs);
        state.LatestMs -= byMs;
        foreach (ref var timeMs in state.LatestTimes.AsSpan()) Move(ref timeMs, byMs);
        foreach (ref var metric in state.Metrics.AsSpan())
        {
            Move(ref metric.LastMs, byMs);
            Move(ref metric.CandidateMs, byMs);
            Move(ref metric.SameSinceMs, byMs);
        }
        for (var i = 0; i < rules.Rules.Length; i++) SetBack(state, i, rules.Rules[i], byMs, nowMs);
        state.HoldDueMs = SensorEvaluator.HoldDueOf(state, rules);
        if (state.Sums is not { } sums) return;
        Move(ref sums.TotalMs, byMs);
        Move(ref sums.PeriodMs, byMs);
        Move(ref sums.RainMs, byMs);
        Move(ref sums.FromMs, byMs);
        Move(ref sums.UntilMs, byMs);
    }

    private static void SetBack(SensorState state, int index, CompiledRule rule, long byMs, long nowMs)
    {
        ref var latches = ref state.Rules[index];
        for (var i = 0; i < 4; i++)
            if ((latches.Timing & 1 << i) != 0) Unsafe.Add(ref latches.BlueSinceMs, i) = nowMs;
        Move(ref latches.PeakMs, byMs);
        if (rule.Form is RuleForm.Sum or RuleForm.Rise) WindowRing.SetBack(rule, state.Rings[index]!, byMs, nowMs);
        if (rule.Form != RuleForm.Repeat) return;
        foreach (ref var timeMs in state.Rings[index].AsSpan()) Move(ref timeMs, byMs);
    }

    // 0 is no time.
    private static void Move(ref long timeMs, long byMs)
    {
        if (timeMs != 0) timeMs -= byMs;
    }
}

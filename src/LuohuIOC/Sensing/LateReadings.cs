using LuohuIOC.Alerts;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing.Quality;
using LuohuIOC.Sensing.Rules;

namespace LuohuIOC.Sensing;

/// <summary>What is older than a sensor's latest reading and says something all the same: rain that fell, and metrics of which nothing newer has come.</summary>
internal static class LateReadings
{
    /// <summary>What is older than the latest reading by more says nothing of now, whatever metric it is of.</summary>
    private const long NewestMaxMs = 86_400_000;

    /// <param name="state">The sensor's state.</param>
    /// <param name="rules">The rules in force, bound to the state.</param>
    /// <param name="profile">Checks of the sensor's kind.</param>
    /// <param name="timeMs">Time that the device gave, Unix ms.</param>
    /// <param name="isClockWrong">That time is not to be believed.</param>
    /// <param name="isUncounted">Its amounts have not been counted yet.</param>
    /// <param name="slots">Slots of the values.</param>
    /// <param name="values">The values.</param>
    /// <param name="flagged">Slots whose values the device marks as no ordinary measurement.</param>
    /// <param name="changes">Gets what the rules found, at the time of the latest reading: holds and windows have moved on to it.</param>
    public static (QualityMark Mark, Arrival Arrival) Take(
        SensorState state, SensorRules rules, QualityProfile profile, long timeMs, bool isClockWrong, bool isUncounted, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values, ulong flagged, List<RuleChange> changes)
    {
        var mark = QualityChecks.JudgeApart(profile, isClockWrong, slots, values, flagged);
        if (isClockWrong) return (mark, Arrival.Late);
        var newest = 0UL;
        for (var i = 0; i < slots.Length; i++)
        {
            var bit = 1UL << slots[i];
            if ((profile.AmountSlots & bit) == 0) newest |= IsNewest(state, slots[i], timeMs) ? bit : 0;
            else if (isUncounted && (mark.Grade != QualityGrade.Bad || (mark.Slots & bit) == 0)) TakeAmount(state, rules, slots[i], timeMs, values[i], changes);
        }
        var usable = newest == 0 ? 0 : TakeNewest(state, rules, profile, timeMs, slots, values, flagged, newest, ref mark, changes);
        state.HoldDueMs = SensorEvaluator.HoldDueOf(state, rules);
        return (mark, usable == 0 ? Arrival.Late : Arrival.NewestOfItsKind);
    }

    // What has never come has no time, whatever stands there.
    private static bool IsNewest(SensorState state, int slot, long timeMs) =>
        timeMs >= state.LatestMs - NewestMaxMs && ((uint)slot >= (uint)state.Latest.Length || double.IsNaN(state.Latest[slot]) || state.LatestTimes![slot] < timeMs);

    private static void TakeAmount(SensorState state, SensorRules rules, int slot, long timeMs, double amount, List<RuleChange> changes)
    {
        for (var i = 0; i < rules.Rules.Length; i++)
            if (rules.Rules[i].Form == RuleForm.Sum && rules.Rules[i].Operand.Slot == slot) RuleSteps.OnPast(state, i, rules.Rules[i], timeMs, amount, changes);
    }

    private static ulong TakeNewest(
        SensorState state, SensorRules rules, QualityProfile profile, long timeMs, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values, ulong flagged, ulong newest, ref QualityMark mark, List<RuleChange> changes)
    {
        var (ofNewest, theirs) = (new List<byte>(), new List<double>());
        for (var i = 0; i < slots.Length; i++)
        {
            if ((newest >> slots[i] & 1) == 0) continue;
            ofNewest.Add(slots[i]);
            theirs.Add(values[i]);
        }
        var theirMark = QualityChecks.Judge(state, profile, timeMs, clockWrong: false, [.. ofNewest], [.. theirs], flagged, out var usable, out var drops);
        for (var i = 0; i < rules.Rules.Length; i++)
            if ((rules.Rules[i].Mask & usable) != 0) RuleSteps.OnReading(state, i, rules.Rules[i], state.LatestMs, changes, isDrop: (rules.Rules[i].Mask & drops) != 0);
        if (theirMark.Grade > mark.Grade) mark = theirMark;
        if (state.Unusable is not null && (usable & profile.MeasuredSlots) != 0)
        {
            state.Unusable = null;
            SensorEvaluator.EndSilence(state, rules, state.HeardMs, changes);
        }
        return usable;
    }
}

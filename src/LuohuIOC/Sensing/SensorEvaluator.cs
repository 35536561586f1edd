using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Listening;
using LuohuIOC.Sensing.Quality;
using LuohuIOC.Sensing.Rain;
using LuohuIOC.Sensing.Rules;

namespace LuohuIOC.Sensing;

/// <summary>Where a reading belongs in its sensor's time line.</summary>
public enum Arrival : byte
{
    /// <summary>Newer than all before: it moved the latest values and was shown to the rules (unless bad).</summary>
    Latest,

    /// <summary>Older than the latest: goes to history only, but for rain, which counts where it fell.</summary>
    Late,

    /// <summary>Older than the latest, and the newest of at least one of its metrics, which the rules have seen: an alarm that comes behind a newer battery level is no old one.</summary>
    NewestOfItsKind,

    /// <summary>Same device time and sequence as one seen before: changes nothing.</summary>
    Duplicate,
}

/// <summary>
/// The arithmetic of a sensor: pure, no clock of its own, no allocation while nothing changes; at 300,000 readings/s it
/// may cost 300 ns a reading. The same readings in give the same changes out, whenever <see cref="Tick"/> came between; but for a reading that comes later than <see cref="SettleMs"/>
/// at whose very time a hold runs out, which it can decide no more.
/// </summary>
/// <remarks>
/// Two clocks: holds and windows run in the sensor's time (the readings' own times), so that delayed readings mean what
/// they would have meant in time; silence runs in the server's time, from the receipt of the newest reading. Neither runs in the pauses in which the host did not listen.
/// </remarks>
public static class SensorEvaluator
{
    /// <summary>How long a reading that was received may take through journal and dispatch before time may pass without it.</summary>
    public const long SettleMs = 1000;

    /// <summary>Judges one reading and updates the state; appends what the rules found to <paramref name="changes"/>.</summary>
    /// <param name="state">The sensor's state.</param>
    /// <param name="rules">The rules in force (<see cref="RuleBook.For"/>); other rules than last time are reconciled first.</param>
    /// <param name="sensor">The sensor's row.</param>
    /// <param name="deviceTimeMs">Time that the device gave, Unix ms.</param>
    /// <param name="sequence">Sequence that the device gave or <see cref="ReadingGroup.NoSequence"/>.</param>
    /// <param name="receivedMs">When the publish was received, Unix ms.</param>
    /// <param name="slots">Metric slots in the sensor's layout.</param>
    /// <param name="values">Values by slot.</param>
    /// <param name="changes">Gets what the rules found, each rule's changes in order of time.</param>
    /// <param name="flagged">Slots whose values the device itself marks as no ordinary measurement.</param>
    /// <param name="components">What the reading tells of single components.</param>
    /// <param name="timeDoubted">Its time is not the device's own.</param>
    /// <param name="rainMinutes">Of how many minutes its rain is (<see cref="ReadingGroup.RainMinutesOf"/>).</param>
    /// <param name="inOrder">Readings come in the order of their receipt. Those of several hosts' journals may not: one that was received earlier then says nothing of the clock.</param>
    public static (QualityMark Mark, Arrival Arrival) Observe(
        SensorState state, SensorRules rules, Sensor sensor, long deviceTimeMs, long sequence, long receivedMs,
        ReadOnlySpan<byte> slots, ReadOnlySpan<double> values, List<RuleChange> changes, ulong flagged = 0, ReadOnlySpan<ComponentState> components = default, bool timeDoubted = false,
        bool inOrder = true, int rainMinutes = 0)
    {
        var profile = QualityProfile.Of(sensor.Kind);
        var ahead = TimeLine.IsAhead(deviceTimeMs, receivedMs);
        if (!ReferenceEquals(state.Bound, rules)) RuleBinding.Bind(state, rules, sensor, receivedMs, changes);
        if (inOrder && HostClock.IsBehind(state, receivedMs)) HostClock.SetBack(state, rules, receivedMs);
        var bits = BitsOf(slots);
        var arrival = TimeLine.Place(state, deviceTimeMs, sequence, receivedMs, bits, profile.AmountSlots);
        var isUncounted = (bits & profile.AmountSlots) != 0 && arrival != Arrival.Duplicate && IsUncounted(state, deviceTimeMs, sequence);
        if (arrival == Arrival.Latest && HostClock.IsBehind(state, receivedMs)) HostClock.SetBack(state, rules, receivedMs);
        var isOld = arrival == Arrival.Late;
        // A component's state has a time line of its own: a fire that began, or ended, counts behind whatever a neighbour or a faster clock has told.
        if (!components.IsEmpty && arrival != Arrival.Duplicate && (state.Fires ??= new ComponentFires()).Take(components, deviceTimeMs)) arrival = Arrival.Latest;
        if (sensor.Kind == SensorKind.RainGauge && arrival != Arrival.Duplicate)
            RainFall.Take(state, arrival, arrival == Arrival.Latest ? Math.Max(state.LatestMs, TimeLine.TimeOf(state, deviceTimeMs, receivedMs)) : deviceTimeMs, rainMinutes, isUncounted, ref slots, ref values);
        if (arrival == Arrival.Late) return LateReadings.Take(state, rules, profile, deviceTimeMs, ahead || timeDoubted, isUncounted, slots, values, flagged, changes);
        if (arrival != Arrival.Latest) return (QualityChecks.JudgeApart(profile, ahead || timeDoubted, slots, values, flagged), arrival);

        var timeMs = Math.Max(state.LatestMs, TimeLine.TimeOf(state, deviceTimeMs, receivedMs));
        if (timeMs >= state.HoldDueMs) Expire(state, rules, timeMs, changes, isReading: true);
        state.LatestMs = timeMs;
        if (!isOld) (state.DeviceMs, state.Sequence, state.ClockAhead) = (deviceTimeMs, sequence, ahead);
        if (!components.IsEmpty) values = WithAlarmOfAll(state.Fires!, sensor, slots, values);
        var isClockWrong = ahead || timeDoubted || isOld || state.SetBack is { IsBelieved: true };
        var mark = QualityChecks.Judge(state, profile, timeMs, isClockWrong, slots, values, flagged, out var usable, out var drops);
        (state.LatestGrade, state.LatestReason, state.LatestMarkSlots) = mark;
        if (UnusableReadings.Take(state, profile, slots, values, components.IsEmpty ? usable : ulong.MaxValue, receivedMs)) EndSilence(state, rules, receivedMs, changes);
        state.HeardMs = Math.Max(state.HeardMs, receivedMs);
        if (UnusableReadings.IsDue(state, rules, receivedMs)) TellUnusable(state, rules, receivedMs, changes);

        var compiled = rules.Rules;
        var dueMoved = false;
        for (var i = 0; i < compiled.Length; i++)
            if ((compiled[i].Mask & usable) != 0) dueMoved |= RuleSteps.OnReading(state, i, compiled[i], timeMs, changes, isDrop: (compiled[i].Mask & drops) != 0);
        if (dueMoved) state.HoldDueMs = HoldDueOf(state, rules);
        return (mark, Arrival.Latest);
    }

    /// <summary>
    /// Lets time pass: holds that ran out, windows that moved on, silence. Returns when to be called next, Unix ms, or
    /// <see cref="long.MaxValue"/>. A sensor that never sent anything is not offline: it has not begun.
    /// </summary>
    /// <param name="state">The sensor's state.</param>
    /// <param name="rules">The rules in force.</param>
    /// <param name="sensor">The sensor's row.</param>
    /// <param name="nowMs">Server clock, Unix ms.</param>
    /// <param name="changes">Gets what the rules found.</param>
    /// <param name="reachableSinceMs">Since when its gateway can bring its readings: who cannot be heard is not silent. Unix ms.</param>
    /// <param name="listened">When this host has listened; null for always.</param>
    public static long Tick(
        SensorState state, SensorRules rules, Sensor sensor, long nowMs, List<RuleChange> changes, long reachableSinceMs = 0, ListenedTime? listened = null)
    {
        if (!ReferenceEquals(state.Bound, rules)) RuleBinding.Bind(state, rules, sensor, nowMs, changes);
        if (HostClock.IsBehind(state, nowMs)) HostClock.SetBack(state, rules, nowMs);
        var sensorNowMs = nowMs - DelayOf(state, listened);
        if (sensorNowMs >= state.HoldDueMs) Expire(state, rules, sensorNowMs, changes);
        var silentAtMs = SilentAt(state, rules, reachableSinceMs, listened);
        if (silentAtMs <= nowMs - SettleMs && TellableAt(rules, listened) <= nowMs)
        {
            ref var latches = ref state.Rules[rules.NoData];
            latches.On = rules.Rules[rules.NoData].StepBits;
            RuleSteps.Emit(state, rules.Rules[rules.NoData], latches.On, Math.Max(silentAtMs, Math.Min(latches.BlueSinceMs, nowMs)), changes);
        }
        return NextDue(state, rules, reachableSinceMs, listened);
    }

    /// <summary>When <see cref="Tick"/> has something to do next, Unix ms, or <see cref="long.MaxValue"/>. A few nanoseconds.</summary>
    public static long NextDue(SensorState state, SensorRules rules, long reachableSinceMs = 0, ListenedTime? listened = null)
    {
        var hold = state.HoldDueMs == long.MaxValue ? long.MaxValue : state.HoldDueMs + DelayOf(state, listened);
        var silent = SilentAt(state, rules, reachableSinceMs, listened);
        return Math.Min(hold, silent == long.MaxValue ? silent : Math.Max(silent + SettleMs, TellableAt(rules, listened)));
    }

    /// <summary>
    /// The rules changed: rules that are gone end, changed ones are judged anew by the latest values (what no longer stands at
    /// its threshold ends at once, what now does begins its hold), the others go on. Returns when <see cref="Tick"/> is due.
    /// </summary>
    public static long Reconcile(
        SensorState state, SensorRules rules, Sensor sensor, long nowMs, List<RuleChange> changes, long reachableSinceMs = 0, ListenedTime? listened = null) =>
        Tick(state, rules, sensor, nowMs, changes, reachableSinceMs, listened);

    /// <summary>The sensor is in service no more: what its rules hold ends, and nothing is due.</summary>
    public static void Retire(SensorState state, SensorRules rules, Sensor sensor, long nowMs, List<RuleChange> changes)
    {
        if (!ReferenceEquals(state.Bound, rules)) RuleBinding.Bind(state, rules, sensor, nowMs, changes);
        var known = changes.Count;
        for (var i = 0; i < rules.Rules.Length; i++)
        {
            state.Rules[i].Timing = 0;
            if (state.Rules[i].On == 0) continue;
            state.Rules[i].On = 0;
            RuleSteps.Emit(state, rules.Rules[i], 0, nowMs, changes);
        }
        RuleBinding.Explain(changes, known, RuleBinding.Retired);
        state.HoldDueMs = HoldDueOf(state, rules);
        // Put back into service it is silent from now on at the earliest, and not since a time that was told before.
        if (state.HeardMs != 0) state.HeardMs = Math.Max(state.HeardMs, nowMs);
        state.Unusable = null;
    }

    private static void TellUnusable(SensorState state, SensorRules rules, long receivedMs, List<RuleChange> changes)
    {
        state.Unusable!.IsTold = true;
        ref var latches = ref state.Rules[rules.NoData];
        latches.On = rules.Rules[rules.NoData].StepBits;
        RuleSteps.Emit(state, rules.Rules[rules.NoData], latches.On, receivedMs, changes);
    }

    // Of what came before amounts were remembered nothing is known.
    private static bool IsUncounted(SensorState state, long deviceTimeMs, long sequence) =>
        (state.Amounts ??= new AmountsSeen { ForgottenMs = state.HeardMs == 0 ? long.MinValue : state.LatestMs }).Take(deviceTimeMs, sequence);

    private static ulong BitsOf(ReadOnlySpan<byte> slots)
    {
        var bits = 0UL;
        foreach (var slot in slots) bits |= 1UL << slot;
        return bits;
    }

    internal static long HoldDueOf(SensorState state, SensorRules rules)
    {
        var due = long.MaxValue;
        for (var i = 0; i < rules.Rules.Length; i++) due = Math.Min(due, RuleSteps.DueOf(state, i, rules.Rules[i]));
        return due;
    }

    /// <summary>The sensor is on fire as long as any of its components is.</summary>
    private static ReadOnlySpan<double> WithAlarmOfAll(ComponentFires fires, Sensor sensor, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values)
    {
        var alarm = sensor.Layout.SlotOf("alarm"u8);
        var at = alarm < 0 ? -1 : slots.IndexOf((byte)alarm);
        if (at < 0 || !fires.Any) return values;
        var all = values.ToArray();
        all[at] = 1;
        return all;
    }

    private static void Expire(SensorState state, SensorRules rules, long upToMs, List<RuleChange> changes, bool isReading = false)
    {
        for (var i = 0; i < rules.Rules.Length; i++) RuleSteps.Expire(state, i, rules.Rules[i], upToMs, changes, isReading);
        state.HoldDueMs = HoldDueOf(state, rules);
    }

    /// <summary>
    /// How far the sensor's time runs behind the server's: the delay of its newest reading, the way through the journal, and the pauses since, in which a reading that ends a
    /// hold could not have been heard.
    /// </summary>
    private static long DelayOf(SensorState state, ListenedTime? listened) =>
        Math.Max(0, state.HeardMs - state.LatestMs) + SettleMs + (listened?.PausedSince(state.HeardMs) ?? 0);

    private static long SilentAt(SensorState state, SensorRules rules, long reachableSinceMs, ListenedTime? listened) =>
        rules.NoData < 0 || state.HeardMs == 0 || state.Rules[rules.NoData].On != 0
            ? long.MaxValue
            : (listened ?? ListenedTime.Always).SilentAt(Math.Max(state.HeardMs, reachableSinceMs), rules.SilenceMs);

    private static long TellableAt(SensorRules rules, ListenedTime? listened) => listened?.TellableAt(rules.SilenceMs) ?? 0;

    /// <summary>
    /// The end of silence is told even when its beginning is not in this state: it may have been raised by a tick that a
    /// crash made the state forget, and ending an alert that is not open does nothing.
    /// </summary>
    internal static void EndSilence(SensorState state, SensorRules rules, long receivedMs, List<RuleChange> changes)
    {
        if (rules.NoData < 0) return;
        ref var latches = ref state.Rules[rules.NoData];
        if (latches.On == 0 && (state.HeardMs == 0 || receivedMs - state.HeardMs < rules.SilenceMs)) return;
        latches.On = 0;
        RuleSteps.Emit(state, rules.Rules[rules.NoData], latches.On, receivedMs, changes);
    }
}

using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing.Quality;

/// <summary>
/// Judges readings one by one: constant time and no allocation a value, as every one of 300,000 readings/s comes through here.
/// </summary>
internal static class QualityChecks
{
    /// <summary>A step this many times the usual one is far outside the metric's own variation.</summary>
    internal const double SpikeFactor = 8;

    /// <summary>Steps seen before the usual one is known.</summary>
    private const byte SpikeWarmUp = 16;

    /// <summary>
    /// Shares of a metric's range by which an instrument may leave it and still means its end: a dry gauge reads a centimetre below nought, and one beyond its range says that there is at
    /// least so much. Such a value is bad, and the rules see the end of the range: water stands no longer on a road whose gauge has drifted below nought, and gas is there. What lies
    /// further off is no measurement.
    /// </summary>
    private const double BelowMax = 0.02;

    private const double AboveMax = 0.1;

    /// <summary>Weight of a new step in the running scale: the last 30 or so readings decide.</summary>
    private const float ScaleWeight = 1f / 16;

    private static readonly double RateFloorMs = KindCatalogue.RateFloor.TotalMilliseconds;

    /// <summary>The quality of a reading that the time line does not take (late, duplicate): range and clock only, no memory.</summary>
    public static QualityMark JudgeApart(
        QualityProfile profile, bool clockWrong, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values, ulong flagged = 0)
    {
        var worst = new Worst(clockWrong);
        for (var i = 0; i < slots.Length; i++)
        {
            if (IsFlagged(flagged, slots[i])) worst.Add(QualityGrade.Bad, QualityReason.Device, slots[i]);
            else if (!InRange(profile, slots[i], values[i])) worst.Add(QualityGrade.Bad, QualityReason.OutOfRange, slots[i]);
        }
        return worst.Mark;
    }

    /// <summary>Judges the newest reading, moves <see cref="SensorState.Latest"/> and the metrics' memories.</summary>
    /// <param name="state">Shaped for the profile.</param>
    /// <param name="profile">Checks of the sensor's kind.</param>
    /// <param name="timeMs">Time of the reading in the sensor's time line.</param>
    /// <param name="clockWrong">The device's clock is ahead of the server's, or was set back.</param>
    /// <param name="slots">Slots of the values.</param>
    /// <param name="values">The values.</param>
    /// <param name="flagged">Slots whose values the device marks as no ordinary measurement.</param>
    /// <param name="usable">Slots whose values are not bad: they feed the rules.</param>
    /// <param name="drops">Those of them whose values may be spikes downwards.</param>
    public static QualityMark Judge(
        SensorState state, QualityProfile profile, long timeMs, bool clockWrong, ReadOnlySpan<byte> slots, ReadOnlySpan<double> values,
        ulong flagged, out ulong usable, out ulong drops)
    {
        usable = drops = 0;
        var worst = new Worst(clockWrong);
        var checks = profile.Checks;
        var (latest, times) = (state.Latest, state.LatestTimes!);
        for (var i = 0; i < slots.Length; i++)
        {
            int slot = slots[i];
            var value = values[i];
            if (slot >= latest.Length) (latest, times) = Grow(state, slot);
            var isInside = InRange(profile, slot, value);
            var isFlagged = IsFlagged(flagged, slot);
            if (!isInside && !isFlagged) value = EndOf(profile.Checks, slot, value);
            var reason = isFlagged ? QualityReason.Device : double.IsNaN(value) ? QualityReason.OutOfRange
                : (uint)slot < (uint)checks.Length && checks[slot].Tracked >= 0 ? Track(state, checks[slot], timeMs, latest[slot], value)
                : QualityReason.None;
            if (!isInside && !isFlagged) worst.Add(QualityGrade.Bad, QualityReason.OutOfRange, slot);
            else if (reason != QualityReason.None) worst.Add(GradeOf(reason), reason, slot);
            if (GradeOf(reason) == QualityGrade.Bad) continue;
            if (reason == QualityReason.Spike && value < latest[slot]) drops |= 1UL << slot;
            (latest[slot], times[slot]) = (value, timeMs);
            usable |= 1UL << slot;
        }
        return worst.Mark;
    }

    private static QualityGrade GradeOf(QualityReason reason) => reason switch
    {
        QualityReason.None => QualityGrade.Good,
        QualityReason.OutOfRange or QualityReason.ImpossibleRate or QualityReason.Device => QualityGrade.Bad,
        _ => QualityGrade.Doubtful,
    };

    private static bool IsFlagged(ulong flagged, int slot) => (flagged >> slot & 1) != 0;

    private static bool InRange(QualityProfile profile, int slot, double value) =>
        (uint)slot < (uint)profile.Checks.Length
            ? value >= profile.Checks[slot].Minimum && value <= profile.Checks[slot].Maximum
            : double.IsFinite(value);

    /// <summary>The end of the range that a value just beyond it stands for; NaN for one that is no measurement.</summary>
    private static double EndOf(MetricCheck[] checks, int slot, double value)
    {
        if ((uint)slot >= (uint)checks.Length) return double.NaN;
        var (minimum, maximum) = (checks[slot].Minimum, checks[slot].Maximum);
        var span = maximum - minimum;
        return value < minimum && value >= minimum - (BelowMax * span) ? minimum : value > maximum && value <= maximum + (AboveMax * span) ? maximum : double.NaN;
    }

    private static QualityReason Track(SensorState state, in MetricCheck check, long timeMs, double last, double value)
    {
        ref var metric = ref state.Metrics[check.Tracked];
        if (metric.LastMs == 0)
        {
            Begin(ref metric, timeMs);
            return QualityReason.None;
        }
        var step = Math.Abs(value - last);
        if (step > check.RatePerMs * Math.Max(timeMs - metric.LastMs, RateFloorMs)) return TryNewLevel(ref metric, check, timeMs, value);
        metric.CandidateMs = 0;
        metric.LastMs = timeMs;
        var spike = IsSpike(ref metric, check, step);
        var stuck = IsStuck(ref metric, check, timeMs, value, step == 0);
        return spike ? QualityReason.Spike : stuck ? QualityReason.Stuck : QualityReason.None;
    }

    /// <summary>
    /// One impossible value is refused; a second in a row that agrees with it is the truth (a valve opened, a sensor was
    /// moved), so that no sensor locks itself out for ever.
    /// </summary>
    private static QualityReason TryNewLevel(ref MetricState metric, in MetricCheck check, long timeMs, double value)
    {
        var agrees = metric.CandidateMs != 0
            && Math.Abs(value - metric.Candidate) <= check.RatePerMs * Math.Max(timeMs - metric.CandidateMs, RateFloorMs);
        if (!agrees)
        {
            metric.Candidate = value;
            metric.CandidateMs = timeMs;
            return QualityReason.ImpossibleRate;
        }
        Begin(ref metric, timeMs);
        return QualityReason.None;
    }

    private static void Begin(ref MetricState metric, long timeMs)
    {
        metric.LastMs = timeMs;
        metric.CandidateMs = 0;
        metric.SameSinceMs = timeMs;
        metric.SameCount = 1;
        metric.SpikeBefore = false;
    }

    /// <summary>
    /// The first of a run of large steps is doubted, no more: the beginning of a flood looks like a spike, and doubtful
    /// values feed the rules. Steps are clipped before they enter the scale, so that one spike does not hide the next.
    /// </summary>
    private static bool IsSpike(ref MetricState metric, in MetricCheck check, double step)
    {
        if (double.IsPositiveInfinity(check.SpikeJump)) return false;
        var large = metric.Steps >= SpikeWarmUp && step >= check.SpikeJump && step > SpikeFactor * metric.Scale;
        var spike = large && !metric.SpikeBefore;
        metric.SpikeBefore = large;
        metric.Scale += ScaleWeight * ((float)Math.Min(step, 3 * metric.Scale + check.SpikeJump / SpikeFactor) - metric.Scale);
        if (metric.Steps < byte.MaxValue) metric.Steps++;
        return spike;
    }

    private static bool IsStuck(ref MetricState metric, in MetricCheck check, long timeMs, double value, bool same)
    {
        if (!same)
        {
            metric.SameSinceMs = timeMs;
            metric.SameCount = 1;
            return false;
        }
        if (metric.SameCount < ushort.MaxValue) metric.SameCount++;
        return check.StuckReadings > 0
            && metric.SameCount >= check.StuckReadings
            && timeMs - metric.SameSinceMs >= check.StuckMs
            && Math.Abs(value) > check.RestMax;
    }

    /// <summary>A generic sensor has sent a metric for the first time.</summary>
    private static (double[], long[]) Grow(SensorState state, int slot)
    {
        var used = state.Latest.Length;
        Array.Resize(ref state.Latest, slot + 1);
        state.Latest.AsSpan(used).Fill(double.NaN);
        Array.Resize(ref state.LatestTimes, slot + 1);
        return (state.Latest, state.LatestTimes);
    }

    /// <summary>The worst grade so far, the reason of the first metric that has it, and all metrics that have it.</summary>
    private ref struct Worst(bool clockWrong)
    {
        private QualityGrade _grade = clockWrong ? QualityGrade.Doubtful : QualityGrade.Good;
        private QualityReason _reason = clockWrong ? QualityReason.Clock : QualityReason.None;
        private ulong _slots = clockWrong ? ulong.MaxValue : 0;

        public readonly QualityMark Mark => new(_grade, _reason, _slots);

        public void Add(QualityGrade grade, QualityReason reason, int slot)
        {
            if (grade < _grade) return;
            if (grade > _grade) (_grade, _reason, _slots) = (grade, reason, 0);
            _slots |= 1UL << slot;
        }
    }
}

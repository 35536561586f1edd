namespace LuohuIOC.Benchmarks.Scores;

/// <summary>Rows by what they were and what was said of them, as the Skoltech Anomaly Benchmark counts.</summary>
/// <param name="Found">Labelled, alarm.</param>
/// <param name="Missed">Labelled, no alarm.</param>
/// <param name="False">Alarm, not labelled.</param>
/// <param name="Quiet">Neither.</param>
internal readonly record struct RowCount(int Found, int Missed, int False, int Quiet)
{
    public double F1 => Found == 0 ? 0 : Found / (Found + ((False + Missed) / 2.0));

    public double FalsePercent => 100.0 * False / Math.Max(1, False + Quiet);

    public double MissedPercent => 100.0 * Missed / Math.Max(1, Missed + Found);

    public static RowCount operator +(RowCount a, RowCount b) => new(a.Found + b.Found, a.Missed + b.Missed, a.False + b.False, a.Quiet + b.Quiet);

    public static RowCount One(bool labelled, bool alarm) => new(labelled && alarm ? 1 : 0, labelled && !alarm ? 1 : 0, !labelled && alarm ? 1 : 0, !labelled && !alarm ? 1 : 0);

    public static RowCount Sum(IEnumerable<RowCount> counts) => counts.Aggregate(default(RowCount), (sum, count) => sum + count);
}

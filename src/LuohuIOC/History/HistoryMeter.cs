using System.Diagnostics.Metrics;

namespace LuohuIOC.History;

/// <summary>What <c>/metrics</c> tells about history.</summary>
internal sealed class HistoryMeter
{
    // OpenTelemetry's own bounds are for milliseconds. A batch takes some hundredths of a second; one that takes a minute is an outage.
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly Histogram<double> _transaction;
    private readonly Counter<long> _failures;

    public HistoryMeter(IMeterFactory meters, Func<long> readings, Func<long> lagGroups, Func<double> lagSeconds, Func<int> queued, Func<long> queuedBytes)
    {
        var meter = meters.Create(new MeterOptions("LuohuIOC.History"));
        _transaction = meter.CreateHistogram<double>("luohu.history.transaction", "s", "Time to store one batch", tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        _failures = meter.CreateCounter<long>("luohu.history.failures", "{attempt}", "Attempts to store that the store refused");
        meter.CreateObservableGauge("luohu.history.readings", readings, "{reading}", "Readings in history");
        meter.CreateObservableGauge("luohu.history.lag", lagGroups, "{group}", "Journal groups that history does not have yet");
        meter.CreateObservableGauge("luohu.history.lag.time", lagSeconds, "s", "How long the oldest of them has been waiting");
        meter.CreateObservableGauge("luohu.history.queued", queued, "{reading}", "Readings that wait in memory for the writer");
        meter.CreateObservableGauge("luohu.history.queued.size", queuedBytes, "By", "Memory that they take");
    }

    public void Stored(TimeSpan elapsed) => _transaction.Record(elapsed.TotalSeconds);

    public void Failed() => _failures.Add(1);
}

using System.Diagnostics.Metrics;
using LuohuIOC.Ingestion.Journal;

namespace LuohuIOC.Ingestion;

/// <summary>Counters of ingestion, read by <c>/metrics</c>. Plain numbers that are looked at when asked: 60,000 a second pass by here.</summary>
public sealed class IngestionMetrics
{
    private long _messages;
    private long _readings;

    public IngestionMetrics(IMeterFactory meters, PublishJournal journal)
    {
        var meter = meters.Create(new MeterOptions("LuohuIOC.Ingestion"));
        meter.CreateObservableCounter("luohu.ingestion.messages", () => Interlocked.Read(ref _messages), "{message}", "Telemetry publishes accepted");
        meter.CreateObservableCounter("luohu.ingestion.readings", () => Interlocked.Read(ref _readings), "{reading}", "Readings accepted");
        meter.CreateObservableCounter<long>(
            "luohu.ingestion.duplicates", () => Duplicates() is { } known ? new[] { new Measurement<long>(known) } : [], "{reading}", "Readings accepted that history had already");
        meter.CreateObservableCounter("luohu.journal.commits", () => journal.Commits, "{commit}", "Groups made durable");
        meter.CreateObservableGauge("luohu.journal.bytes", () => journal.Bytes, "By", "Size of the journal on disk");
        meter.CreateObservableGauge("luohu.journal.backlog", () => journal.BacklogReadings, "{reading}", "Readings durable but not yet seen by their sensors");
    }

    /// <summary>Telemetry publishes accepted since the start.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>Readings accepted since the start.</summary>
    public long Readings => Interlocked.Read(ref _readings);

    /// <summary>Readings since the first start that history had already; null while nobody knows. Set before the host starts, by whoever stores readings.</summary>
    public Func<long?> Duplicates { get; set; } = () => null;

    public void Accepted(int readings)
    {
        Interlocked.Increment(ref _messages);
        Interlocked.Add(ref _readings, readings);
    }
}

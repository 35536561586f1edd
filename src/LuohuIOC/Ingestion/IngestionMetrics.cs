using System.Diagnostics.Metrics;
using LuohuIOC.Ingestion.Journal;

namespace LuohuIOC.Ingestion;

/// <summary>Counters of ingestion, read by <c>/metrics</c>.</summary>
public sealed class IngestionMetrics
{
    private readonly Counter<long> _messages;
    private readonly Counter<long> _readings;

    public IngestionMetrics(IMeterFactory meters, PublishJournal journal)
    {
        var meter = meters.Create(new MeterOptions("LuohuIOC.Ingestion"));
        _messages = meter.CreateCounter<long>("luohu.ingestion.messages", "{message}", "Telemetry publishes accepted");
        _readings = meter.CreateCounter<long>("luohu.ingestion.readings", "{reading}", "Readings accepted");
        meter.CreateObservableCounter("luohu.journal.commits", () => journal.Commits, "{commit}", "Groups made durable");
        meter.CreateObservableGauge("luohu.journal.bytes", () => journal.Bytes, "By", "Size of the journal on disk");
        meter.CreateObservableGauge("luohu.journal.backlog", () => journal.BacklogReadings, "{reading}", "Readings durable but not yet seen by their sensors");
    }

    public void Accepted(int readings)
    {
        _messages.Add(1);
        _readings.Add(readings);
    }
}

using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Ingestion.Rejections;

namespace LuohuIOC.Ingestion;

/// <summary>How reception is doing, in one look: what the wall shows and turns into rates.</summary>
/// <param name="Messages">Telemetry publishes accepted since the start.</param>
/// <param name="Readings">Readings accepted since the start.</param>
/// <param name="Rejections">Refused since the first start.</param>
/// <param name="Duplicates">
/// Accepted readings since the first start that history had already (sent again, or metrics of a moment in a second message); once history lags no more,
/// each accepted reading is one of these or one that it stored. Null where the store writes the same point again and does not know (InfluxDB).
/// </param>
/// <param name="JournalBytes">Size of the journal on disk.</param>
/// <param name="BacklogReadings">Durable, but not yet seen by their sensors.</param>
/// <param name="Full">True while publishes wait because sensors or history are behind.</param>
/// <param name="Fault">Why the journal cannot write, null while it can.</param>
public sealed record IngestionState(long Messages, long Readings, long Rejections, long? Duplicates, long JournalBytes, long BacklogReadings, bool Full, string? Fault)
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/ingestion", (IngestionMetrics metrics, PublishJournal journal, RejectionStore rejections) => new IngestionState(
                metrics.Messages, metrics.Readings, Enum.GetValues<RejectionReason>().Sum(rejections.CountOf), metrics.Duplicates(),
                journal.Bytes, journal.BacklogReadings, journal.IsFull, journal.Fault))
            .RequireAuthorization("viewer").WithTags("Ingestion").WithName("GetIngestion");
}

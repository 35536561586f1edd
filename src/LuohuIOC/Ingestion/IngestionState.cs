using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Ingestion.Rejections;

namespace LuohuIOC.Ingestion;

/// <summary>How reception is doing, in one look: what the wall shows and turns into rates.</summary>
/// <param name="Messages">Telemetry publishes accepted since the start.</param>
/// <param name="Readings">Readings accepted since the start.</param>
/// <param name="Rejections">Refused since the first start.</param>
/// <param name="JournalBytes">Size of the journal on disk.</param>
/// <param name="BacklogReadings">Durable, but not yet seen by their sensors.</param>
/// <param name="Full">True while publishes wait because sensors or history are behind.</param>
/// <param name="Fault">Why the journal cannot write, null while it can.</param>
public sealed record IngestionState(long Messages, long Readings, long Rejections, long JournalBytes, long BacklogReadings, bool Full, string? Fault)
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/ingestion", (IngestionMetrics metrics, PublishJournal journal, RejectionStore rejections) => new IngestionState(
                metrics.Messages, metrics.Readings, Enum.GetValues<RejectionReason>().Sum(rejections.CountOf),
                journal.Bytes, journal.BacklogReadings, journal.IsFull, journal.Fault))
            .RequireAuthorization("viewer").WithTags("Ingestion").WithName("GetIngestion");
}

using LuohuIOC.History.DuckDb;

namespace LuohuIOC.History;

/// <summary>How far the store is behind, in one look.</summary>
/// <param name="Readings">Readings in history; null while the store does not answer.</param>
/// <param name="LagGroups">Journal groups that it does not have yet.</param>
/// <param name="LagSeconds">How long the oldest of them has been waiting.</param>
/// <param name="Fault">Why it takes nothing, null while it does.</param>
public sealed record HistoryState(long? Readings, long LagGroups, double LagSeconds, string? Fault)
{
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/history", GetAsync).RequireAuthorization("viewer").WithTags("readings").WithName("GetHistory").Produces<HistoryState>();

    private static async Task<HistoryState> GetAsync(HistoryWriter writer, DuckDbHistory history, CancellationToken cancel) =>
        new(await CountAsync(history, cancel), writer.LagGroups, writer.Lag.TotalSeconds, writer.Fault);

    private static async Task<long?> CountAsync(DuckDbHistory history, CancellationToken cancel)
    {
        try
        {
            return await history.CountAsync(cancel);
        }
        catch (HistoryUnavailableException)
        {
            return null;
        }
    }
}

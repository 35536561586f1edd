namespace LuohuIOC.History;

/// <summary>How far the store is behind, in one look.</summary>
/// <param name="Readings">Readings in history, as far as this is known without asking the store; null while it takes nothing.</param>
/// <param name="LagGroups">Journal groups that it does not have yet.</param>
/// <param name="LagSeconds">How long the oldest of them has been waiting.</param>
/// <param name="Fault">Why it takes nothing, null while it does.</param>
public sealed record HistoryState(long? Readings, long LagGroups, double LagSeconds, string? Fault)
{
    // Pages ask every few seconds: a count over years of points is not made for them.
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/history", (HistoryWriter writer, IReadingHistory history) =>
                new HistoryState(writer.Fault is null ? history.Readings : null, writer.LagGroups, writer.Lag.TotalSeconds, writer.Fault))
            .RequireAuthorization("viewer").WithTags("readings").WithName("GetHistory").Produces<HistoryState>();
}

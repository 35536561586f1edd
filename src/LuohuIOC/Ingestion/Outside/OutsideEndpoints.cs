namespace LuohuIOC.Ingestion.Outside;

/// <summary>One session of the share, as this host serves it.</summary>
/// <param name="ClientId">Its name at the broker.</param>
/// <param name="Host">The host whose it is; another than the one asked while that one is away.</param>
/// <param name="ConnectedSince">Null while there is no connection.</param>
/// <param name="Received">Messages since this host serves it.</param>
/// <param name="Redelivered">Those of them that the broker had sent before.</param>
/// <param name="Unacknowledged">Messages that the journal does not hold yet.</param>
/// <param name="Fault">Why there is no connection, and what to do.</param>
public sealed record OutsideSessionView(string ClientId, string Host, DateTimeOffset? ConnectedSince, long Received, long Redelivered, int Unacknowledged, string? Fault);

/// <summary>The unshared session that keeps what comes to a restarted broker before the share stands again.</summary>
/// <param name="ClientId">Its name at the broker.</param>
/// <param name="ConnectedSince">Null while there is no connection.</param>
/// <param name="ShareIsWhole">True when the share brings everything, and what comes here is acknowledged unread.</param>
/// <param name="Taken">Messages taken before that, since this host serves it; most of them come by the share too.</param>
/// <param name="Fault">Why there is no connection, and what to do.</param>
public sealed record OutsideGuardView(string ClientId, DateTimeOffset? ConnectedSince, bool ShareIsWhole, long Taken, string? Fault);

/// <summary>How this host stands to the broker outside.</summary>
/// <param name="Address">Null when there is none.</param>
/// <param name="Host">This host's name among those that share.</param>
/// <param name="Connected">True while the others can see that this host lives.</param>
/// <param name="Fault">Why not, and what to do.</param>
/// <param name="BrokerDropped">Messages that the broker says it has thrown away; null when it does not say.</param>
/// <param name="Sessions">What this host serves.</param>
/// <param name="Guard">Null while another host serves it, or none.</param>
public sealed record OutsideView(
    string? Address, string? Host, bool Connected, string? Fault, long? BrokerDropped, IReadOnlyList<OutsideSessionView> Sessions, OutsideGuardView? Guard);

internal static class OutsideEndpoints
{
    public static void MapOutside(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/ingestion/outside", View).RequireAuthorization("viewer").WithTags("Ingestion").WithName("GetOutsideBroker");

    private static OutsideView View(OutsideBroker broker) => !broker.Setup.Options.IsOn
        ? new OutsideView(null, null, false, null, null, [], null)
        : new OutsideView(
            broker.Setup.Address.ToString(), broker.Setup.Host, broker.Link.IsConfirmed, broker.Link.IsConfirmed ? null : broker.Link.Fault?.What, broker.Link.Dropped,
            [.. broker.Sessions.Select(s => new OutsideSessionView(
                s.ClientId, s.Name.Host, s.ConnectedSince, s.Received, s.Redelivered, s.Unacknowledged, s.ConnectedSince is null ? s.Fault?.What : null))],
            broker.Guard is { } guard
                ? new OutsideGuardView(guard.ClientId, guard.ConnectedSince, guard.IsWhole, guard.Received, guard.ConnectedSince is null ? guard.Fault?.What : null) : null);
}

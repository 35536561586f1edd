using System.Net.Sockets;
using Npgsql;

namespace LuohuIOC.Storage;

/// <summary>Tells a fault that goes by itself from a defect.</summary>
internal static class PassingFault
{
    /// <summary>A host that died, a grain on the move, a database that is away: nothing that the call itself has done. To be tried again.</summary>
    public static bool Is(Exception e) =>
        e is TimeoutException or IOException or SocketException or NpgsqlException or SiloUnavailableException or OrleansMessageRejectionException
            or Orleans.Storage.InconsistentStateException
        // Without a cause of its own: a grain whose owner is not known yet, as a host comes or goes ("not owner", "hop limit is reached").
        || (e.GetType() == typeof(OrleansException) && e.InnerException is null)
        || (e is AggregateException or OrleansException && e.InnerException is { } inner && Is(inner));
}

using System.Collections.Concurrent;

namespace LuohuIOC.Ingestion.Broker;

/// <summary>Whether each gateway is connected, by its status topic and its connection. In memory: a restart asks them anew.</summary>
public sealed class GatewayBoard
{
    private readonly ConcurrentDictionary<string, (bool Online, DateTimeOffset Since)> _gateways = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, (bool Online, DateTimeOffset Since)> All => _gateways;

    public void Set(string gateway, bool online, DateTimeOffset at) =>
        _gateways.AddOrUpdate(gateway, (online, at), (_, before) => before.Online == online ? before : (online, at));
}

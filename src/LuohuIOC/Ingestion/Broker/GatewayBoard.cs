using System.Collections.Concurrent;
using LuohuIOC.Identity;

namespace LuohuIOC.Ingestion.Broker;

/// <summary>
/// Whether each gateway is online, by its status topic and its connections, and which connections it has. In memory: a restart asks
/// them anew.
/// </summary>
public sealed class GatewayBoard : IGatewayPresence
{
    private readonly ConcurrentDictionary<string, (bool Online, DateTimeOffset Since)> _gateways = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<GatewaySession>> _sessions = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private HashSet<string> _onlineElsewhere = [];

    public IReadOnlyDictionary<string, (bool Online, DateTimeOffset Since)> All => _gateways;

    /// <summary>By this host, or by another one of several.</summary>
    public bool IsOnline(string gateway) =>
        (_gateways.TryGetValue(gateway, out var known) && known.Online) || Volatile.Read(ref _onlineElsewhere).Contains(gateway);

    public DateTimeOffset? Since(string gateway) => _gateways.TryGetValue(gateway, out var known) ? known.Since : null;

    /// <summary>Which gateways are online by the other hosts, as these say now and then.</summary>
    public void Learn(IEnumerable<string> onlineElsewhere) => Volatile.Write(ref _onlineElsewhere, onlineElsewhere.ToHashSet(StringComparer.Ordinal));

    public void Set(string gateway, bool online, DateTimeOffset at) =>
        _gateways.AddOrUpdate(gateway, (online, at), (_, before) => before.Online == online ? before : (online, at));

    internal void Connected(string gateway, GatewaySession session, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(gateway, out var sessions)) _sessions[gateway] = sessions = [];
            sessions.Add(session);
            Set(gateway, true, at);
        }
    }

    /// <summary>A gateway that came back before its old connection was seen to end is still online.</summary>
    internal void Disconnected(string gateway, GatewaySession session, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(gateway, out var sessions) || !sessions.Remove(session) || sessions.Count > 0) return;
            _sessions.Remove(gateway);
            Set(gateway, false, at);
        }
    }

    internal GatewaySession[] ConnectionsOf(string gateway)
    {
        lock (_gate) return _sessions.TryGetValue(gateway, out var sessions) ? [.. sessions] : [];
    }
}

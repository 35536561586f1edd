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
    private readonly ConcurrentDictionary<string, (DateTimeOffset Since, bool IsSparkplug)> _away = new(StringComparer.Ordinal);
    private HashSet<string> _onlineElsewhere = [];
    private volatile bool _isAnyAway;

    public IReadOnlyDictionary<string, (bool Online, DateTimeOffset Since)> All => _gateways;

    /// <summary>By this host, or by another one of several.</summary>
    public bool IsOnline(string gateway) =>
        (_gateways.TryGetValue(gateway, out var known) && known.Online) || Volatile.Read(ref _onlineElsewhere).Contains(gateway);

    public DateTimeOffset? Since(string gateway) => _gateways.TryGetValue(gateway, out var known) ? known.Since : null;

    /// <summary>Which gateways are online by the other hosts, as these say now and then.</summary>
    public void Learn(IEnumerable<string> onlineElsewhere) => Volatile.Write(ref _onlineElsewhere, onlineElsewhere.ToHashSet(StringComparer.Ordinal));

    /// <summary>
    /// Gateways that have said themselves that they are gone, by their last will mostly, and since when. One whose connection has merely ended is not among
    /// them: it may have sent what it had, and sleep.
    /// </summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Away =>
        _isAnyAway ? _away.ToDictionary(a => a.Key, a => a.Value.Since, StringComparer.Ordinal) : System.Collections.Immutable.ImmutableDictionary<string, DateTimeOffset>.Empty;

    /// <summary>It said that it is gone by the death of its Sparkplug node.</summary>
    public bool IsSparkplug(string gateway) => _away.TryGetValue(gateway, out var said) && said.IsSparkplug;

    public void Set(string gateway, bool online, DateTimeOffset at)
    {
        _gateways.AddOrUpdate(gateway, (online, at), (_, before) => before.Online == online ? before : (online, at));
        if (online && _isAnyAway && _away.TryRemove(gateway, out _)) _isAnyAway = !_away.IsEmpty;
    }

    /// <summary>The gateway says that it is gone.</summary>
    public void SayAway(string gateway, DateTimeOffset at, bool isSparkplug = false)
    {
        Set(gateway, false, at);
        _away.TryAdd(gateway, (at, isSparkplug));
        _isAnyAway = true;
    }

    /// <summary>The gateway had said before the start that it is gone. Whoever has been heard of since is there.</summary>
    public void Remember(string gateway, DateTimeOffset since, bool isSparkplug)
    {
        if (!_gateways.TryAdd(gateway, (false, since))) return;
        _away.TryAdd(gateway, (since, isSparkplug));
        _isAnyAway = true;
    }

    /// <summary>The host's clock was set back: who said in its future that it is gone has said so now.</summary>
    internal void SetBack(DateTimeOffset now)
    {
        if (!_isAnyAway) return;
        foreach (var (gateway, said) in _away)
            if ((said.Since - now).TotalMilliseconds > ReadingClock.AheadToleranceMs) _away.TryUpdate(gateway, (now, said.IsSparkplug), said);
    }

    /// <summary>Something came from the gateway: one that has said that it is gone is back, whether it says so or not.</summary>
    public void Heard(string gateway, DateTimeOffset at)
    {
        if (_isAnyAway && _away.ContainsKey(gateway)) Set(gateway, true, at);
    }

    /// <summary>Another connection of the gateway lives: the will of one that hung says nothing of it.</summary>
    internal bool HasAnother(string gateway, PublishSource than)
    {
        lock (_gate) return _sessions.TryGetValue(gateway, out var sessions) && sessions.Exists(s => !ReferenceEquals(s, than));
    }

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

using System.Collections.Concurrent;

namespace LuohuIOC.Sensing.Gateways;

/// <summary>
/// Which gateways are away, for the grains of their sensors: who cannot be heard is not silent. Written by <see cref="GatewayWatch"/>; as many entries as there
/// are gateways.
/// </summary>
public sealed class AwayGateways
{
    private readonly ConcurrentDictionary<string, long> _back = new(StringComparer.Ordinal);
    private IReadOnlySet<string> _away = new HashSet<string>();

    /// <summary>Since when a gateway's sensors could be heard, Unix ms; the present while they cannot, and 0 when no alert has told that they could not. A gateway that is
    /// away for moments again and again, of which none is told, hides no dead sensor.</summary>
    public long HeardSince(string gateway, long nowMs) =>
        Volatile.Read(ref _away).Contains(gateway) ? nowMs : !_back.TryGetValue(gateway, out var backMs) ? 0 : Math.Min(backMs, nowMs);

    internal void Set(IReadOnlySet<string> away, IEnumerable<string> over, long nowMs)
    {
        foreach (var gateway in over) _back[gateway] = nowMs;
        Volatile.Write(ref _away, away);
    }
}

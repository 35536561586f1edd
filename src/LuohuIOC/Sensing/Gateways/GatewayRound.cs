using LuohuIOC.Alerts;

namespace LuohuIOC.Sensing.Gateways;

/// <summary>What one look has found.</summary>
/// <param name="Away">Gateways that are away: their sensors cannot be heard.</param>
/// <param name="Gone">Those that were not at the look before.</param>
/// <param name="Back">Those that were, and are no more.</param>
/// <param name="Over">Those whose alert is over: nobody holds it against their sensors that they could not be heard.</param>
/// <param name="Changes">What alerts are to be told.</param>
internal sealed record GatewayLook(
    IReadOnlySet<string> Away, IReadOnlyList<string> Gone, IReadOnlyList<string> Back, IReadOnlyList<string> Over, IReadOnlyList<(string Gateway, RuleChange Change)> Changes);

/// <summary>
/// Decides which gateways are away and what is told of it. One that has said so for <paramref name="after"/> raises an alert, if it has sensors in service; the
/// alert ends when the gateway is there again, and stands over a restart for as long as nothing has been heard of it.
/// </summary>
/// <param name="after">So long it must have been gone.</param>
/// <param name="listeningMs">Since when this host can be reached, Unix ms: who was gone before may be on its way back.</param>
internal sealed class GatewayRound(TimeSpan after, long listeningMs = 0)
{
    public const string Rule = "gateway-offline";

    /// <summary>A gateway that waits for a host tries again within a minute.</summary>
    private static readonly TimeSpan WayBack = TimeSpan.FromMinutes(1);

    private long _earliestMs = listeningMs + (long)(after < WayBack ? after : WayBack).TotalMilliseconds;

    private HashSet<string> _before = new(StringComparer.Ordinal);
    private IReadOnlySet<string> _stood = new HashSet<string>();

    /// <param name="said">Since when each gateway has said that it is gone.</param>
    /// <param name="standing">Gateways with an open alert.</param>
    /// <param name="isOnline">Whether a gateway is there, by any host.</param>
    /// <param name="sensorsOf">How many of its sensors are in service.</param>
    /// <param name="nowMs">Unix ms.</param>
    public GatewayLook Look(IReadOnlyDictionary<string, DateTimeOffset> said, IReadOnlySet<string> standing, Func<string, bool> isOnline, Func<string, int> sensorsOf, long nowMs)
    {
        if (said.Count + standing.Count + _before.Count + _stood.Count == 0) return new GatewayLook(_before, [], [], [], []);
        // The host's clock was set back: it was ahead at the start.
        _earliestMs = Math.Min(_earliestMs, nowMs + (long)WayBack.TotalMilliseconds);
        var away = said.Keys.Concat(standing).Where(g => !isOnline(g)).ToHashSet(StringComparer.Ordinal);
        var changes = new List<(string, RuleChange)>();
        foreach (var gateway in standing)
            if (!away.Contains(gateway) || sensorsOf(gateway) == 0) changes.Add((gateway, new RuleChange(Rule, null, "", double.NaN, double.NaN, nowMs, null)));
        foreach (var (gateway, since) in said)
        {
            var sinceMs = since.ToUnixTimeMilliseconds();
            if (!away.Contains(gateway) || standing.Contains(gateway) || nowMs - sinceMs < after.TotalMilliseconds || nowMs < _earliestMs) continue;
            if (sensorsOf(gateway) is > 0 and var sensors)
                changes.Add((gateway, new RuleChange(Rule, Severity.Yellow, "", double.NaN, double.NaN, sinceMs, $$$"""{"gateway":{"sensors":{{{sensors}}}}}""")));
        }
        var look = new GatewayLook(away, [.. away.Except(_before)], [.. _before.Except(away)], [.. standing.Except(away), .. _stood.Except(standing)], changes);
        (_before, _stood) = (away, standing);
        return look;
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace LuohuIOC.Identity;

/// <summary>A ticket just issued.</summary>
/// <param name="Ticket">For the hub's <c>access_token</c>, good for one connection.</param>
/// <param name="ExpiresAt">Until when it must be used.</param>
public sealed record HubTicket(string Ticket, DateTimeOffset ExpiresAt);

/// <summary>
/// Stands in for a token where a browser can only write it into an address: a WebSocket takes no headers, and addresses end up in the
/// logs of proxies. A ticket is good once, for half a minute, so what a log has kept opens nothing.
/// </summary>
public sealed class HubTickets(TimeProvider clock)
{
    /// <summary>Begins every ticket; no token begins so.</summary>
    public const string Prefix = "ticket_";

    public static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    /// <summary>Tickets that wait for their use; beyond it the oldest are let go. A thousand walls ask for one each when the host comes back.</summary>
    public const int WaitingMax = 10_000;

    private readonly ConcurrentDictionary<string, Entry> _waiting = new(StringComparer.Ordinal);

    /// <summary>Issues a ticket for the holder of a token.</summary>
    public HubTicket Issue(string tokenId)
    {
        var now = clock.GetUtcNow();
        if (_waiting.Count >= WaitingMax) Clear(now);
        var text = Prefix + RandomNumberGenerator.GetHexString(48, lowercase: true);
        var expiresAt = now + Life;
        _waiting[text] = new Entry(tokenId, expiresAt);
        return new HubTicket(text, expiresAt);
    }

    /// <summary>The id of the token that the ticket was issued for, once; null when it is unknown, used or too old.</summary>
    public string? Redeem(string text) =>
        _waiting.TryRemove(text, out var entry) && clock.GetUtcNow() < entry.ExpiresAt ? entry.TokenId : null;

    private void Clear(DateTimeOffset now)
    {
        foreach (var (text, entry) in _waiting)
            if (entry.ExpiresAt <= now) _waiting.TryRemove(text, out _);
        foreach (var (text, _) in _waiting.OrderBy(e => e.Value.ExpiresAt).Take(_waiting.Count - WaitingMax + 1)) _waiting.TryRemove(text, out _);
    }

    private readonly record struct Entry(string TokenId, DateTimeOffset ExpiresAt);
}

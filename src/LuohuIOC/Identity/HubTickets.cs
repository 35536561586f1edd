using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace LuohuIOC.Identity;

/// <summary>A ticket just issued.</summary>
/// <param name="Ticket">For the hub's <c>access_token</c>, good for one connection.</param>
/// <param name="ExpiresAt">Until when it must be used.</param>
public sealed record HubTicket(string Ticket, DateTimeOffset ExpiresAt);

/// <summary>
/// Stands in for a token where a browser can only write it into an address: a WebSocket takes no headers, and addresses end up in the
/// logs of proxies. A ticket is good once, for half a minute, so what a log has kept opens nothing. Of several hosts it is good on each, because a
/// proxy may send the browser to another one than has issued it.
/// </summary>
public sealed class HubTickets(IdentityDatabase database, TimeProvider clock)
{
    /// <summary>Begins every ticket; no token begins so.</summary>
    public const string Prefix = "ticket_";

    public static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    /// <summary>Tickets that wait for their use; beyond it the oldest are let go.</summary>
    public const int WaitingMax = 10_000;

    /// <summary>
    /// Of these, tickets of one token; beyond it its own oldest are let go, so that nobody pushes out another's. A thousand walls of one token ask for one each
    /// when the host comes back.
    /// </summary>
    public const int WaitingOfTokenMax = 1_000;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Entry> _waiting = new(StringComparer.Ordinal);

    // Each token's tickets, oldest first; those that were used leave when they are the oldest.
    private readonly ConcurrentDictionary<string, Queue<string>> _ofToken = new(StringComparer.Ordinal);
    private long _sweptAt;

    /// <summary>Issues a ticket for the holder of a token.</summary>
    public async Task<HubTicket> IssueAsync(string tokenId, CancellationToken cancellation = default)
    {
        var now = clock.GetUtcNow();
        var text = Prefix + RandomNumberGenerator.GetHexString(48, lowercase: true);
        var expiresAt = now + Life;
        if (database.IsShared)
        {
            await ShareAsync(text, tokenId, cancellation);
            return new HubTicket(text, expiresAt);
        }
        if (_waiting.Count >= WaitingMax) Clear(now);
        _waiting[text] = new Entry(tokenId, expiresAt);
        Remember(tokenId, text, now);
        return new HubTicket(text, expiresAt);
    }

    /// <summary>The id of the token that the ticket was issued for, once; null when it is unknown, used or too old.</summary>
    public async Task<string?> RedeemAsync(string text, CancellationToken cancellation = default)
    {
        if (!database.IsShared) return _waiting.TryRemove(text, out var entry) && clock.GetUtcNow() < entry.ExpiresAt ? entry.TokenId : null;
        using var connection = await database.OpenAsync(cancellation);
        return await connection.QuerySingleOrDefaultAsync<string>(
            new CommandDefinition("DELETE FROM ticket WHERE hash = @hash AND expires > now() RETURNING token", new { hash = Hash(text) }, cancellationToken: cancellation));
    }

    // By the database's clock, the one that all hosts have in common.
    private async Task ShareAsync(string text, string tokenId, CancellationToken cancellation)
    {
        using var connection = await database.OpenAsync(cancellation);
        var swept = Interlocked.Read(ref _sweptAt);
        var isMySweep = clock.GetElapsedTime(swept) >= SweepEvery && Interlocked.CompareExchange(ref _sweptAt, clock.GetTimestamp(), swept) == swept;
        if (isMySweep)
            await connection.ExecuteAsync(new CommandDefinition(
                """
                DELETE FROM ticket WHERE expires <= now() OR hash NOT IN (
                    SELECT hash FROM (SELECT hash, expires, row_number() OVER (PARTITION BY token ORDER BY expires DESC) AS place FROM ticket) AS placed
                    WHERE place <= @WaitingOfTokenMax ORDER BY expires DESC LIMIT @WaitingMax)
                """,
                new { WaitingMax, WaitingOfTokenMax }, cancellationToken: cancellation));
        await connection.ExecuteAsync(new CommandDefinition(
            "INSERT INTO ticket VALUES (@hash, @tokenId, now() + make_interval(secs => @seconds))",
            new { hash = Hash(text), tokenId, seconds = Life.TotalSeconds }, cancellationToken: cancellation));
    }

    private void Remember(string tokenId, string text, DateTimeOffset now)
    {
        var own = _ofToken.GetOrAdd(tokenId, static _ => new Queue<string>());
        lock (own)
        {
            while (own.TryPeek(out var oldest) && (own.Count >= WaitingOfTokenMax || !_waiting.TryGetValue(oldest, out var entry) || entry.ExpiresAt <= now))
                _waiting.TryRemove(own.Dequeue(), out _);
            own.Enqueue(text);
        }
    }

    private void Clear(DateTimeOffset now)
    {
        foreach (var (text, entry) in _waiting)
            if (entry.ExpiresAt <= now) _waiting.TryRemove(text, out _);
        foreach (var (text, _) in _waiting.OrderBy(e => e.Value.ExpiresAt).Take(_waiting.Count - WaitingMax + 1)) _waiting.TryRemove(text, out _);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private readonly record struct Entry(string TokenId, DateTimeOffset ExpiresAt);
}

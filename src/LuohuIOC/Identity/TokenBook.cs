using System.Collections.Concurrent;
using System.Security.Cryptography;
using Dapper;
using LuohuIOC.Texts;

namespace LuohuIOC.Identity;

/// <summary>Why a presented token was refused, or that it was not.</summary>
public enum TokenVerdict
{
    Valid,

    /// <summary>No such token: a guess, a typing error or one of another installation.</summary>
    Unknown,

    /// <summary>The right token, too late: its holder may be told so.</summary>
    ExpiredOrRevoked,
}

/// <summary>
/// All tokens, in memory and in <see cref="IdentityDatabase"/>. A check touches no disk. Another process (<c>./ioc token</c>) may write the same
/// file, and other hosts the same database: a number, read at most once a second, tells when to load again. Of several hosts it is
/// <see cref="IdentityWatch"/> that looks, so that no request waits for the database.
/// </summary>
public sealed class TokenBook
{
    /// <summary>More tokens than this that open anything are refused: a script that issues one per request is a mistake.</summary>
    public const int TokensMax = 10_000;

    /// <summary>… and, with those that have ended, which stay for the record, more than this.</summary>
    private const int EverMax = 10 * TokensMax;

    private static readonly TimeSpan LookForOthersEvery = TimeSpan.FromSeconds(1);

    private readonly IdentityDatabase _database;
    private readonly TimeProvider _clock;
    private readonly Lock _writing = new();
    private readonly ConcurrentDictionary<string, Entry> _byId = new(StringComparer.Ordinal);
    private long _seenVersion = -1;
    private long _lookedAt;

    public TokenBook(IdentityDatabase database, TimeProvider clock)
    {
        _database = database;
        _clock = clock;
        Load();
        _lookedAt = clock.GetTimestamp();
    }

    /// <summary>A token stopped being valid before its time: connections that it opened should end.</summary>
    public event Action<string>? Revoked;

    public bool IsFull => _byId.Count >= TokensMax && (_byId.Count >= EverMax || UsableCount() >= TokensMax);

    public AccessToken? Find(string id) => _byId.TryGetValue(id, out var entry) ? entry.Token : null;

    /// <summary>As <see cref="Find"/>, but one that another host has issued just now is found as well.</summary>
    internal AccessToken? FindAnywhere(string id)
    {
        if (!_byId.ContainsKey(id)) Load();
        return Find(id);
    }

    private int UsableCount()
    {
        var now = _clock.GetUtcNow();
        return _byId.Count(entry => entry.Value.Token.IsUsable(now));
    }

    /// <summary>Every token ever issued, oldest first.</summary>
    public IReadOnlyList<AccessToken> All()
    {
        Load();
        return [.. _byId.Values.Select(e => e.Token).OrderBy(t => t.CreatedAt).ThenBy(t => t.Id, StringComparer.Ordinal)];
    }

    /// <summary>A name that reads in a log line and in the record as it is, <see cref="TokenEndpoints.NameCharactersMax"/> characters at most.</summary>
    public static bool IsLegible(string name) => name.Length is > 0 and <= TokenEndpoints.NameCharactersMax && Legible.Is(name);

    /// <summary>
    /// Whether a usable token bears the name, whatever its case: what officers do stands in the record under it, so two people of one name need names that tell
    /// them apart.
    /// </summary>
    public bool IsTaken(string name)
    {
        var now = _clock.GetUtcNow();
        return All().Any(token => token.IsUsable(now) && token.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Checks a token as it came over the wire and remembers that it was used.</summary>
    public TokenVerdict Check(string text, out AccessToken? token)
    {
        token = null;
        LoadIfChanged();
        if (TokenText.IdOf(text) is not { } id || !_byId.TryGetValue(id, out var entry)) return TokenVerdict.Unknown;
        if (!CryptographicOperations.FixedTimeEquals(TokenText.Hash(text), entry.Hash)) return TokenVerdict.Unknown;
        token = entry.Token;
        var now = _clock.GetUtcNow();
        if (!token.IsUsable(now)) return TokenVerdict.ExpiredOrRevoked;
        entry.Use(now);
        return TokenVerdict.Valid;
    }

    /// <summary>Issues a token. The clear text is returned here and nowhere else.</summary>
    /// <exception cref="InvalidOperationException"><see cref="TokensMax"/> are there already.</exception>
    public (AccessToken Token, string Text) Issue(string name, Role role, DateTimeOffset? expiresAt)
    {
        var text = TokenText.Generate();
        return (Adopt(text, name, role, expiresAt), text);
    }

    /// <summary>Stores a token whose clear text exists already (the first administrator's, written to its file before this).</summary>
    internal AccessToken Adopt(string text, string name, Role role, DateTimeOffset? expiresAt)
    {
        var token = new AccessToken(TokenText.IdOf(text)!, name, role, _clock.GetUtcNow(), expiresAt, null, null);
        var hash = TokenText.Hash(text);
        lock (_writing)
        {
            if (IsFull) throw new InvalidOperationException($"There are {TokensMax} tokens already.");
            using var connection = _database.Open();
            using var transaction = _database.BeginChange(connection);
            connection.Execute($"INSERT INTO token VALUES {TokenRow.Values}", new TokenRow(
                token.Id, hash, name, Roles.NameOf(role), token.CreatedAt.ToUnixTimeMilliseconds(), IdentityDatabase.ToColumn(expiresAt), null, null), transaction);
            transaction.Commit();
            _byId[token.Id] = new Entry(token, hash);
        }
        return token;
    }

    /// <summary>Ends a token at once; false when there is no such token or it had been revoked before.</summary>
    public bool Revoke(string id)
    {
        lock (_writing)
        {
            Load();
            if (!_byId.TryGetValue(id, out var entry) || entry.Token.RevokedAt is not null) return false;
            var now = _clock.GetUtcNow();
            using var connection = _database.Open();
            using var transaction = _database.BeginChange(connection);
            connection.Execute("UPDATE token SET revoked = @now WHERE id = @id AND revoked IS NULL", new { id, now = now.ToUnixTimeMilliseconds() }, transaction);
            transaction.Commit();
            _byId[id] = new Entry(entry.Token with { RevokedAt = now }, entry.Hash);
        }
        Revoked?.Invoke(id);
        return true;
    }

    /// <summary>Writes the times of last use that are new since the last call.</summary>
    public void WriteLastUsed()
    {
        lock (_writing)
        {
            var used = _byId.Values.Where(e => e.IsUseUnwritten).ToList();
            if (used.Count == 0) return;
            // No change that others must see at once; of several hosts the newest use counts.
            using var connection = _database.Open();
            using var transaction = connection.BeginTransaction();
            connection.Execute("UPDATE token SET last_used = @at WHERE id = @id AND (last_used IS NULL OR last_used < @at)",
                used.OrderBy(e => e.Token.Id, StringComparer.Ordinal).Select(e => new { id = e.Token.Id, at = IdentityDatabase.ToColumn(e.Token.LastUsedAt) }), transaction);
            transaction.Commit();
            foreach (var entry in used) entry.IsUseUnwritten = false;
        }
    }

    private void LoadIfChanged()
    {
        if (_database.IsShared) return;
        var looked = Interlocked.Read(ref _lookedAt);
        if (_clock.GetElapsedTime(looked) < LookForOthersEvery) return;
        if (Interlocked.CompareExchange(ref _lookedAt, _clock.GetTimestamp(), looked) != looked) return;
        Load();
    }

    /// <summary>Takes over what others have written.</summary>
    internal void Load()
    {
        List<string> revoked = [];
        lock (_writing)
        {
            var now = _database.ChangeNumber();
            if (now == _seenVersion) return;
            using var connection = _database.Open();
            foreach (var row in connection.Query<TokenRow>(TokenRow.Select))
            {
                var read = Read(row);
                if (_byId.TryGetValue(read.Token.Id, out var old))
                {
                    read.KeepUseOf(old);
                    if (old.Token.RevokedAt is null && read.Token.RevokedAt is not null) revoked.Add(read.Token.Id);
                }
                _byId[read.Token.Id] = read;
            }
            _seenVersion = now;
        }
        foreach (var id in revoked) Revoked?.Invoke(id);
    }

    private static Entry Read(TokenRow row)
    {
        if (!Roles.TryParse(row.Role, out var role)) throw new IOException($"The token {row.Id} has the unknown role '{row.Role}'.");
        return new Entry(
            new AccessToken(row.Id, row.Name, role, IdentityDatabase.FromColumn(row.Created)!.Value, IdentityDatabase.FromColumn(row.Expires),
                IdentityDatabase.FromColumn(row.Revoked), IdentityDatabase.FromColumn(row.LastUsed)),
            row.Hash);
    }

    private sealed class Entry(AccessToken token, byte[] hash)
    {
        private AccessToken _token = token;

        public AccessToken Token => Volatile.Read(ref _token);

        public byte[] Hash { get; } = hash;

        public bool IsUseUnwritten { get; set; }

        /// <summary>A wall asks many times a second; a minute's precision is enough for "still in use?".</summary>
        public void Use(DateTimeOffset now)
        {
            var token = Token;
            if (token.LastUsedAt is { } last && now - last < TimeSpan.FromMinutes(1)) return;
            Volatile.Write(ref _token, token with { LastUsedAt = now });
            IsUseUnwritten = true;
        }

        public void KeepUseOf(Entry old)
        {
            if (!old.IsUseUnwritten) return;
            _token = _token with { LastUsedAt = old.Token.LastUsedAt };
            IsUseUnwritten = true;
        }
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace LuohuIOC.Identity;

/// <summary>
/// A gateway's right to connect, without the secret. <c>RotatedAt</c> is when the secret was last replaced, null while it is the first;
/// <c>DisabledAt</c> is set while the gateway may not connect.
/// </summary>
public sealed record GatewayCredential(string Gateway, DateTimeOffset CreatedAt, DateTimeOffset? RotatedAt, DateTimeOffset? DisabledAt);

/// <summary>
/// One secret per gateway: random, 190 bits, stored as its SHA-256. With that many bits a fast hash is the right one: guessing is out of
/// reach whatever a hash costs, while a slow hash would let a few hundred gateways that reconnect together after a power cut hold up the broker.
/// </summary>
public sealed class GatewaySecrets : IDisposable
{
    /// <summary>32 letters or digits of 62: 190 bits. No sign that a shell, a URL or a CSV cell would take for its own.</summary>
    public const int SecretLength = 32;

    private const int SecretBytesMax = 256;
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly byte[] Nobody = new byte[SHA256.HashSizeInBytes];

    private readonly IdentityDatabase _database;
    private readonly CredentialFiles _clear;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<string, Entry> _byGateway = new(StringComparer.Ordinal);
    // What others have withdrawn and nobody has been told of yet. Under the semaphore, as the number.
    private readonly List<string> _withdrawn = [];
    private long _seenNumber;

    public GatewaySecrets(IdentityDatabase database, CredentialFiles clear, TimeProvider clock)
    {
        (_database, _clear, _clock) = (database, clear, clock);
        if (database.IsShared) _seenNumber = database.ChangeNumber();
        Load();
        _withdrawn.Clear();
        // While this host was away, another may have made or replaced what its own file says; and a broker outside must not be told of what was withdrawn before.
        if (database.IsShared || clear.FeedsBroker) ForgetVoidCopies();
    }

    /// <summary>A gateway's secret was replaced or disabled: whoever is connected with the old one should be disconnected.</summary>
    public event Action<string>? Withdrawn;

    public IReadOnlyList<GatewayCredential> All() => [.. _byGateway.Values.Select(e => e.Credential).OrderBy(c => c.Gateway, StringComparer.Ordinal)];

    public bool Knows(string gateway) => _byGateway.ContainsKey(gateway);

    /// <summary>True for a known gateway that is not disabled: who has proved otherwise to be it may connect.</summary>
    public bool MayConnect(string gateway) => _byGateway.TryGetValue(gateway, out var entry) && entry.Credential.DisabledAt is null;

    /// <summary>True for a known gateway that is shut out. One that nobody knows is not disabled: it may still be on its way into the registry.</summary>
    public bool IsDisabled(string gateway) => _byGateway.TryGetValue(gateway, out var entry) && entry.Credential.DisabledAt is not null;

    /// <summary>True when this is the gateway's present secret and the gateway is not disabled. No disk, no lock; the same work for an unknown gateway.</summary>
    public bool Verify(string gateway, ReadOnlySpan<byte> secret)
    {
        if (secret.Length > SecretBytesMax) return false;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(secret, hash);
        var mayConnect = _byGateway.TryGetValue(gateway, out var entry) && entry.Credential.DisabledAt is null;
        return CryptographicOperations.FixedTimeEquals(hash, entry?.Hash ?? Nobody) && mayConnect;
    }

    /// <summary>Stands for the gateway's present right to connect; another object once the secret is replaced or disabled, null for an unknown gateway.</summary>
    public object? RightOf(string gateway) => _byGateway.GetValueOrDefault(gateway);

    /// <summary>
    /// Makes a secret for each gateway that has none, appends it to <c>gateways.csv</c> and stores its hash. A secret that the file holds
    /// already for a gateway without one (a crash in between, or a lost <c>identity.db</c>) is taken up, so that gateways in the field keep working.
    /// </summary>
    /// <remarks>
    /// Of several hosts that have made a secret for the same gateway, the first to store it wins; the others take theirs out of their files again.
    /// </remarks>
    /// <returns>How many gateways were new.</returns>
    public async Task<int> EnsureAsync(IEnumerable<string> gateways, CancellationToken cancel = default)
    {
        var stored = 0;
        await WriteAsync(() =>
        {
            var missing = gateways.Where(g => IsSpeakable(g) && !Knows(g)).Distinct(StringComparer.Ordinal).ToList();
            if (missing.Count == 0) return;
            var written = _clear.ReadGateways();
            var fresh = missing.Where(g => !written.ContainsKey(g)).ToDictionary(g => g, _ => Generate(), StringComparer.Ordinal);
            if (fresh.Count > 0) _clear.AppendGateways(fresh.Select(f => (f.Key, f.Value)));
            stored = Store([.. missing.Select(g => (g, fresh.TryGetValue(g, out var made) ? made : written[g]))]);
        }, cancel);
        return stored;
    }

    /// <summary>Takes over what other hosts have made, replaced or disabled, and tells of what was withdrawn.</summary>
    internal Task RefreshAsync(CancellationToken cancel) => WriteAsync(() => { }, cancel);

    /// <summary>Gives a known gateway a new secret and admits it again if it was disabled; null for an unknown gateway. The old secret is void at once.</summary>
    public async Task<string?> RotateAsync(string gateway, CancellationToken cancel = default)
    {
        var secret = Generate();
        var now = Now();
        var changed = await ChangeAsync(gateway, old => new Entry(old.Credential with { RotatedAt = now, DisabledAt = null }, Hash(secret)), _clear.FeedsBroker ? secret : null, cancel);
        return changed ? secret : null;
    }

    /// <summary>Shuts a gateway out until its secret is rotated; false for an unknown gateway.</summary>
    public Task<bool> DisableAsync(string gateway, CancellationToken cancel = default)
    {
        var now = Now();
        return ChangeAsync(gateway, old => new Entry(old.Credential with { DisabledAt = now }, old.Hash), null, cancel);
    }

    public void Dispose() => _writing.Dispose();

    // As it comes back from the database: with more digits, this host's own change would look like another's, and its gateway be thrown out.
    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(_clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <param name="gateway">Its id.</param>
    /// <param name="change">What becomes of its entry.</param>
    /// <param name="written">The secret that its row in <c>gateways.csv</c> has from now on; null takes the row out.</param>
    /// <param name="cancel">Ends the waiting for others.</param>
    private async Task<bool> ChangeAsync(string gateway, Func<Entry, Entry> change, string? written, CancellationToken cancel)
    {
        var isKnown = false;
        await WriteAsync(() =>
        {
            if (!_byGateway.TryGetValue(gateway, out var old)) return;
            var changed = change(old);
            using var connection = _database.Open();
            using var transaction = _database.BeginChange(connection);
            connection.Execute("UPDATE gateway SET hash = @Hash, rotated = @Rotated, disabled = @Disabled WHERE id = @Id", changed.Row, transaction);
            transaction.Commit();
            _byGateway[gateway] = changed;
            _withdrawn.Add(gateway);
            isKnown = true;
            // A copy that no longer opens anything would only mislead whoever installs from the file.
            if (written is not null) _clear.ReplaceGateway(gateway, written);
            else _clear.RemoveGateways([gateway]);
        }, cancel);
        return isKnown;
    }

    /// <summary>One at a time, on top of what others have written; then tells of what was withdrawn here or there.</summary>
    private async Task WriteAsync(Action write, CancellationToken cancel)
    {
        string[] withdrawn;
        await _writing.WaitAsync(cancel);
        try
        {
            if (_database.IsShared) LoadIfChanged();
            write();
        }
        finally
        {
            withdrawn = [.. _withdrawn.Distinct()];
            _withdrawn.Clear();
            _writing.Release();
        }
        foreach (var gateway in withdrawn) Withdrawn?.Invoke(gateway);
    }

    private int Store(IReadOnlyList<(string Gateway, string Secret)> rows)
    {
        var now = Now();
        List<Entry> won = [];
        using (var connection = _database.Open())
        using (var transaction = _database.BeginChange(connection))
        {
            foreach (var entry in rows.Select(r => new Entry(new GatewayCredential(r.Gateway, now, null, null), Hash(r.Secret))))
                if (connection.Execute($"INSERT INTO gateway VALUES {GatewayRow.Values} ON CONFLICT DO NOTHING", entry.Row, transaction) == 1) won.Add(entry);
            transaction.Commit();
        }
        foreach (var entry in won) _byGateway[entry.Credential.Gateway] = entry;
        if (won.Count == rows.Count) return won.Count;
        Load();
        ForgetVoidCopies();
        return won.Count;
    }

    private void LoadIfChanged()
    {
        var number = _database.ChangeNumber();
        if (number == _seenNumber) return;
        Load();
        _seenNumber = number;
        if (_withdrawn.Count > 0) ForgetVoidCopies();
    }

    private void Load()
    {
        using var connection = _database.Open();
        foreach (var row in connection.Query<GatewayRow>(GatewayRow.Select))
        {
            var read = Entry.Of(row);
            var known = _byGateway.GetValueOrDefault(row.Id);
            // The same right stays the same object.
            if (known is not null && known.Credential == read.Credential && known.Hash.AsSpan().SequenceEqual(read.Hash)) continue;
            _byGateway[row.Id] = read;
            if (known is not null) _withdrawn.Add(row.Id);
        }
    }

    /// <summary>Takes out of <c>gateways.csv</c> what opens nothing: replaced secrets, and those of gateways that are shut out.</summary>
    private void ForgetVoidCopies() => _clear.RemoveGateways(
        [.. _clear.ReadGateways().Where(c => _byGateway.TryGetValue(c.Key, out var entry) && (entry.Credential.DisabledAt is not null || !entry.Hash.AsSpan().SequenceEqual(Hash(c.Value)))).Select(c => c.Key)]);

    /// <summary>An id with a line break in it could stand in no topic and in no row of a file.</summary>
    private static bool IsSpeakable(string gateway) => gateway.Length > 0 && !gateway.Any(char.IsControl);

    private static string Generate() => RandomNumberGenerator.GetString(Letters, SecretLength);

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private sealed record Entry(GatewayCredential Credential, byte[] Hash)
    {
        public GatewayRow Row => new(
            Credential.Gateway, Hash, Credential.CreatedAt.ToUnixTimeMilliseconds(), IdentityDatabase.ToColumn(Credential.RotatedAt),
            IdentityDatabase.ToColumn(Credential.DisabledAt));

        public static Entry Of(GatewayRow row) => new(
            new GatewayCredential(
                row.Id, IdentityDatabase.FromColumn(row.Created)!.Value, IdentityDatabase.FromColumn(row.Rotated), IdentityDatabase.FromColumn(row.Disabled)),
            row.Hash);
    }
}

using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

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

    private readonly IdentityFile _file;
    private readonly CredentialFiles _clear;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<string, Entry> _byGateway = new(StringComparer.Ordinal);

    public GatewaySecrets(IdentityFile file, CredentialFiles clear, TimeProvider clock)
    {
        _file = file;
        _clear = clear;
        _clock = clock;
        using var connection = file.Open();
        using var select = IdentityFile.Command(connection, "SELECT id, hash, created, rotated, disabled FROM gateway", null);
        using var reader = select.ExecuteReader();
        while (reader.Read())
        {
            var credential = new GatewayCredential(reader.GetString(0), IdentityFile.FromColumn(reader, 2)!.Value, IdentityFile.FromColumn(reader, 3), IdentityFile.FromColumn(reader, 4));
            _byGateway[credential.Gateway] = new Entry(credential, reader.GetFieldValue<byte[]>(1));
        }
    }

    /// <summary>A gateway's secret was replaced or disabled: whoever is connected with the old one should be disconnected.</summary>
    public event Action<string>? Withdrawn;

    public IReadOnlyList<GatewayCredential> All() => [.. _byGateway.Values.Select(e => e.Credential).OrderBy(c => c.Gateway, StringComparer.Ordinal)];

    public bool Knows(string gateway) => _byGateway.ContainsKey(gateway);

    /// <summary>True for a known gateway that is not disabled: who has proved otherwise to be it may connect.</summary>
    public bool MayConnect(string gateway) => _byGateway.TryGetValue(gateway, out var entry) && entry.Credential.DisabledAt is null;

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
    /// <returns>How many gateways were new.</returns>
    public async Task<int> EnsureAsync(IEnumerable<string> gateways, CancellationToken cancel = default)
    {
        await _writing.WaitAsync(cancel);
        try
        {
            var missing = gateways.Where(g => IsSpeakable(g) && !Knows(g)).Distinct(StringComparer.Ordinal).ToList();
            if (missing.Count == 0) return 0;
            var written = _clear.ReadGateways();
            var fresh = missing.Where(g => !written.ContainsKey(g)).ToDictionary(g => g, _ => Generate(), StringComparer.Ordinal);
            if (fresh.Count > 0) _clear.AppendGateways(fresh.Select(f => (f.Key, f.Value)));
            Store([.. missing.Select(g => (g, fresh.TryGetValue(g, out var made) ? made : written[g]))]);
            return missing.Count;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Gives a known gateway a new secret and admits it again if it was disabled; null for an unknown gateway. The old secret is void at once.</summary>
    public async Task<string?> RotateAsync(string gateway, CancellationToken cancel = default)
    {
        var secret = Generate();
        var now = _clock.GetUtcNow();
        var changed = await ChangeAsync(gateway, old => new Entry(old.Credential with { RotatedAt = now, DisabledAt = null }, Hash(secret)), cancel);
        return changed ? secret : null;
    }

    /// <summary>Shuts a gateway out until its secret is rotated; false for an unknown gateway.</summary>
    public Task<bool> DisableAsync(string gateway, CancellationToken cancel = default)
    {
        var now = _clock.GetUtcNow();
        return ChangeAsync(gateway, old => new Entry(old.Credential with { DisabledAt = now }, old.Hash), cancel);
    }

    public void Dispose() => _writing.Dispose();

    private async Task<bool> ChangeAsync(string gateway, Func<Entry, Entry> change, CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel);
        try
        {
            if (!_byGateway.TryGetValue(gateway, out var old)) return false;
            var changed = change(old);
            using var connection = _file.Open();
            using var update = IdentityFile.Command(connection, "UPDATE gateway SET hash=$hash, rotated=$rotated, disabled=$disabled WHERE id=$id", null,
                ("$hash", changed.Hash), ("$rotated", IdentityFile.ToColumn(changed.Credential.RotatedAt)),
                ("$disabled", IdentityFile.ToColumn(changed.Credential.DisabledAt)), ("$id", gateway));
            update.ExecuteNonQuery();
            _byGateway[gateway] = changed;
            // A copy that no longer opens anything would only mislead whoever installs from the file.
            if (changed.Hash != old.Hash) _clear.RemoveGateway(gateway);
        }
        finally
        {
            _writing.Release();
        }
        Withdrawn?.Invoke(gateway);
        return true;
    }

    private void Store(IReadOnlyList<(string Gateway, string Secret)> rows)
    {
        var now = _clock.GetUtcNow();
        var entries = rows.Select(r => new Entry(new GatewayCredential(r.Gateway, now, null, null), Hash(r.Secret))).ToList();
        using var connection = _file.Open();
        using var transaction = connection.BeginTransaction();
        foreach (var entry in entries)
        {
            using var insert = IdentityFile.Command(connection, "INSERT INTO gateway (id, hash, created) VALUES ($id, $hash, $created)", transaction,
                ("$id", entry.Credential.Gateway), ("$hash", entry.Hash), ("$created", IdentityFile.ToColumn(now)));
            insert.ExecuteNonQuery();
        }
        transaction.Commit();
        foreach (var entry in entries) _byGateway[entry.Credential.Gateway] = entry;
    }

    /// <summary>An id with a line break in it could stand in no topic and in no row of a file.</summary>
    private static bool IsSpeakable(string gateway) => gateway.Length > 0 && !gateway.Any(char.IsControl);

    private static string Generate() => RandomNumberGenerator.GetString(Letters, SecretLength);

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private sealed record Entry(GatewayCredential Credential, byte[] Hash);
}

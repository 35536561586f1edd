using System.Text;

namespace LuohuIOC.Identity;

/// <summary>
/// The only places where secrets stand in clear: <c>credentials/administrator.token</c> and <c>credentials/gateways.csv</c> (header
/// <c>gateway,secret</c>), both readable by their owner alone. An installer reads them once and may delete them; nothing here needs them again.
/// Each is written and on disk before its hash is stored: a crash in between leaves a secret to be taken up, never one that nobody knows.
/// </summary>
public sealed class CredentialFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    private const string Header = "gateway,secret\n";

    private readonly string _folder;

    /// <param name="dataDirectory">Of the host.</param>
    /// <param name="feedsBroker">See <see cref="FeedsBroker"/>.</param>
    public CredentialFiles(string dataDirectory, bool feedsBroker = false)
    {
        FeedsBroker = feedsBroker;
        _folder = Path.Combine(dataDirectory, "credentials");
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_folder);
            return;
        }
        Directory.CreateDirectory(_folder, OwnerFolder);
        File.SetUnixFileMode(_folder, OwnerFolder);
    }

    /// <summary>
    /// True when a broker outside is given its users from <c>gateways.csv</c>: then a replaced secret is written there too, because without it the next
    /// reading of the file would lock the gateway out.
    /// </summary>
    public bool FeedsBroker { get; }

    public string AdministratorToken => Path.Combine(_folder, "administrator.token");

    public string Gateways => Path.Combine(_folder, "gateways.csv");

    /// <summary>Of several hosts each makes a token of its own once; this says that it has. A token's file that is gone then is the installer's wish.</summary>
    public string AdministratorMade => Path.Combine(_folder, "administrator.made");

    /// <summary>The token in the file, null when there is no file or something else is in it.</summary>
    public string? ReadAdministratorToken()
    {
        if (!File.Exists(AdministratorToken)) return null;
        var text = File.ReadAllText(AdministratorToken).Trim();
        return TokenText.IdOf(text) is null ? null : text;
    }

    public void WriteAdministratorToken(string token) => Replace(AdministratorToken, token + "\n");

    /// <summary>Notes that this host has had its administrator's token.</summary>
    public void NoteAdministratorMade(string id) => Replace(AdministratorMade, id + "\n");

    /// <summary>Secret by gateway; of two rows for one gateway the later counts.</summary>
    public Dictionary<string, string> ReadGateways()
    {
        var secrets = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(Gateways)) return secrets;
        foreach (var line in File.ReadLines(Gateways))
        {
            // A secret has no comma, so the last one parts the columns, whatever is in the gateway's id.
            var comma = line.LastIndexOf(',');
            if (comma > 0 && line.Length - comma - 1 >= GatewaySecrets.SecretLength) secrets[Unquote(line[..comma])] = line[(comma + 1)..];
        }
        return secrets;
    }

    public void AppendGateways(IEnumerable<(string Gateway, string Secret)> rows)
    {
        using var stream = Create(Gateways, FileMode.Append);
        var text = new StringBuilder(stream.Position == 0 ? Header : "");
        foreach (var (gateway, secret) in rows) text.Append(Row(gateway, secret));
        stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Takes gateways' rows out, because their secrets are not the valid ones.</summary>
    public void RemoveGateways(IReadOnlyCollection<string> gateways)
    {
        if (gateways.Count == 0) return;
        var kept = ReadGateways();
        if (gateways.Count(kept.Remove) > 0) Replace(kept);
    }

    /// <summary>Gives a gateway's row another secret, or the gateway a row.</summary>
    public void ReplaceGateway(string gateway, string secret)
    {
        var kept = ReadGateways();
        kept[gateway] = secret;
        Replace(kept);
    }

    private void Replace(Dictionary<string, string> secrets) => Replace(Gateways, Header + string.Concat(secrets.Select(s => Row(s.Key, s.Value))));

    /// <summary><c>gw,1</c> → <c>"gw,1",s3cret</c> (RFC 4180).</summary>
    private static string Row(string gateway, string secret) =>
        gateway.AsSpan().ContainsAny(',', '"') ? $"\"{gateway.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{secret}\n" : $"{gateway},{secret}\n";

    private static string Unquote(string cell) =>
        cell.Length >= 2 && cell[0] == '"' && cell[^1] == '"' ? cell[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : cell;

    private static void Replace(string path, string text)
    {
        var beside = path + ".new";
        using (var stream = Create(beside, FileMode.Create))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
    }

    private static FileStream Create(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerFile;
        var stream = new FileStream(path, options);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(stream.SafeFileHandle, OwnerFile);
        return stream;
    }
}

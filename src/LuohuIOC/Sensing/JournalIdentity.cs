using System.Globalization;
using System.Security.Cryptography;
using LuohuIOC.Storage;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Sensing;

/// <summary>
/// Tells this host's journal from those of the other hosts: sensor states remember up to where they have the readings of each. It belongs to the
/// data directory and moves with it (<c>journal.id</c>); a host alone needs none and has 0.
/// </summary>
public sealed class JournalIdentity
{
    private const string FileName = "journal.id";

    public JournalIdentity(IConfiguration configuration, IOptions<ClusterOptions> cluster)
    {
        IsShared = cluster.Value.IsShared;
        if (!IsShared) return;
        var path = Path.Combine(configuration["DataDirectory"] ?? "data", FileName);
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.WriteAllText(path, BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)).ToString("x16", CultureInfo.InvariantCulture));
        }
        if (!long.TryParse(File.ReadAllText(path).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value) || value == 0)
            throw new IOException($"{path}: 16 hexadecimal digits are expected. Restore the file; with another number this host's readings of the last minutes are judged twice.");
        Value = value;
    }

    /// <summary>There are other hosts.</summary>
    public bool IsShared { get; }

    public long Value { get; }
}

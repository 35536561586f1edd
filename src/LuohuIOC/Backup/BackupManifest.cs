using System.Text.Json;

namespace LuohuIOC.Backup;

/// <summary>One file of an archive.</summary>
/// <param name="Path">Below the data directory, with slashes.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Of its content, hexadecimal in lower case.</param>
public sealed record BackupFile(string Path, long Bytes, string Sha256);

/// <summary>
/// The first entry of an archive, <c>manifest.json</c>: what is in it. Written formats are never changed; a newer one gets a higher number.
/// </summary>
/// <param name="Format">1.</param>
/// <param name="Program">Version of the program that wrote it.</param>
/// <param name="TakenAt">When the copying ended: everything acknowledged before it began is in the archive.</param>
/// <param name="Running">True when the node was at work meanwhile.</param>
/// <param name="Elsewhere">Stores that hold a part of the city and are not in the archive: <c>postgresql</c>, <c>influxdb</c>.</param>
/// <param name="Files">In the order in which they follow.</param>
public sealed record BackupManifest(int Format, string Program, DateTimeOffset TakenAt, bool Running, IReadOnlyList<string> Elsewhere, IReadOnlyList<BackupFile> Files)
{
    public const int NewestFormat = 1;

    public const string EntryName = "manifest.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // A member whose name is damaged is a member that is not there.
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static string ThisProgram { get; } = typeof(BackupManifest).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>Of all files.</summary>
    public long Bytes => Files.Sum(f => f.Bytes);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="JsonException">It is none.</exception>
    public static BackupManifest Parse(ReadOnlySpan<byte> json)
    {
        var manifest = JsonSerializer.Deserialize<BackupManifest>(json, Json);
        return manifest is { Files: not null, Elsewhere: not null } ? manifest : throw new JsonException("The manifest names no files.");
    }
}

using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LuohuIOC.Backup;

/// <summary>An archive that cannot be used.</summary>
/// <param name="code">Stable code; its text is <c>backup.fault.{code}</c>.</param>
/// <param name="file">The file within the archive, or the archive itself.</param>
/// <param name="inner">What reading it met.</param>
public sealed class BackupFaultException(string code, string file, Exception? inner = null) : Exception($"{code}: {file}", inner)
{
    public string Code => code;

    public string File => file;
}

/// <summary>
/// The archive of a node: tar (POSIX, so that <c>tar -t</c> lists it), first <c>manifest.json</c>, then the files that it names. As a file it is mostly
/// gzipped, which is seen by its first bytes.
/// </summary>
internal static class BackupArchive
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int ManifestBytesMax = 64 << 20;

    /// <summary>Of a path in UTF-8, and of a name in it: what file systems take.</summary>
    private const int PathBytesMax = 1024;
    private const int NameBytesMax = 255;

    public static async Task WriteAsync(NodeSnapshot snapshot, Stream to, CancellationToken cancel)
    {
        await using var tar = new TarWriter(to, TarEntryFormat.Pax, leaveOpen: true);
        await using (var manifest = new MemoryStream(snapshot.Manifest.ToJson())) await AddAsync(tar, BackupManifest.EntryName, manifest, snapshot.Manifest.TakenAt, cancel);
        foreach (var file in snapshot.Manifest.Files)
        {
            await using var content = snapshot.Open(file);
            await AddAsync(tar, file.Path, content, snapshot.Manifest.TakenAt, cancel);
        }
    }

    /// <summary>Reads the whole archive and compares every file with the manifest.</summary>
    /// <exception cref="BackupFaultException">It is no archive, of a newer format, incomplete or damaged.</exception>
    public static Task<BackupManifest> VerifyAsync(string archive, CancellationToken cancel) => ReadAsync(archive, (_, _) => Stream.Null, cancel);

    /// <summary>Shows every file to a writer while it is verified.</summary>
    /// <param name="archive">The archive's file.</param>
    /// <param name="open">Where a file's bytes go; the stream is closed when they are all there.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<BackupManifest> ReadAsync(string archive, Func<BackupManifest, BackupFile, Stream> open, CancellationToken cancel)
    {
        var at = archive;
        try
        {
            await using var file = new FileStream(archive, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            await using var tape = IsZipped(file) ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            await using var limited = new HeaderLimit(tape, archive);
            await using var tar = new TarReader(limited, leaveOpen: true);
            var manifest = await ReadManifestAsync(archive, tar, cancel);
            Check(manifest, archive);
            var missing = manifest.Files.ToDictionary(f => f.Path, StringComparer.Ordinal);
            while (await tar.GetNextEntryAsync(copyData: false, cancel) is { } entry)
            {
                at = entry.Name;
                if (!missing.Remove(entry.Name, out var expected)) throw new BackupFaultException("unknown", entry.Name);
                await CopyAsync(entry, expected, open(manifest, expected), cancel);
            }
            // gzip's own checksum stands at its end, behind what a tar reader reads.
            await tape.CopyToAsync(Stream.Null, cancel);
            return missing.Count == 0 ? manifest : throw new BackupFaultException("missing", missing.Keys.First());
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new BackupFaultException("damaged", at, e);
        }
    }

    /// <summary>A path that stays below the folder it is put into, and that a file system takes: <c>journal/00000000000000000001.log</c>.</summary>
    internal static bool IsSafe(string path) =>
        path.Length > 0 && Encoding.UTF8.GetByteCount(path) <= PathBytesMax && !path.Contains('\\')
        && path.Split('/').All(part => part is not ("" or "." or "..") && !part.Contains('\0') && Encoding.UTF8.GetByteCount(part) <= NameBytesMax);

    /// <summary>Every file can be written: what cannot would be found out half-way, with what was there moved away.</summary>
    private static void Check(BackupManifest manifest, string archive)
    {
        if (manifest.Format < 1 || manifest.Files.DistinctBy(f => f.Path, StringComparer.Ordinal).Count() != manifest.Files.Count)
            throw new BackupFaultException("damaged", BackupManifest.EntryName);
        if (manifest.Files.Count == 0) throw new BackupFaultException("empty", archive);
        // journal/a/b >> journal, journal/a
        var folders = manifest.Files.SelectMany(f => f.Path.Index().Where(c => c.Item == '/').Select(c => f.Path[..c.Index])).ToHashSet(StringComparer.Ordinal);
        foreach (var file in manifest.Files)
            if (!IsSafe(file.Path) || NodeSnapshot.IsOfProcess(file.Path) || folders.Contains(file.Path)) throw new BackupFaultException("path", file.Path);
    }

    private static Task AddAsync(TarWriter tar, string name, Stream content, DateTimeOffset time, CancellationToken cancel) =>
        tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = OwnerOnly, ModificationTime = time }, cancel);

    private static async Task<BackupManifest> ReadManifestAsync(string archive, TarReader tar, CancellationToken cancel)
    {
        if (await FirstAsync(archive, tar, cancel) is not { Name: BackupManifest.EntryName, DataStream: { } content } entry || entry.Length > ManifestBytesMax)
            throw new BackupFaultException("none", archive);
        var json = new byte[entry.Length];
        await content.ReadExactlyAsync(json, cancel);
        try
        {
            var manifest = BackupManifest.Parse(json);
            return manifest.Format <= BackupManifest.NewestFormat ? manifest : throw new BackupFaultException("newer", archive);
        }
        catch (JsonException e)
        {
            throw new BackupFaultException("damaged", BackupManifest.EntryName, e);
        }
    }

    // What does not even begin as an archive is another file: a photograph, a letter, a zip.
    private static async Task<TarEntry?> FirstAsync(string archive, TarReader tar, CancellationToken cancel)
    {
        try
        {
            return await tar.GetNextEntryAsync(copyData: false, cancel);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new BackupFaultException("none", archive, e);
        }
    }

    private static async Task CopyAsync(TarEntry entry, BackupFile expected, Stream to, CancellationToken cancel)
    {
        await using var target = to;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        var bytes = 0L;
        // An entry without a byte has no stream.
        while (entry.DataStream is { } content && await content.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancel);
            bytes += read;
        }
        if (bytes != expected.Bytes || Convert.ToHexStringLower(hash.GetHashAndReset()) != expected.Sha256) throw new BackupFaultException("damaged", expected.Path);
        if (target is FileStream file) file.Flush(flushToDisk: true);
    }

    private static bool IsZipped(FileStream file)
    {
        var zipped = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        return zipped;
    }
}

using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using LuohuIOC.Backup;
using Xunit;

namespace LuohuIOC.Tests.Backup;

/// <summary>Archives made by somebody else's hand, given to a restore over a folder that holds a city.</summary>
public sealed class BackupArchiveTests : IDisposable
{
    private readonly string _here = Directory.CreateTempSubdirectory("luohu-archive-").FullName;

    private string Data => Path.Combine(_here, "data");

    private string Archive => Path.Combine(_here, "node.tar");

    public BackupArchiveTests()
    {
        Directory.CreateDirectory(Data);
        File.WriteAllText(Path.Combine(Data, "journal.id"), "live");
    }

    public void Dispose() => Directory.Delete(_here, recursive: true);

    [Fact]
    public void An_archive_of_this_form_is_taken()
    {
        Write(1, "journal.id", "journal/1.log");
        Assert.Equal(0, Restore("--force").Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_format_that_never_was_is_refused(int format)
    {
        Write(format, "journal.id");
        Refused("manifest.json");
    }

    [Fact]
    public void An_archive_without_a_file_is_refused()
    {
        Write(1);
        Refused("no file");
    }

    /// <summary>They would be found out when the disk refuses them, with half a city written and the other moved away.</summary>
    [Theory]
    [InlineData("host.lock")]
    [InlineData("host.json")]
    [InlineData("restore.unfinished")]
    [InlineData("backup.tmp/registry.db")]
    [InlineData("before-20241122T000000Z/journal.id")]
    [InlineData("journal|journal/a")]
    [InlineData("journal/a/b|journal/a")]
    [InlineData("{256}")]
    [InlineData("{200}/{200}/{200}/{200}/{200}/{200}")]
    [InlineData("\u6c34{254}")]
    public void A_path_that_cannot_be_written_is_refused_before_anything_is_touched(string paths)
    {
        var written = System.Text.RegularExpressions.Regex.Replace(paths, @"\{(\d+)\}", m => new string('x', int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
        Write(1, written.Split('|'));
        Refused("path");
    }

    /// <summary>A reader of tar holds a header whole: a small file that unpacks to a large one would take the memory of the machine.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_header_larger_than_any_of_ours_is_refused(bool isGlobal)
    {
        var large = new Dictionary<string, string> { ["comment"] = new('x', 2 << 20) };
        using (var tar = new TarWriter(new GZipStream(File.Create(Archive), CompressionLevel.Fastest), TarEntryFormat.Pax))
        {
            var manifest = new BackupManifest(1, "1.0.0", DateTimeOffset.UnixEpoch, false, [], [new BackupFile("journal.id", 0, Hash(""))]);
            if (isGlobal) tar.WriteEntry(new PaxGlobalExtendedAttributesTarEntry(large));
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, BackupManifest.EntryName) { DataStream = new MemoryStream(manifest.ToJson()) });
            tar.WriteEntry(isGlobal ? new PaxTarEntry(TarEntryType.RegularFile, "journal.id") : new PaxTarEntry(TarEntryType.RegularFile, "journal.id", large));
        }
        Refused("header");
    }

    [Theory]
    [InlineData('x', "00000000200")]
    [InlineData('L', "31000000000")]
    [InlineData('K', "\u0080\0\0\0\0\0\0\0\u007f\u007f\u007f\u007f")]
    public void A_header_that_says_it_is_large_is_refused_before_it_is_read(char type, string size)
    {
        var header = new byte[512];
        Encoding.Latin1.GetBytes("././@LongLink").CopyTo(header, 0);
        Encoding.Latin1.GetBytes(size).CopyTo(header, 124);
        Encoding.Latin1.GetBytes("        ").CopyTo(header, 148);
        header[156] = (byte)type;
        Encoding.Latin1.GetBytes(type == 'x' ? "ustar\u000000" : "ustar  \0").CopyTo(header, 257);
        Encoding.Latin1.GetBytes($"{Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0')}\0 ").CopyTo(header, 148);
        // The first is small enough, and what it announces is missing.
        File.WriteAllBytes(Archive, header);
        Refused(type == 'x' ? "not a backup archive of this system" : "header");
    }

    [Theory]
    [InlineData("PK\u0003\u0004\u0014\0\0\0\u0008\0")]
    [InlineData("2026-11-29 08:00 nothing to report\n")]
    [InlineData("")]
    public void What_is_no_archive_is_said_to_be_none(string beginning)
    {
        File.WriteAllText(Archive, beginning.Length == 0 ? "" : string.Concat(Enumerable.Repeat(beginning, 200)));
        Refused("not a backup archive of this system");
        using (var tape = new GZipStream(File.Create(Archive), CompressionLevel.Fastest)) tape.Write(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(beginning, 200))));
        Refused("not a backup archive of this system");
    }

    [Fact]
    public void A_refused_restore_leaves_the_folder_as_it_was()
    {
        Write(1, "journal.id");
        var (code, notes) = Restore();
        Assert.Equal(2, code);
        Assert.Contains("--force", notes, StringComparison.Ordinal);
        Assert.Equal(["journal.id"], Directory.EnumerateFileSystemEntries(Data).Select(p => Path.GetFileName(p)));
    }

    [Fact]
    public void An_archive_that_the_disk_has_no_room_for_moves_nothing()
    {
        var manifest = new BackupManifest(1, "1.0.0", DateTimeOffset.UnixEpoch, false, [], [new BackupFile("journal.id", 0, Hash(""))]);
        Assert.Throws<IOException>(() => RestoreCommand.RefuseWithoutRoom(Path.Combine(_here, "not", "there"), manifest with { Files = [new BackupFile("a", long.MaxValue / 2, "")] }));
        RestoreCommand.RefuseWithoutRoom(Path.Combine(_here, "not", "there"), manifest);
        Assert.False(Directory.Exists(Path.Combine(_here, "not")));
    }

    private void Refused(string told)
    {
        var (code, notes) = Restore("--force");
        Assert.Equal(1, code);
        Assert.Contains(told, notes, StringComparison.Ordinal);
        Assert.Equal(["journal.id"], Directory.EnumerateFileSystemEntries(Data).Select(p => Path.GetFileName(p)));
        Assert.Equal("live", File.ReadAllText(Path.Combine(Data, "journal.id")));
        Assert.Empty(Directory.GetDirectories(_here, "data.before-*"));
    }

    private (int Code, string Notes) Restore(params string[] more)
    {
        using var notes = new StringWriter();
        return (RestoreCommand.Run([Archive, "--data", Data, .. more], TextWriter.Null, notes, TimeProvider.System), notes.ToString());
    }

    /// <summary>Each file holds its own path.</summary>
    private void Write(int format, params string[] paths)
    {
        var manifest = new BackupManifest(
            format, "1.0.0", DateTimeOffset.UnixEpoch, false, [], [.. paths.Select(path => new BackupFile(path, Encoding.UTF8.GetByteCount(path), Hash(path)))]);
        using var tar = new TarWriter(File.Create(Archive), TarEntryFormat.Pax);
        foreach (var (name, content) in paths.Select(p => (p, Encoding.UTF8.GetBytes(p))).Prepend((BackupManifest.EntryName, manifest.ToJson())))
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

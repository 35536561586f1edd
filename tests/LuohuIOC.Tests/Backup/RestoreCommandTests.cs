using System.Text;
using CsCheck;
using LuohuIOC.Backup;
using LuohuIOC.Storage;
using LuohuIOC.Tests.Http;
using Microsoft.Data.Sqlite;
using Xunit;

namespace LuohuIOC.Tests.Backup;

/// <summary>A stopped node into an archive and back; archives and folders that must be refused.</summary>
public sealed class RestoreCommandTests : IDisposable
{
    private const string Schema = "CREATE TABLE sensors(id TEXT); INSERT INTO sensors VALUES('outfall-001')";

    private readonly string _here = Directory.CreateTempSubdirectory("luohu-backup-").FullName;

    private string Data => Path.Combine(_here, "data");

    private string Fresh => Path.Combine(_here, "fresh");

    private string Archive => Path.Combine(_here, "node.tar");

    public void Dispose() => Directory.Delete(_here, recursive: true);

    [Theory]
    [InlineData("node.tar")]
    [InlineData("node.tar.gz")]
    public void Every_file_comes_back_as_it_was_and_nothing_that_belongs_to_a_process(string name)
    {
        MakeNode();
        var archive = Path.Combine(_here, name);
        var (code, notes) = Backup(archive);
        Assert.True(code == 0, notes);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(archive));

        (code, notes) = Restore(archive, Fresh);
        Assert.True(code == 0, notes);
        Assert.Equal(
            ["credentials/gateways.csv", "export/2024-11-22.parquet", "history.duckdb", "history.duckdb.wal", "host.lock", "journal.id", "journal/00000000000000000001.log", "registry.db"],
            Files(Fresh));
        foreach (var plain in Files(Fresh).Where(f => f is not ("host.lock" or "registry.db"))) Assert.Equal(File.ReadAllBytes(Path.Combine(Data, plain)), File.ReadAllBytes(Path.Combine(Fresh, plain)));
        Assert.Equal("outfall-001", Scalar(Fresh, "SELECT id FROM sensors"));
        Assert.False(Directory.Exists(Path.Combine(Data, "backup.tmp")));
    }

    [Fact]
    public void What_another_connection_has_only_in_its_log_is_in_the_archive()
    {
        MakeNode();
        using var host = new SqliteFile(Path.Combine(Data, "registry.db"), Schema).Open();
        using var insert = host.CreateCommand();
        insert.CommandText = "INSERT INTO sensors VALUES('late')";
        insert.ExecuteNonQuery();
        Assert.NotEqual(0, new FileInfo(Path.Combine(Data, "registry.db-wal")).Length);
        Assert.Equal(0, Backup(Archive).Code);
        Restore(Archive, Fresh);
        Assert.Equal(2L, Scalar(Fresh, "SELECT count(*) FROM sensors"));
    }

    [Fact]
    public void A_damaged_archive_is_refused_with_the_file_named_and_nothing_is_touched()
    {
        MakeNode();
        Backup(Archive);
        var bytes = File.ReadAllBytes(Archive);
        var at = bytes.AsSpan().IndexOf("HISTORY"u8);
        bytes[at] ^= 1;
        File.WriteAllBytes(Archive, bytes);
        var (code, notes) = Restore(Archive, Fresh);
        Assert.Equal(1, code);
        Assert.Contains("history.duckdb ", notes, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Fresh));
    }

    [Theory]
    [InlineData("\"path\"", "\"pbth\"")]
    [InlineData("\"sha256\"", "\"tha256\"")]
    [InlineData("\"files\"", "\"giles\"")]
    [InlineData("history.duckdb.wal\"", "history.duckdb\"    ")]
    public void A_manifest_that_lacks_a_member_or_names_a_file_twice_is_damaged(string was, string became)
    {
        MakeNode();
        Backup(Archive);
        var bytes = File.ReadAllBytes(Archive);
        Encoding.ASCII.GetBytes(became).CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(was))));
        File.WriteAllBytes(Archive, bytes);
        var (code, notes) = Restore(Archive, Fresh);
        Assert.Equal(1, code);
        Assert.Contains("manifest.json", notes, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Fresh));
    }

    [Theory]
    [InlineData("node.tar")]
    [InlineData("node.tar.gz")]
    public void A_bit_flipped_or_a_tail_cut_off_anywhere_is_refused_or_does_no_harm(string name)
    {
        MakeNode();
        var archive = Path.Combine(_here, name);
        Backup(archive);
        var whole = File.ReadAllBytes(archive);
        var good = Restored(archive);
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[0, 7], Gen.Bool).Sample(
            (at, bit, cut) =>
            {
                var bytes = cut ? whole[..at] : (byte[])whole.Clone();
                if (!cut) bytes[at] ^= (byte)(1 << bit);
                var bad = Path.Combine(_here, $"{Guid.NewGuid():N}.tar");
                File.WriteAllBytes(bad, bytes);
                return Restored(bad) is not { } restored || restored.SequenceEqual(good!);
            },
            iter: 40, threads: 1);
    }

    [Fact]
    public void A_folder_that_holds_something_is_refused_and_set_aside_when_forced()
    {
        MakeNode();
        Backup(Archive);
        Directory.CreateDirectory(Fresh);
        File.WriteAllText(Path.Combine(Fresh, "journal.id"), "old");
        Assert.Equal(2, Restore(Archive, Fresh).Code);
        Assert.Equal("old", File.ReadAllText(Path.Combine(Fresh, "journal.id")));
        var (code, notes) = Restore(Archive, Fresh, "--force");
        Assert.True(code == 0, notes);
        Assert.Equal("0123", File.ReadAllText(Path.Combine(Fresh, "journal.id")));
        var aside = Assert.Single(Directory.GetDirectories(_here, "fresh.before-*"));
        Assert.Equal("old", File.ReadAllText(Path.Combine(aside, "journal.id")));
    }

    /// <summary>A folder on which a disk is mounted cannot be moved; a name that is taken stands for it here.</summary>
    [Fact]
    public void What_a_folder_that_cannot_be_moved_holds_is_set_aside_within_it_and_no_backup_takes_it()
    {
        MakeNode();
        Backup(Archive);
        Directory.CreateDirectory(Path.Combine(Fresh, "journal"));
        File.WriteAllText(Path.Combine(Fresh, "journal", "1.log"), "old");
        var clock = new FakeClock();
        Directory.CreateDirectory($"{Fresh}.before-{clock.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}");
        var (code, notes) = Run((a, _, said, _) => RestoreCommand.Run(a, TextWriter.Null, said, clock), Archive, "--data", Fresh, "--force");
        Assert.True(code == 0, notes);
        var aside = Assert.Single(Directory.GetDirectories(Fresh, "before-*"));
        Assert.Contains(aside, notes, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(Path.Combine(aside, "journal", "1.log")));
        Assert.Equal("0123", File.ReadAllText(Path.Combine(Fresh, "journal.id")));

        var second = Path.Combine(_here, "second.tar");
        Assert.Equal(0, Run(BackupCommand.Run, "--data", Fresh, "--to", second).Code);
        var again = Path.Combine(_here, "again");
        Assert.Equal(0, Restore(second, again).Code);
        Assert.DoesNotContain(Files(again), f => f.StartsWith("before-", StringComparison.Ordinal));
    }

    [Fact]
    public void A_folder_in_use_is_refused_even_when_forced()
    {
        MakeNode();
        Backup(Archive);
        using (DataFolder.Claim(Fresh))
        {
            var (code, notes) = Restore(Archive, Fresh, "--force");
            Assert.Equal(2, code);
            Assert.Contains("in use", notes, StringComparison.Ordinal);
            Assert.Throws<IOException>(() => DataFolder.Claim(Fresh));
        }
        Assert.Equal(0, Restore(Archive, Fresh).Code);
    }

    [Fact]
    public void After_an_interrupted_restore_no_host_takes_the_folder_until_it_is_done_again()
    {
        MakeNode();
        Backup(Archive);
        Directory.CreateDirectory(Path.Combine(Fresh, "journal"));
        File.WriteAllText(Path.Combine(Fresh, DataFolder.UnfinishedFile), "");
        File.WriteAllText(Path.Combine(Fresh, "history.duckdb"), "half");
        Assert.Contains("restore", Assert.Throws<IOException>(() => DataFolder.Claim(Fresh)).Message, StringComparison.Ordinal);
        Assert.Equal(1, Run(BackupCommand.Run, "--data", Fresh, "--to", Path.Combine(_here, "no.tar")).Code);
        Assert.Equal(0, Restore(Archive, Fresh).Code);
        Assert.Equal("HISTORY", File.ReadAllText(Path.Combine(Fresh, "history.duckdb")));
        using var host = DataFolder.Claim(Fresh);
    }

    [Fact]
    public void What_was_set_aside_within_the_folder_outlasts_an_interrupted_restore()
    {
        MakeNode();
        Backup(Archive);
        var aside = Directory.CreateDirectory(Path.Combine(Fresh, "before-20241122T000000Z")).FullName;
        File.WriteAllText(Path.Combine(aside, "journal.id"), "old");
        File.WriteAllText(Path.Combine(Fresh, DataFolder.UnfinishedFile), "");
        File.WriteAllText(Path.Combine(Fresh, "history.duckdb"), "half");
        Assert.Equal(0, Restore(Archive, Fresh).Code);
        Assert.Equal("HISTORY", File.ReadAllText(Path.Combine(Fresh, "history.duckdb")));
        Assert.Equal("old", File.ReadAllText(Path.Combine(aside, "journal.id")));
    }

    [Fact]
    public void An_archive_inside_the_folder_is_refused_before_it_is_moved_or_deleted_with_the_rest()
    {
        MakeNode();
        Backup(Archive);
        var inside = Path.Combine(Directory.CreateDirectory(Fresh).FullName, "node.tar");
        File.Copy(Archive, inside);
        File.WriteAllText(Path.Combine(Fresh, DataFolder.UnfinishedFile), "");
        foreach (string[] more in new string[][] { [], ["--force"] })
        {
            var (code, notes) = Restore(inside, Fresh, more);
            Assert.Equal(2, code);
            Assert.Contains("inside the data directory", notes, StringComparison.Ordinal);
        }
        Assert.True(File.Exists(inside));
    }

    [Fact]
    public void Arguments_without_sense_change_nothing()
    {
        MakeNode();
        Assert.Equal(2, Run(BackupCommand.Run, "--data", Path.Combine(_here, "nowhere")).Code);
        Assert.Equal(2, Backup(Path.Combine(Data, "within.tar")).Code);
        Backup(Archive);
        Assert.Equal(2, Backup(Archive).Code);
        Assert.Equal(2, Run(RestoreCommand.Run).Code);
        Assert.Equal(2, Restore(Path.Combine(_here, "none.tar"), Fresh).Code);
        File.WriteAllText(Path.Combine(_here, "text.tar"), "no archive");
        Assert.Equal(1, Restore(Path.Combine(_here, "text.tar"), Fresh).Code);
        Assert.False(Directory.Exists(Fresh));
    }

    [Fact]
    public void A_switch_that_there_is_not_is_told_and_nothing_is_done()
    {
        MakeNode();
        var target = Path.Combine(_here, "no.tar");
        var (code, notes) = Run(BackupCommand.Run, "--data", Data, "--to", target, "--bogus");
        Assert.Equal((2, false), (code, File.Exists(target)));
        Assert.Contains("--bogus", notes, StringComparison.Ordinal);
        Backup(Archive);
        foreach (var wrong in new[] { "--bogus", "second.tar", "--to=x" })
        {
            (code, notes) = Restore(Archive, Fresh, wrong);
            Assert.Equal((2, false), (code, Directory.Exists(Fresh)));
            Assert.Contains(wrong.Split('=')[0], notes, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Both_tell_how_they_are_used_and_do_nothing()
    {
        MakeNode();
        Backup(Archive);
        foreach (var (command, usage) in new (Func<string[], TextWriter, TextWriter, TimeProvider, int>, string)[] { (BackupCommand.Run, "./ioc backup"), (RestoreCommand.Run, "./ioc restore") })
        {
            using var output = new StringWriter();
            Assert.Equal(0, command([Archive, "--data", Fresh, "--help"], output, TextWriter.Null, TimeProvider.System));
            Assert.Contains(usage, output.ToString(), StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(Fresh));
    }

    [Theory]
    [InlineData("registry.db", true)]
    [InlineData("journal/1.log", true)]
    [InlineData("../registry.db", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("journal/../../x", false)]
    [InlineData("a\\b", false)]
    [InlineData("", false)]
    public void A_path_stays_below_its_folder(string path, bool safe) => Assert.Equal(safe, BackupArchive.IsSafe(path));

    private void MakeNode()
    {
        foreach (var (path, text) in new[]
        {
            ("journal/00000000000000000001.log", "GROUPS"), ("journal/reserve", "zeros"), ("history.duckdb", "HISTORY"), ("history.duckdb.wal", "LOG"),
            ("credentials/gateways.csv", "gateway,secret\n"), ("export/2024-11-22.parquet", "PAR1"), ("export/2024-11-23.parquet.part", "PA"), ("journal.id", "0123"),
            ("host.json", "{}"), ("backup.tmp/registry.db", "left by a kill"),
        })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Data, path))!);
            File.WriteAllText(Path.Combine(Data, path), text);
        }
        using var registry = new SqliteFile(Path.Combine(Data, "registry.db"), Schema).Open();
    }

    /// <summary>The restored files, null when the archive was refused.</summary>
    private List<string>? Restored(string archive)
    {
        var into = Path.Combine(_here, Guid.NewGuid().ToString("N"));
        if (Restore(archive, into).Code != 0)
        {
            Assert.False(Directory.Exists(into));
            return null;
        }
        return [.. Files(into).Select(f => $"{f} {Convert.ToHexString(File.ReadAllBytes(Path.Combine(into, f)))}")];
    }

    private static List<string> Files(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(folder, p)).Order(StringComparer.Ordinal)];

    private static object? Scalar(string folder, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "registry.db")};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private (int Code, string Notes) Backup(string archive) => Run(BackupCommand.Run, "--data", Data, "--to", archive);

    private static (int Code, string Notes) Restore(string archive, string data, params string[] more) =>
        Run(RestoreCommand.Run, [archive, "--data", data, .. more]);

    private static (int Code, string Notes) Run(Func<string[], TextWriter, TextWriter, TimeProvider, int> command, params string[] args)
    {
        using var output = new StringWriter();
        using var notes = new StringWriter();
        var code = command(args, output, notes, TimeProvider.System);
        return (code, notes.ToString());
    }
}

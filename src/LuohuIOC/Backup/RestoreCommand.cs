using System.Globalization;
using LuohuIOC.Identity;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Storage;

namespace LuohuIOC.Backup;

/// <summary>
/// <c>restore FILE [--data DIR] [--force]</c>: the node of an archive into an empty data directory. The whole archive is verified before anything is
/// touched. With <c>--force</c> what the directory holds is set aside beside it, never deleted.
/// </summary>
public static class RestoreCommand
{
    public const string Verb = "restore";

    /// <param name="args">Without the verb.</param>
    /// <param name="notes">Gets what is said.</param>
    /// <param name="clock">For the name of what is set aside.</param>
    /// <returns>0; 2 when the arguments make no sense or the directory must not be written to; 1 when the archive cannot be used or the disk refuses.</returns>
    public static int Run(string[] args, TextWriter notes, TimeProvider clock)
    {
        // A word that is not the value of the switch before it.
        var archive = args.Where((a, i) => !a.StartsWith('-') && (i == 0 || !args[i - 1].StartsWith("--", StringComparison.Ordinal) || args[i - 1].Contains('=') || args[i - 1] == "--force")).FirstOrDefault();
        var rest = args.Where(a => a != archive && a != "--force").ToArray();
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).AddEnvironmentVariables()
            .AddCommandLine(rest, BackupCommand.Switches).Build();
        if (archive is null) return BackupCommand.Say(notes, 2, "restore.usage");
        if (!File.Exists(archive)) return BackupCommand.Say(notes, 2, "restore.no-archive", archive);
        var data = IdentityFile.DataDirectoryOf(configuration);
        // What the directory holds is moved away or deleted before the archive is read again.
        if (IsWithin(archive, data)) return BackupCommand.Say(notes, 2, "restore.archive-inside", archive, data);
        try
        {
            return RunAsync(archive, data, args.Contains("--force"), notes, clock).GetAwaiter().GetResult();
        }
        catch (BackupFaultException e)
        {
            return BackupCommand.Say(notes, 1, $"backup.fault.{e.Code}", e.File);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return BackupCommand.Say(notes, 1, "restore.failed", e.Message);
        }
    }

    private static async Task<int> RunAsync(string archive, string data, bool force, TextWriter notes, TimeProvider clock)
    {
        BackupCommand.Say(notes, 0, "restore.verifying", archive, BackupCommand.Size(new FileInfo(archive).Length));
        var manifest = await BackupArchive.VerifyAsync(archive, CancellationToken.None);
        BackupCommand.List(manifest, notes);
        if (Prepare(data, force, notes, clock) is not { } folder) return 2;
        using (folder)
        {
            if (new DriveInfo(data).AvailableFreeSpace < manifest.Bytes) throw new IOException($"{data}: {BackupCommand.Size(manifest.Bytes)} are needed.");
            await WriteAsync(archive, data);
        }
        return BackupCommand.Say(notes, 0, "restore.done", manifest.Files.Count, BackupCommand.Size(manifest.Bytes), data, manifest.TakenAt.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    /// <summary>An empty folder, taken; null with the reason said when it must not be written to.</summary>
    private static DataFolder? Prepare(string data, bool force, TextWriter notes, TimeProvider clock)
    {
        var folder = DataFolder.TryClaim(data);
        if (folder is null)
        {
            BackupCommand.Say(notes, 2, "restore.in-use", data);
            return null;
        }
        // What an interrupted restore left is of this command's own making, but for what it had set aside.
        if (folder.IsUnfinished)
        {
            foreach (var path in Contents(data).Where(p => !Path.GetFileName(p).StartsWith(NodeSnapshot.SetAside, StringComparison.Ordinal))) Delete(path);
            return folder;
        }
        if (Contents(data).Count == 0) return folder;
        if (!force)
        {
            folder.Dispose();
            BackupCommand.Say(notes, 2, "restore.not-empty", data);
            return null;
        }
        var aside = SetAside(data, clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
        folder.Dispose();
        BackupCommand.Say(notes, 0, "restore.set-aside", aside);
        return DataFolder.Claim(data);
    }

    // A folder on which a disk is mounted cannot be moved; what is in it can.
    private static string SetAside(string data, string time)
    {
        var aside = $"{data.TrimEnd('/')}.{NodeSnapshot.SetAside}{time}";
        try
        {
            Directory.Move(data, aside);
        }
        catch (IOException)
        {
            var contents = Contents(data);
            aside = Directory.CreateDirectory(Path.Combine(data, NodeSnapshot.SetAside + time)).FullName;
            foreach (var path in contents) Directory.Move(path, Path.Combine(aside, Path.GetFileName(path)));
        }
        return aside;
    }

    // The mark is first to come and last to go, each on disk before the next step: a host takes no folder that has it.
    private static async Task WriteAsync(string archive, string data)
    {
        var mark = Path.Combine(data, DataFolder.UnfinishedFile);
        await using (var file = new FileStream(mark, FileMode.Create, FileAccess.Write)) file.Flush(flushToDisk: true);
        FileSync.FlushFolder(data);
        await BackupArchive.ReadAsync(archive, (_, file) => Create(Path.Combine(data, file.Path)), CancellationToken.None);
        foreach (var folder in Directory.EnumerateDirectories(data, "*", SearchOption.AllDirectories)) FileSync.FlushFolder(folder);
        FileSync.FlushFolder(data);
        File.Delete(mark);
        FileSync.FlushFolder(data);
    }

    private static FileStream Create(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        else Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 1 << 16 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    private static bool IsWithin(string file, string folder) =>
        Path.GetFullPath(file).StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static List<string> Contents(string data) =>
        [.. Directory.EnumerateFileSystemEntries(data).Where(p => Path.GetFileName(p) is not (DataFolder.LockFile or DataFolder.NoteFile or DataFolder.UnfinishedFile))];

    private static void Delete(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }
}

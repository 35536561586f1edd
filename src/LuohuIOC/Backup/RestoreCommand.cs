using System.Globalization;
using LuohuIOC.Http;
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

    private const string Force = "--force";

    private static readonly Dictionary<string, string> Switches = new() { ["--data"] = "DataDirectory" };

    /// <param name="args">Without the verb.</param>
    /// <param name="output">Gets the usage when that is asked for.</param>
    /// <param name="notes">Gets what is said.</param>
    /// <param name="clock">For the name of what is set aside.</param>
    /// <returns>0; 2 when the arguments make no sense or the directory must not be written to; 1 when the archive cannot be used or the disk refuses.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter notes, TimeProvider clock)
    {
        var line = CommandLine.Read(args, Switches, Force, wordsMax: 1);
        if (line.Answer("restore.usage", output, notes) is { } answered) return answered;
        if (line.Words is not [var archive]) return BackupCommand.Say(notes, 2, "restore.usage");
        var configuration = new ConfigurationBuilder().AddJsonFile(Path.GetFullPath("appsettings.json"), optional: true).AddEnvironmentVariables()
            .AddInMemoryCollection(line.Values).Build();
        if (!File.Exists(archive)) return BackupCommand.Say(notes, 2, "restore.no-archive", archive);
        var data = IdentityFile.DataDirectoryOf(configuration);
        // What the directory holds is moved away or deleted before the archive is read again.
        if (IsWithin(archive, data)) return BackupCommand.Say(notes, 2, "restore.archive-inside", archive, data);
        try
        {
            return RunAsync(archive, data, line.Has(Force), notes, clock).GetAwaiter().GetResult();
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
        RefuseWithoutRoom(data, manifest);
        if (Prepare(data, force, notes, clock) is not { } folder) return 2;
        using (folder) await WriteAsync(archive, data);
        return BackupCommand.Say(notes, 0, "restore.done", manifest.Files.Count, BackupCommand.Size(manifest.Bytes), data, manifest.TakenAt.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }

    /// <summary>Before the folder is made, or what it holds is moved away.</summary>
    internal static void RefuseWithoutRoom(string data, BackupManifest manifest)
    {
        var there = data;
        while (!Directory.Exists(there)) there = Path.GetDirectoryName(there)!;
        if (new DriveInfo(there).AvailableFreeSpace + Leftovers(data).Sum(BytesOf) < manifest.Bytes) throw new IOException($"{data}: {BackupCommand.Size(manifest.Bytes)} are needed.");
    }

    /// <summary>An empty folder, taken; null with the reason said when it must not be written to.</summary>
    private static DataFolder? Prepare(string data, bool force, TextWriter notes, TimeProvider clock)
    {
        // Nobody works in a folder without the lock's file; there it would be all that a refusal leaves behind.
        if (!force && Directory.Exists(data) && !File.Exists(Path.Combine(data, DataFolder.LockFile)) && !File.Exists(Path.Combine(data, DataFolder.UnfinishedFile)) && Contents(data).Count > 0)
        {
            BackupCommand.Say(notes, 2, "restore.not-empty", data);
            return null;
        }
        var folder = DataFolder.TryClaim(data);
        if (folder is null)
        {
            BackupCommand.Say(notes, 2, "restore.in-use", data);
            return null;
        }
        if (folder.IsUnfinished)
        {
            foreach (var path in Leftovers(data)) Delete(path);
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

    /// <summary>What an interrupted restore left: of this command's own making, but for what it had set aside.</summary>
    private static List<string> Leftovers(string data) => !File.Exists(Path.Combine(data, DataFolder.UnfinishedFile))
        ? [] : [.. Contents(data).Where(path => !Path.GetFileName(path).StartsWith(NodeSnapshot.SetAside, StringComparison.Ordinal))];

    private static long BytesOf(string path) => Directory.Exists(path)
        ? new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) : new FileInfo(path).Length;

    private static void Delete(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        else File.Delete(path);
    }
}

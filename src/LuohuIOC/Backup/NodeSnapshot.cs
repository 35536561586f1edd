using System.Security.Cryptography;
using LuohuIOC.Storage;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.Backup;

/// <summary>
/// Copies of everything in a data directory, in <c>backup.tmp</c> within it until disposed: a city from which a start brings the rest out of the
/// journal, as after a crash. The order makes it so. The journal holds its cursor and its segments still; then the states, of which none is
/// behind that cursor; then alerts, of which none that a state has told is missing; history before the registry, which knows every
/// number that history has; secrets' hashes before their clear copies; and the journal last, which no cursor is ahead of.
/// </summary>
internal sealed class NodeSnapshot : IDisposable
{
    public const string History = "history.duckdb";

    /// <summary>Begins the name of what a restore has set aside.</summary>
    internal const string SetAside = "before-";

    private const string Staging = "backup.tmp";
    private const string States = "grains.db";
    private const long SpareBytes = 64 << 20;

    private static readonly string[] NoFiles = [DataFolder.LockFile, DataFolder.NoteFile, DataFolder.UnfinishedFile];
    private static readonly string[] HalfFiles = [".db", ".db-wal", ".db-shm", ".part", ".new"];

    private readonly string _folder;

    private NodeSnapshot(string folder, BackupManifest manifest) => (_folder, Manifest) = (folder, manifest);

    public BackupManifest Manifest { get; }

    /// <exception cref="IOException">A file cannot be copied; the message names it.</exception>
    public static async Task<NodeSnapshot> TakeAsync(string dataDirectory, INodeStores node, IReadOnlyList<string> elsewhere, TimeProvider clock, CancellationToken cancel)
    {
        Clean(dataDirectory);
        var staging = Path.Combine(dataDirectory, Staging);
        RefuseWithoutRoom(dataDirectory);
        Directory.CreateDirectory(staging);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(staging, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            using (node.Hold()) await CopyAsync(dataDirectory, staging, node, cancel);
            var taken = clock.GetUtcNow();
            var files = new List<BackupFile>();
            foreach (var path in Directory.EnumerateFiles(staging, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                await using var content = File.OpenRead(path);
                files.Add(new BackupFile(Path.GetRelativePath(staging, path).Replace('\\', '/'), content.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel))));
            }
            return new NodeSnapshot(staging, new BackupManifest(BackupManifest.NewestFormat, BackupManifest.ThisProgram, taken, node.IsRunning, elsewhere, files));
        }
        catch
        {
            Clean(dataDirectory);
            throw;
        }
    }

    public FileStream Open(BackupFile file) => File.OpenRead(Path.Combine(_folder, file.Path));

    /// <summary>A path that no copy has, because a program at work has the file, or keeps what it sets aside there.</summary>
    public static bool IsOfProcess(string path) =>
        path.Split('/')[0] is var first && (first is Staging || NoFiles.Contains(first) || first.StartsWith(SetAside, StringComparison.Ordinal));

    /// <summary>Removes the copies that a backup left when its process was killed.</summary>
    public static void Clean(string dataDirectory)
    {
        var staging = Path.Combine(dataDirectory, Staging);
        if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task CopyAsync(string dataDirectory, string staging, INodeStores node, CancellationToken cancel)
    {
        var databases = Directory.EnumerateFiles(dataDirectory, "*.db").Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal).ToList();
        if (databases.Remove(States)) CopyDatabase(dataDirectory, staging, States);
        await node.CopyHistoryAsync(staging, cancel);
        await node.FlushRegistryAsync(cancel);
        foreach (var name in databases)
        {
            cancel.ThrowIfCancellationRequested();
            CopyDatabase(dataDirectory, staging, name);
        }
        await node.SettleAsync(cancel);
        foreach (var path in PlainFiles(dataDirectory)) await CopyBytesAsync(path, Path.Combine(staging, Path.GetRelativePath(dataDirectory, path)), long.MaxValue, cancel);
        foreach (var (path, bytes) in node.Segments) await CopyBytesAsync(path, Path.Combine(staging, "journal", Path.GetFileName(path)), bytes, cancel);
    }

    // By SQLite and never by the file's bytes: within the process that has it open, closing a second handle would end its locks.
    private static void CopyDatabase(string dataDirectory, string staging, string name)
    {
        var path = Path.Combine(dataDirectory, name);
        try
        {
            using var from = Connection(path, SqliteOpenMode.ReadWrite);
            using var to = Connection(Path.Combine(staging, name), SqliteOpenMode.ReadWriteCreate);
            from.BackupDatabase(to);
        }
        catch (SqliteException e)
        {
            throw new IOException($"{path}: the database cannot be copied ({e.Message}).", e);
        }
    }

    private static SqliteConnection Connection(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 30 }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>Credentials, exports, what was set aside: files that appear whole and that nobody writes on.</summary>
    private static IEnumerable<string> PlainFiles(string dataDirectory)
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var path in Directory.EnumerateFiles(dataDirectory, "*", all))
        {
            var relative = Path.GetRelativePath(dataDirectory, path).Replace('\\', '/');
            var isJournal = relative.StartsWith("journal/", StringComparison.Ordinal) && !relative.EndsWith(".damaged", StringComparison.Ordinal);
            if (isJournal || IsOfProcess(relative) || relative.StartsWith(History, StringComparison.Ordinal)) continue;
            if (!HalfFiles.Any(end => relative.EndsWith(end, StringComparison.Ordinal))) yield return path;
        }
    }

    private static async Task CopyBytesAsync(string from, string to, long bytesMax, CancellationToken cancel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        await using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        await using var target = new FileStream(to, FileMode.CreateNew, FileAccess.Write);
        // What is appended meanwhile is not of this moment.
        var left = Math.Min(source.Length, bytesMax);
        var buffer = new byte[1 << 20];
        while (left > 0)
        {
            var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, left)), cancel);
            if (read == 0) throw new IOException($"{from}: the file became shorter while it was copied.");
            await target.WriteAsync(buffer.AsMemory(0, read), cancel);
            left -= read;
        }
    }

    private static void RefuseWithoutRoom(string dataDirectory)
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        // A file may go while they are counted: one that is not there takes no room.
        var needed = new DirectoryInfo(dataDirectory).EnumerateFiles("*", all).Sum(f => f.Exists ? f.Length : 0) + SpareBytes;
        var free = new DriveInfo(dataDirectory).AvailableFreeSpace;
        if (free < needed) throw new IOException($"{dataDirectory}: a backup needs room for a copy of it on the same disk, {needed >> 20} MiB, and {free >> 20} MiB are free.");
    }
}

namespace LuohuIOC.Storage;

/// <summary>
/// The data directory, held by one program at a time: a host, a restore, or the backup of a stopped node. The lock is the operating system's and
/// ends with the process, however that ends; the file <c>host.lock</c> stays.
/// </summary>
public sealed class DataFolder : IDisposable
{
    /// <summary>Locked while someone works in the folder.</summary>
    public const string LockFile = "host.lock";

    /// <summary>Where the folder's host can be asked, and what it keeps elsewhere.</summary>
    public const string NoteFile = "host.json";

    /// <summary>There while a restore writes: with it the folder holds a part of a city only.</summary>
    public const string UnfinishedFile = "restore.unfinished";

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    /// <summary>A restore into the folder did not come to its end.</summary>
    public bool IsUnfinished => File.Exists(System.IO.Path.Combine(Path, UnfinishedFile));

    /// <summary>Takes the folder for a host; it is made when it is not there.</summary>
    /// <exception cref="IOException">Another program works in it, or a restore into it was interrupted.</exception>
    public static DataFolder Claim(string path)
    {
        var folder = TryClaim(path) ?? throw new IOException(
            $"{System.IO.Path.GetFullPath(path)}: another program works in this data directory (a host, a backup or a restore). Stop it, or give this one another DataDirectory.");
        if (!folder.IsUnfinished) return folder;
        folder.Dispose();
        throw new IOException($"{folder.Path}: a restore into this data directory was interrupted, so it holds a part of a city only. Run ./ioc restore again with the same archive.");
    }

    /// <summary>Takes the folder; null when another program has it.</summary>
    public static DataFolder? TryClaim(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        FileRights.Restrict();
        Directory.CreateDirectory(full);
        FileRights.CloseToOthers(full);
        try
        {
            return new DataFolder(full, new FileStream(System.IO.Path.Combine(full, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(System.IO.Path.Combine(full, LockFile)))
        {
            return null;
        }
    }

    /// <summary>Leaves a note for programs that find the folder taken or left; it is there whole or not at all.</summary>
    public void Announce(ReadOnlySpan<byte> note)
    {
        var fresh = System.IO.Path.Combine(Path, NoteFile + ".new");
        File.WriteAllBytes(fresh, note);
        File.Move(fresh, System.IO.Path.Combine(Path, NoteFile), overwrite: true);
    }

    /// <summary>The note of the present or last host; empty when there is none.</summary>
    public static byte[] ReadNote(string path)
    {
        var file = System.IO.Path.Combine(path, NoteFile);
        return File.Exists(file) ? File.ReadAllBytes(file) : [];
    }

    public void Dispose() => _lock.Dispose();
}

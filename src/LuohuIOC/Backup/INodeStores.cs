namespace LuohuIOC.Backup;

/// <summary>The stores of a node that need more than their files' bytes: at work in this process, or at rest.</summary>
internal interface INodeStores
{
    /// <summary>The node is at work.</summary>
    bool IsRunning { get; }

    /// <summary>Until the hold ends the journal forgets nothing and its cursor stays behind the states that are copied.</summary>
    IDisposable Hold();

    /// <summary>Copies history's files into a folder as of one moment.</summary>
    Task CopyHistoryAsync(string folder, CancellationToken cancel);

    /// <summary>Every sensor known so far is in its file.</summary>
    Task FlushRegistryAsync(CancellationToken cancel);

    /// <summary>Everything that was judged so far has its marks in the journal's files.</summary>
    Task SettleAsync(CancellationToken cancel);

    /// <summary>The journal's files, oldest first, with the bytes of each that are durable.</summary>
    IReadOnlyList<(string Path, long Bytes)> Segments { get; }
}

/// <summary>A node whose host does not run: its files are what they are.</summary>
internal sealed class NodeAtRest(string dataDirectory) : INodeStores
{
    public bool IsRunning => false;

    public IReadOnlyList<(string Path, long Bytes)> Segments
    {
        get
        {
            var folder = new DirectoryInfo(Path.Combine(dataDirectory, "journal"));
            return folder.Exists ? [.. folder.EnumerateFiles("*.log").OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => (f.FullName, f.Length))] : [];
        }
    }

    public IDisposable Hold() => new MemoryStream(0);

    public Task CopyHistoryAsync(string folder, CancellationToken cancel)
    {
        foreach (var file in Directory.EnumerateFiles(dataDirectory, NodeSnapshot.History + "*")) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return Task.CompletedTask;
    }

    public Task FlushRegistryAsync(CancellationToken cancel) => Task.CompletedTask;

    public Task SettleAsync(CancellationToken cancel) => Task.CompletedTask;
}

using System.Globalization;
using System.Threading.Channels;
using Orleans.Serialization;
using Orleans.Storage;

namespace LuohuIOC.Storage;

/// <summary>Where grain states lie: one row a grain and state name, its etag counts its writes. An empty state is a cleared one; its row stays.</summary>
internal interface IStateTable : IDisposable
{
    /// <summary>Etag 0 and no state when there is no row.</summary>
    ValueTask<(long Etag, byte[] State)> ReadAsync(string name, string id);

    /// <summary>Ids of the grains of which there is a state by this name.</summary>
    List<string> Ids(string name);

    /// <summary>Writes all in one transaction and tells of each whether the etag was the stored one.</summary>
    void Write(IReadOnlyList<StateWrite> batch);

    /// <summary>The store refuses for now: what must be done about it, for whoever reads the log.</summary>
    bool IsUnavailable(Exception e, out string remedy);
}

/// <summary>One state to be written over the one with an etag; 0: there must be none.</summary>
internal sealed class StateWrite(string name, string id, long etag, byte[] state)
{
    public string Name => name;

    public string Id => id;

    public long Etag => etag;

    public byte[] State => state;

    /// <summary>Set by the table: the etag was not the stored one, and nothing was written.</summary>
    public bool IsConflict { get; set; }

    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// Grain states in Orleans' own versioned encoding. Writers wait for one commit together, so that saving 100,000 sensors takes hundreds of
/// fsyncs and not 100,000. Grains are told apart by their whole id; Orleans' own provider for databases takes the keys "a1", "A1" and "0a1" for one number.
/// </summary>
public sealed class GrainStates : IGrainStorage, IAsyncDisposable
{
    private const int BatchMax = 2_000;
    private const int QueueMax = 10_000;
    private const string Damaged = "damaged-";

    private readonly IStateTable _table;
    private readonly Serializer _serializer;
    private readonly ILogger _log;
    private readonly Channel<StateWrite> _writes =
        Channel.CreateBounded<StateWrite>(new BoundedChannelOptions(QueueMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Task _writer;

    internal GrainStates(IStateTable table, Serializer serializer, ILogger<GrainStates> log)
    {
        (_table, _serializer, _log) = (table, serializer, log);
        _writer = Task.Factory.StartNew(WriteAll, TaskCreationOptions.LongRunning).Unwrap();
    }

    /// <summary>Keys of the grains of which there is a state by this name, in no order. One pass over the table: for a start.</summary>
    /// <param name="stateName">As in the grain's <c>PersistentState</c>; grains of different types with one name are not told apart.</param>
    public IReadOnlyList<string> KeysOf(string stateName) => _table.Ids(stateName).ConvertAll(id => GrainId.Parse(id).Key.ToString()!);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var (etag, stored) = await _table.ReadAsync(stateName, grainId.ToString());
        grainState.RecordExists = stored.Length > 0;
        grainState.ETag = etag > 0 ? Text(etag) : null!;
        grainState.State = grainState.RecordExists ? await Read<T>(stateName, grainId, stored) : Activator.CreateInstance<T>();
    }

    // A state that cannot be read, by damage or because a newer version wrote it, would make its grain fail for ever: the grain begins anew, and what
    // lay there is kept beside it.
    private async Task<T> Read<T>(string stateName, GrainId grainId, byte[] stored)
    {
        try
        {
            return _serializer.Deserialize<T>(stored)!;
        }
        catch (Exception e)
        {
            _log.LogError(e, "The state {State} of {Grain} cannot be read ({Bytes} bytes): it begins anew, and what lay there is kept as {Kept}", stateName, grainId, stored.Length, Damaged + stateName);
            try
            {
                await Commit(new StateWrite(Damaged + stateName, grainId.ToString(), 0, stored));
            }
            catch (Exception unkept) when (unkept is IOException or InconsistentStateException)
            {
                _log.LogWarning("It could not be kept, or an earlier one is: {Cause}", unkept.Message);
            }
            return Activator.CreateInstance<T>();
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.ETag = await Commit(new StateWrite(stateName, grainId.ToString(), Etag(grainState.ETag), _serializer.SerializeToArray(grainState.State)));
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        grainState.ETag = await Commit(new StateWrite(stateName, grainId.ToString(), Etag(grainState.ETag), []));
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_writes.Writer.TryComplete()) return;
        await _writer;
        _table.Dispose();
    }

    private static string Text(long etag) => etag.ToString(CultureInfo.InvariantCulture);

    private static long Etag(string? etag) => etag is null ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);

    private async Task<string> Commit(StateWrite write)
    {
        await _writes.Writer.WriteAsync(write);
        await write.Done.Task;
        return Text(write.Etag + 1);
    }

    private async Task WriteAll()
    {
        var batch = new List<StateWrite>();
        while (await _writes.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < BatchMax && _writes.Reader.TryRead(out var write)) batch.Add(write);
            try
            {
                _table.Write(batch);
                foreach (var write in batch) Finish(write);
            }
            catch (Exception e)
            {
                var told = _table.IsUnavailable(e, out var remedy) ? new IOException($"Grain states cannot be written ({e.Message}). {remedy}", e) : e;
                foreach (var write in batch) write.Done.SetException(told);
            }
        }
    }

    private static void Finish(StateWrite write)
    {
        if (!write.IsConflict) write.Done.SetResult();
        else
            write.Done.SetException(new InconsistentStateException(
                $"Grain {write.Id} was written by another since it was read (etag {write.Etag} is not the stored one)."));
    }
}

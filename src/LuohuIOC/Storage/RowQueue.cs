using System.Threading.Channels;

namespace LuohuIOC.Storage;

/// <summary>
/// Rows on their way to an SQLite file, saved together by one writer. Bounded: <see cref="Add"/> refuses at the bound, and rows of a batch that
/// could not be saved are lost and told to <paramref name="lost"/>; neither makes who adds wait.
/// </summary>
/// <param name="rowsMax">That may wait.</param>
/// <param name="batchMax">Rows of one transaction.</param>
/// <param name="save">One transaction.</param>
/// <param name="lost">Hears why a batch could not be saved, and of how many rows.</param>
internal sealed class RowQueue<TRow>(int rowsMax, int batchMax, Action<IReadOnlyList<TRow>> save, Action<Exception, int> lost)
{
    private readonly Channel<(TRow Row, TaskCompletionSource Saved)> _waiting =
        Channel.CreateBounded<(TRow, TaskCompletionSource)>(new BoundedChannelOptions(rowsMax) { SingleReader = true });

    private Task _writer = Task.CompletedTask;

    /// <summary>Completes when the row is durable, or lost; null when it was refused because too many wait.</summary>
    public Task? Add(TRow row)
    {
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return _waiting.Writer.TryWrite((row, saved)) ? saved.Task : null;
    }

    /// <summary>
    /// Begins to save. A task of its own and not a <see cref="BackgroundService"/>'s: that one is cancelled with its service, and where the stop
    /// follows the start at once it never begins, so that what waits would be neither saved nor called lost.
    /// </summary>
    public void Start() => _writer = Task.Run(SaveAllAsync, CancellationToken.None);

    /// <summary>Takes no more rows; completes when those that wait are saved.</summary>
    public Task CompleteAsync()
    {
        _waiting.Writer.TryComplete();
        return _writer;
    }

    private async Task SaveAllAsync()
    {
        var rows = new List<TRow>();
        var waiters = new List<TaskCompletionSource>();
        while (await _waiting.Reader.WaitToReadAsync())
        {
            rows.Clear();
            waiters.Clear();
            while (rows.Count < batchMax && _waiting.Reader.TryRead(out var next))
            {
                rows.Add(next.Row);
                waiters.Add(next.Saved);
            }
            try
            {
                save(rows);
            }
            catch (Exception e)
            {
                // Whatever it was: nobody watches this task, and whoever waits would wait for ever.
                lost(e, rows.Count);
            }
            foreach (var waiter in waiters) waiter.SetResult();
        }
    }
}

using LuohuIOC.History.DuckDb;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;

namespace LuohuIOC.Backup;

/// <summary>The node of this process, which takes readings meanwhile.</summary>
internal sealed class RunningNode(PublishJournal journal, SensorDispatcher dispatcher, SensorRegistry registry, DuckDbHistory? history, TimeProvider time) : INodeStores
{
    /// <summary>Sensors that take longer are judged again after a restore, as after a crash.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(5);

    public bool IsRunning => true;

    public IReadOnlyList<(string Path, long Bytes)> Segments => journal.Segments;

    public IDisposable Hold() => journal.Hold();

    public Task CopyHistoryAsync(string folder, CancellationToken cancel) => history?.CopyAsync(folder, cancel) ?? Task.CompletedTask;

    public Task FlushRegistryAsync(CancellationToken cancel) => registry.FlushAsync(cancel);

    public async Task SettleAsync(CancellationToken cancel)
    {
        var position = journal.Position;
        var begun = time.GetTimestamp();
        // Positions up to the recovered one are of the life before: with nothing new there is nothing to wait for.
        while ((!dispatcher.CaughtUp || (position > journal.Recovered && dispatcher.Sensed < position)) && time.GetElapsedTime(begun) < Patience)
            await Task.Delay(BetweenLooks, time, cancel);
        await journal.Flush().WaitAsync(cancel);
    }
}

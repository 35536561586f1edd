using LuohuIOC.History;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Ingestion.Outside;
using LuohuIOC.Sensing;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Drain;

/// <summary>
/// Empties the stages in the order in which a reading passes them, while all of them still work: the broker takes nothing more and pays its
/// acknowledgements, the sensors judge what is journalled, history stores it. After it a start finds nothing to do again.
/// </summary>
internal sealed class StageDrain(
    BrokerEvents broker, OutsideBroker outside, PublishJournal journal, SensorDispatcher dispatcher, IReadingHistory history, HistoryWriter writer, IOptions<DrainOptions> options,
    TimeProvider time, ILogger<StageDrain> log) : IHostedLifecycleService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        using var bound = new CancellationTokenSource(options.Value.Max, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancellationToken);
        await outside.StopAsync(both.Token);
        await broker.CloseAsync(journal.Flush, both.Token);
        // Positions up to the recovered one are of the life before; of those history may have more to read, and reads it at the next start.
        var position = journal.Position;
        if (position == journal.Recovered) return;
        var judged = await UntilAsync(() => dispatcher.Sensed >= position, both.Token);
        // A store that takes nothing would only hold up the stop.
        var stored = judged && await UntilAsync(() => history.Cursor >= position || writer.Fault is not null, both.Token) && history.Cursor >= position;
        if (judged && stored) log.LogInformation("Stop: everything taken is judged and in history, after {Seconds:F1} s", time.GetElapsedTime(begun).TotalSeconds);
        else log.LogWarning("Stop: after {Seconds:F1} s not everything is {Stage}; the next start takes the rest from the journal.", time.GetElapsedTime(begun).TotalSeconds, judged ? "in history" : "judged");
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>False when the time is up first.</summary>
    private async Task<bool> UntilAsync(Func<bool> done, CancellationToken cancellation)
    {
        while (!done())
        {
            if (cancellation.IsCancellationRequested) return false;
            await Task.Delay(BetweenLooks, time, CancellationToken.None);
        }
        return true;
    }
}

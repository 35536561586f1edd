using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Sensing;

namespace LuohuIOC.History;

/// <summary>Reads groups from the journal again, with the marks that their sensors gave them, up to the newest that all sensors are done with.</summary>
public sealed class JudgedGroups(PublishJournal journal, PublishDecoder decoder, SensorDispatcher dispatcher) : IJournalReplay
{
    private const int AheadMax = 16;

    public async IAsyncEnumerable<ReadingGroup> ReadAsync(long afterPosition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var upTo = dispatcher.Sensed;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ahead = Channel.CreateBounded<ReadingGroup>(new BoundedChannelOptions(AheadMax) { SingleReader = true, SingleWriter = true });
        var reading = Task.Factory.StartNew(() => Fill(afterPosition, upTo, ahead.Writer, stop.Token), TaskCreationOptions.LongRunning);
        try
        {
            await foreach (var group in ahead.Reader.ReadAllAsync(cancellationToken)) yield return group;
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (ahead.Reader.TryRead(out var left)) left.Release();
        }
    }

    private void Fill(long after, long upTo, ChannelWriter<ReadingGroup> into, CancellationToken stop)
    {
        try
        {
            journal.Read(after, (_, position, body) =>
            {
                if (position > upTo || stop.IsCancellationRequested) return false;
                var group = decoder.DecodeGroup(journal, position, body);
                while (!into.TryWrite(group))
                {
                    if (stop.IsCancellationRequested)
                    {
                        group.Release();
                        return false;
                    }
                    into.WaitToWriteAsync(CancellationToken.None).AsTask().Wait(TimeSpan.FromMilliseconds(100), CancellationToken.None);
                }
                return true;
            });
            into.Complete();
        }
        catch (Exception e)
        {
            into.Complete(e);
        }
    }
}

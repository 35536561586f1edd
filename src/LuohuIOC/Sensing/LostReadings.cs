using System.Threading.Channels;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing;

/// <summary>
/// When a host dies, its grains go on elsewhere from the states that it had saved, up to <see cref="SensingOptions.SaveEvery"/> ago. Who sent the
/// readings since then has them in its journal and shows them again. A dead host has many sensors: those that are found together are looked
/// up in one walk through the journal.
/// </summary>
public sealed class LostReadings(
    PublishJournal journal, PublishDecoder decoder, JournalIdentity identity, SensorCalls calls, SensorRegistry registry, ILogger<LostReadings> log)
    : BackgroundService
{
    /// <summary>Readings of the journal in memory at once, give or take a group.</summary>
    private const int ReadingsMax = 50_000;

    private const int CallsAtOnce = 32;

    private readonly Channel<Gap> _gaps = Channel.CreateUnbounded<Gap>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SensorChain _chain = new();

    /// <summary>Completes when the grain has this host's readings up to <see cref="SensorInbox.Delivered"/> again. The caller lets no other call pass meanwhile.</summary>
    internal async Task ShowAgain(SensorInbox inbox, long after)
    {
        if (after >= inbox.Delivered) return;
        var gap = new Gap(inbox, after);
        // After the end nobody shows anything: the next start judges the journal again.
        if (_gaps.Writer.TryWrite(gap)) await gap.Closed.Task;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (ExecuteTask is null or { IsCompleted: true }) End([]);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var gaps = new List<Gap>();
        try
        {
            while (await _gaps.Reader.WaitToReadAsync(stoppingToken))
            {
                while (_gaps.Reader.TryRead(out var gap)) gaps.Add(gap);
                try
                {
                    await Close(gaps, stoppingToken);
                }
                catch (IOException e)
                {
                    // A file of the journal that history and sensing were done with meanwhile: who still lacks something finds that out at its next call.
                    log.LogWarning("Sensing: the journal could not be read for sensors that went on from older states, it is tried again: {Cause}", e.Message);
                }
                foreach (var gap in gaps) gap.Closed.SetResult();
                gaps.Clear();
            }
        }
        finally
        {
            End(gaps);
        }
    }

    // Also of a stop that came before the first look: a service that is cancelled so early never runs.
    private void End(List<Gap> gaps)
    {
        _gaps.Writer.TryComplete();
        while (_gaps.Reader.TryRead(out var gap)) gaps.Add(gap);
        foreach (var gap in gaps) gap.Closed.TrySetResult();
    }

    private async Task Close(List<Gap> gaps, CancellationToken stopping)
    {
        var open = gaps.ToDictionary(g => g.Inbox.Sensor);
        var shown = 0;
        var upTo = gaps.Max(g => g.Inbox.Delivered);
        var position = gaps.Min(g => g.After);
        while (open.Count > 0 && position < upTo && !stopping.IsCancellationRequested)
        {
            var groups = ReadSome(position, upTo);
            if (groups.Count == 0) break;
            position = groups[^1].Position;
            var batches = groups.SelectMany(g => BatchesOf(g, open)).GroupBy(b => b.Sensor, b => b.Batch).ToList();
            await Parallel.ForEachAsync(batches, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = stopping },
                async (ofSensor, _) => await Show(open[ofSensor.Key], [.. ofSensor]));
            shown += batches.Count;
            foreach (var group in groups) group.Release();
        }
        log.LogInformation("Sensing: {Sensors} sensors went on from older states, their readings since then were shown again in {Calls} calls", gaps.Count, shown);
    }

    private async Task Show(Gap gap, List<SensorBatch> parts)
    {
        for (var i = 1; i < parts.Count; i++) parts[i - 1].Later = parts[i];
        var batch = parts[0];
        batch.After = gap.After;
        if (await calls.Observe(gap.Inbox, batch) is not { } judged) return;
        // Lost once more in the middle of it: the next ordinary call finds that out.
        gap.After = Math.Max(gap.After, judged.Applied);
    }

    private List<ReadingGroup> ReadSome(long after, long upTo)
    {
        var groups = new List<ReadingGroup>();
        var readings = 0;
        journal.Read(after, (_, position, body) =>
        {
            if (position > upTo) return false;
            var group = decoder.DecodeGroup(journal, position, body);
            groups.Add(group);
            readings += group.Count;
            return readings < ReadingsMax;
        });
        return groups;
    }

    private IEnumerable<(int Sensor, SensorBatch Batch)> BatchesOf(ReadingGroup group, Dictionary<int, Gap> open)
    {
        var flight = new GroupInFlight(group, 1);
        foreach (var first in _chain.Of(group, out var next))
        {
            var sensor = group.Sensors[first];
            if (!open.TryGetValue(sensor, out var gap) || group.Position <= gap.After || group.Position > gap.Inbox.Delivered) continue;
            if (sensor >= registry.Count) continue;
            yield return (sensor, new SensorBatch(flight, first, next) { Journal = identity.Value, IsAgain = true });
        }
    }

    private sealed class Gap(SensorInbox inbox, long after)
    {
        public SensorInbox Inbox => inbox;

        public long After { get; set; } = after;

        public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

using System.Runtime.CompilerServices;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Sensing;

namespace LuohuIOC.History;

/// <summary>
/// Reads groups back from the journal's files, some at a time, and not beyond what Sensing has judged: behind that marks are still
/// missing, and the group comes by the queue or with the next reading.
/// </summary>
internal sealed class JournalReplay(PublishJournal journal, PublishDecoder decoder, SensorDispatcher dispatcher) : IJournalReplay
{
    /// <summary>Readings decoded ahead of the writer at most, give or take a group.</summary>
    private const int ReadingsMax = 100_000;

    // Positions jump at a start: before the first commit there is no group at the newest one.
    public long Newest => journal.Commits > 0 ? journal.Position : 0;

    public async IAsyncEnumerable<ReadingGroup> ReadAsync(long afterPosition, long beforePosition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Reading and decoding take a while: not on the caller's turn.
        await Task.Yield();
        while (true)
        {
            var groups = ReadSome(afterPosition, beforePosition, cancellationToken);
            if (groups.Count == 0) yield break;
            afterPosition = groups[^1].Position;
            foreach (var group in groups) yield return group;
        }
    }

    private List<ReadingGroup> ReadSome(long afterPosition, long beforePosition, CancellationToken cancellationToken)
    {
        var groups = new List<ReadingGroup>();
        var readings = 0;
        // Before Sensing has judged again what it lost in a crash, its cursor of before says what it is done with.
        var judged = Math.Max(dispatcher.Sensed, journal.SensingCursor);
        journal.Read(afterPosition, (_, position, body) =>
        {
            if (position > judged || position >= beforePosition) return false;
            cancellationToken.ThrowIfCancellationRequested();
            var group = decoder.DecodeGroup(journal, position, body);
            readings += group.Count;
            if (ReadingGroup.Merge(groups.Count > 0 ? groups[^1] : null, group) is { } behind) groups.Add(behind);
            return readings < ReadingsMax;
        });
        return groups;
    }
}

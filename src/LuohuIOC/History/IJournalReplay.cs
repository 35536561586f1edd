using LuohuIOC.Ingestion;

namespace LuohuIOC.History;

/// <summary>The way back to groups that did not wait in memory: after a start, an outage of the store, or a full queue.</summary>
public interface IJournalReplay
{
    /// <summary>
    /// Groups behind one position and before another, in order, judged (with their <see cref="ReadingGroup.Marks"/>), small ones merged; ends at the
    /// newest that Sensing is done with. The caller releases each.
    /// </summary>
    IAsyncEnumerable<ReadingGroup> ReadAsync(long afterPosition, long beforePosition, CancellationToken cancellationToken);
}

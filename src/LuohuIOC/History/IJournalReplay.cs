using LuohuIOC.Ingestion;

namespace LuohuIOC.History;

/// <summary>The way back to groups that did not wait in memory: after a start, an outage of the store, or a full queue.</summary>
public interface IJournalReplay
{
    /// <summary>Position of the newest group that has become safe on disk since the start, judged or not; 0 before the first.</summary>
    long Newest { get; }

    /// <summary>
    /// Groups behind one position and before another, in order, judged (with their <see cref="ReadingGroup.Marks"/>), small ones merged; ends at the
    /// newest that Sensing is done with. The caller releases each.
    /// </summary>
    IAsyncEnumerable<ReadingGroup> ReadAsync(long afterPosition, long beforePosition, CancellationToken cancellationToken);
}

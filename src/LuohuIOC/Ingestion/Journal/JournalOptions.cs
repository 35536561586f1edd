using System.ComponentModel.DataAnnotations;

namespace LuohuIOC.Ingestion.Journal;

/// <summary>Limits of the journal, section <c>Journal</c>.</summary>
public sealed class JournalOptions
{
    /// <summary>A segment file is closed at this size; whole segments are deleted once sensed and in history. Default 64 MiB.</summary>
    [Range(1 << 16, 1L << 34)]
    public long SegmentBytes { get; set; } = 64L << 20;

    /// <summary>
    /// Depth: bytes that history and sensing may lag behind. At this bound publishes wait (their PUBACK does not come) until
    /// history has caught up; nothing is dropped. Default 16 GiB: at 60,000 messages/s of 200 bytes 20 minutes of a dead store.
    /// </summary>
    [Range(1 << 20, 1L << 44)]
    public long BytesMax { get; set; } = 16L << 30;

    /// <summary>The group that is being filled while the last one is written: at this size publishes wait for the commit. Default 8 MiB.</summary>
    [Range(1 << 12, 1 << 28)]
    public int GroupBytesMax { get; set; } = 8 << 20;

    /// <summary>Readings committed but not yet seen by their sensors: at this bound publishes wait. Default 200,000.</summary>
    [Range(1, 10_000_000)]
    public int BacklogReadingsMax { get; set; } = 200_000;
}

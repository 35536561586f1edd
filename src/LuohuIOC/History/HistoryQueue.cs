using System.Diagnostics.CodeAnalysis;
using LuohuIOC.Ingestion;

namespace LuohuIOC.History;

/// <summary>
/// Judged groups on their way to the writer, bounded by readings and by bytes. When it is full, groups are refused until the writer has caught up
/// from the journal: memory stays bounded however long the store is away, and nothing waits for it. Small groups wait merged.
/// </summary>
public sealed class HistoryQueue(int readingsMax, long bytesMax)
{
    private readonly Lock _gate = new();
    private readonly Queue<ReadingGroup> _groups = new();
    private TaskCompletionSource _arrival = New();
    private int _wanted = 1;
    private ReadingGroup? _last;
    private int _readings;
    private long _bytes;
    private bool _overflowed;
    private long _newest;
    private long _first;

    public static HistoryQueue Of(HistoryOptions options) => new(options.QueueReadings, options.QueueBytes);

    /// <summary>Sees every judged group on its way, in order of position; must not wait, and retains what it wants to keep.</summary>
    public Action<ReadingGroup>? Passing { get; set; }

    /// <summary>Readings that wait.</summary>
    public int Readings => Volatile.Read(ref _readings);

    /// <summary>Memory that they take.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Position of the newest group offered, taken or refused.</summary>
    public long Newest => Volatile.Read(ref _newest);

    /// <summary>Position of the first group offered since the program started, 0 before it.</summary>
    public long First => Volatile.Read(ref _first);

    /// <summary>True when groups were refused since the last <see cref="ResumeAfterOverflow"/>.</summary>
    public bool Overflowed => Volatile.Read(ref _overflowed);

    /// <summary>
    /// Hands a group over. The offerer has called <see cref="ReadingGroup.Retain"/> for the writer, who releases it; after false nobody holds it
    /// and the offerer releases it itself. Groups are offered in order of position. Never waits.
    /// </summary>
    public bool TryOffer(ReadingGroup group)
    {
        lock (_gate)
        {
            Volatile.Write(ref _newest, group.Position);
            if (_first == 0) Volatile.Write(ref _first, group.Position);
            // A group larger than the whole queue is taken when nothing else waits.
            if (_overflowed || (_groups.Count > 0 && (_readings + group.Count > readingsMax || _bytes + group.Bytes > bytesMax)))
            {
                _overflowed = true;
                _arrival.TrySetResult();
                return false;
            }
            var (readings, bytes) = (group.Count, _last?.Bytes ?? 0);
            if (ReadingGroup.Merge(_last, group) is { } behind)
            {
                _groups.Enqueue(behind);
                (_last, bytes) = (behind, 0);
            }
            Volatile.Write(ref _readings, _readings + readings);
            Volatile.Write(ref _bytes, _bytes + _last!.Bytes - bytes);
            if (_readings >= _wanted) _arrival.TrySetResult();
            return true;
        }
    }

    /// <summary>The oldest group, if the batch may take it: a batch that has some already takes it only if it fits.</summary>
    internal bool TryTake(int readingsLeft, bool isFirst, [NotNullWhen(true)] out ReadingGroup? group)
    {
        lock (_gate)
        {
            if (!_groups.TryPeek(out group) || (!isFirst && group.Count > readingsLeft)) return false;
            _groups.Dequeue();
            if (_groups.Count == 0) _last = null;
            Volatile.Write(ref _readings, _readings - group.Count);
            Volatile.Write(ref _bytes, _bytes - group.Bytes);
            return true;
        }
    }

    /// <summary>Completes when at least so many readings wait, or some were refused.</summary>
    internal Task WhenAsync(int readings, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _wanted = readings;
            if (_readings >= readings || _overflowed) return Task.CompletedTask;
            if (_arrival.Task.IsCompleted) _arrival = New();
            return _arrival.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Takes groups again. The ones refused meanwhile are a gap before the next one, which the writer sees by its position.</summary>
    internal void ResumeAfterOverflow() => Volatile.Write(ref _overflowed, false);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

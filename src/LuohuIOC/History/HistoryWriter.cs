using System.Diagnostics.Metrics;
using LuohuIOC.Ingestion;

namespace LuohuIOC.History;

/// <summary>
/// Feeds the store at its own pace: takes what waits in the queue, at most one batch a transaction; reads from the journal what did not
/// wait there. An outage of the store delays, never drops: the same batch is tried again until it is stored.
/// </summary>
public sealed class HistoryWriter : BackgroundService
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(15);

    /// <summary>A store that asks to be left alone for longer is asked again all the same.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>See <see cref="HistoryOptions.FlushIntervalMax"/>.</summary>
    private const int WaitPerTransaction = 20;

    private readonly IReadingHistory _history;
    private readonly HistoryQueue _queue;
    private readonly IJournalReplay _journal;
    private readonly HistoryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<HistoryWriter> _log;
    private readonly HistoryMeter _meter;
    private long _begun;
    private readonly List<ReadingGroup> _batch = [];
    private int _batchReadings;
    private long _oldestWaitingMs;
    private TimeSpan _lastTransaction;
    private volatile string? _fault;
    private volatile bool _opened;

    public HistoryWriter(
        IReadingHistory history, HistoryQueue queue, IJournalReplay journal, HistoryOptions options, TimeProvider time, IMeterFactory meters,
        ILogger<HistoryWriter> log)
    {
        _history = history;
        _queue = queue;
        _journal = journal;
        _options = options;
        _time = time;
        _log = log;
        _meter = new HistoryMeter(
            meters, () => Stored, () => LagGroups, () => Lag.TotalSeconds, () => queue.Readings, () => queue.Bytes);
    }

    /// <summary>The store has everything up to this position; what the journal holds up to it is no longer needed here. Raised by the writer between transactions.</summary>
    public event Action<long>? CursorMoved;

    /// <summary>Why the store takes nothing now, with the remedy; null when it does.</summary>
    public string? Fault => _fault ?? _history.Fault;

    /// <summary>For how long the store has been waited for since this began to open it; null once it was opened and questions are answered.</summary>
    public TimeSpan? Opening => _opened ? null : Volatile.Read(ref _begun) is not 0 and var begun ? _time.GetElapsedTime(begun) : TimeSpan.Zero;

    /// <summary>Journal groups since the first one offered that the store does not have yet, those among them that are still being judged; positions jump at a start.</summary>
    public long LagGroups => _queue.First == 0 ? 0 : Math.Max(0, Math.Max(_queue.Newest, _journal.Newest) - Math.Max(_history.Cursor, _queue.First - 1));

    /// <summary>How long ago the oldest reading of the batch at hand was received; zero when nothing waits.</summary>
    public TimeSpan Lag => Volatile.Read(ref _oldestWaitingMs) is > 0 and var ms
        ? TimeSpan.FromMilliseconds(Math.Max(0, _time.GetUtcNow().ToUnixTimeMilliseconds() - ms))
        : TimeSpan.Zero;

    private long Stored => _history.Readings;

    /// <summary>Ends the loop, then stores what still waits in memory.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (ExecuteTask is null or { IsCompleted: true }) await DrainAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Volatile.Write(ref _begun, _time.GetTimestamp());
        await InsistAsync(() => _history.OpenAsync(stoppingToken), stoppingToken);
        _opened = true;
        TellCursor();
        await CatchUpAsync(long.MaxValue, stoppingToken);
        while (true)
        {
            await _queue.WhenAsync(1, stoppingToken);
            if (!_queue.Overflowed) await WaitForCompanyAsync(stoppingToken);
            await StoreQueuedAsync(stoppingToken);
            if (!_queue.Overflowed || _queue.Readings > 0) continue;
            // What the journal gains while it is read is in the gap before the first group that the queue takes again.
            _queue.ResumeAfterOverflow();
            await CatchUpAsync(long.MaxValue, stoppingToken);
        }
    }

    /// <summary>Shares the price of a transaction among the readings of an interval, unless a whole batch is there sooner.</summary>
    private async Task WaitForCompanyAsync(CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var interval = Task.Delay(Interval(), _time, enough.Token);
        await Task.WhenAny(interval, _queue.WhenAsync(_options.BatchReadings, enough.Token));
        await enough.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private TimeSpan Interval()
    {
        var fair = _lastTransaction * WaitPerTransaction;
        return fair < _options.FlushInterval ? _options.FlushInterval : fair > _options.FlushIntervalMax ? _options.FlushIntervalMax : fair;
    }

    private async Task StoreQueuedAsync(CancellationToken cancellationToken)
    {
        while (_queue.TryTake(_options.BatchReadings - _batchReadings, isFirst: _batch.Count == 0, out var group))
        {
            var previous = _batch.Count > 0 ? _batch[^1].Position : _history.Cursor;
            if (group.FirstPosition > previous + 1)
            {
                await StoreBatchAsync(cancellationToken);
                await CatchUpAsync(group.FirstPosition, cancellationToken);
            }
            // What was read from the journal while it was merged.
            else if (group.FirstPosition <= previous && group.Position > previous) group.DropThrough(previous);
            Take(group);
        }
        await StoreBatchAsync(cancellationToken);
    }

    /// <summary>Stores from the journal what lies behind the cursor and before a position.</summary>
    private async Task CatchUpAsync(long before, CancellationToken cancellationToken)
    {
        await foreach (var group in _journal.ReadAsync(_history.Cursor, before, cancellationToken))
        {
            Take(group);
            if (_batchReadings >= _options.BatchReadings) await StoreBatchAsync(cancellationToken);
        }
        await StoreBatchAsync(cancellationToken);
    }

    private void Take(ReadingGroup group)
    {
        _batch.Add(group);
        _batchReadings += group.Count;
        if (_oldestWaitingMs == 0 && group.Count > 0) Volatile.Write(ref _oldestWaitingMs, group.ReceivedTimes[0]);
    }

    private async Task StoreBatchAsync(CancellationToken cancellationToken)
    {
        if (_batch.Count == 0) return;
        await InsistAsync(() => StoreOnceAsync(cancellationToken), cancellationToken);
        ForgetBatch();
        TellCursor();
    }

    private async ValueTask StoreOnceAsync(CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        var followed = _batch.SelectMany(g => g.Traces ?? []).Select(t => t.Stage("history")).ToList();
        try
        {
            await _history.AppendAsync(_batch, cancellationToken);
        }
        finally
        {
            foreach (var stage in followed) stage?.Dispose();
        }
        _lastTransaction = _time.GetElapsedTime(begun);
        _meter.Stored(_lastTransaction);
    }

    /// <summary>Tries until it works, ever more slowly; says so once when it stops working and once when it works again.</summary>
    private async Task InsistAsync(Func<ValueTask> attempt, CancellationToken cancellationToken)
    {
        for (var delay = FirstRetry; ; delay = delay * 2 < LongestRetry ? delay * 2 : LongestRetry)
        {
            var pause = TimeSpan.Zero;
            try
            {
                await attempt();
                if (_fault is not null) _log.LogWarning("History stores again.");
                _fault = null;
                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Anything else than an unavailable store is a defect. Trying again is still better than ending the host, and with it ingestion.
                _meter.Failed();
                if (e.Message != _fault) _log.LogError(e is HistoryUnavailableException ? null : e, "History stores nothing for now; readings wait in the journal. {Cause}", e.Message);
                _fault = e.Message;
                if (e is HistoryUnavailableException { RetryAfter: { } asked }) pause = asked < LongestPause ? asked : LongestPause;
            }
            var wait = delay * (0.5 + Random.Shared.NextDouble() / 2);
            await Task.Delay(wait > pause ? wait : pause, _time, cancellationToken);
        }
    }

    // What the journal does with it concerns files: a segment that cannot be deleted now goes with the next move, and storing goes on.
    private void TellCursor()
    {
        try
        {
            CursorMoved?.Invoke(_history.Cursor);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.LogError("The journal could not be shortened, it is tried again: {Cause}", e.Message);
        }
    }

    /// <summary>Stores what waits in memory, once. What fails is in the journal still.</summary>
    private async Task DrainAsync()
    {
        try
        {
            while (_queue.TryTake(int.MaxValue, isFirst: true, out var group))
            {
                var previous = _batch.Count > 0 ? _batch[^1].Position : _history.Cursor;
                if (group.FirstPosition > previous + 1)
                {
                    // Storing it would move the cursor past a gap; it stays in the journal, like all behind it.
                    group.Release();
                    break;
                }
                if (group.FirstPosition <= previous && group.Position > previous) group.DropThrough(previous);
                Take(group);
            }
            if (_fault is not null || _batch.Count == 0) return;
            await _history.AppendAsync(_batch, CancellationToken.None);
            TellCursor();
        }
        catch (Exception e)
        {
            _log.LogWarning(e, "History could not store its last {Readings} readings before the stop; it stores them from the journal at the next start.", _batchReadings);
        }
        finally
        {
            ForgetBatch();
        }
    }

    private void ForgetBatch()
    {
        foreach (var group in _batch) group.Release();
        _batch.Clear();
        _batchReadings = 0;
        Volatile.Write(ref _oldestWaitingMs, 0);
    }
}

using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using LuohuIOC.History;
using LuohuIOC.Ingestion;
using LuohuIOC.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LuohuIOC.Tests.History;

public sealed class HistoryWriterTests : IDisposable
{
    private readonly MemoryHistory _history = new();
    private readonly MemoryJournal _journal = new();
    private readonly CountingLog _log = new();
    private readonly HistoryQueue _queue = new(readingsMax: 20, bytesMax: long.MaxValue);
    private readonly HistoryWriter _writer;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public HistoryWriterTests() => _writer = new HistoryWriter(
        _history, _queue, _journal, new HistoryOptions { BatchReadings = 1_000 }, new EagerClock(), _services.GetRequiredService<IMeterFactory>(), _log);

    [Fact]
    public async Task Stores_what_the_journal_has_and_then_what_is_offered()
    {
        for (var position = 1; position <= 5; position++) _journal.Commit(position);
        await StartAsync();
        await UntilAsync(5);

        for (var position = 6; position <= 9; position++) Assert.True(_queue.TryOffer(_journal.Commit(position)));
        await UntilAsync(9);

        Assert.Equal(Enumerable.Range(1, 9).Select(p => (long)p), _history.Positions);
    }

    [Fact]
    public async Task What_is_safe_on_disk_and_still_being_judged_is_behind_too()
    {
        await StartAsync();
        Assert.True(_queue.TryOffer(_journal.Commit(1)));
        await UntilAsync(1);
        Assert.Equal(0, _writer.LagGroups);

        var judged = _journal.Commit(2);
        Assert.Equal(1, _writer.LagGroups);
        Assert.True(_queue.TryOffer(judged));
        await WaitAsync(() => _writer.LagGroups == 0, "it is stored");
    }

    /// <summary>Whoever waits for the host finds its history; a store that is silent keeps nobody from the rest.</summary>
    [Fact]
    public async Task Is_not_ready_until_the_store_is_open_for_five_seconds_at_most()
    {
        var clock = new FakeClock();
        var openable = new TaskCompletionSource();
        _history.Openable = openable.Task;
        using var writer = new HistoryWriter(_history, _queue, _journal, new HistoryOptions(), clock, _services.GetRequiredService<IMeterFactory>(), _log);
        async Task<HealthStatus> LookAsync() => (await new HistoryHealth(writer, new HistoryScope(false)).CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status;
        await writer.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HealthStatus.Unhealthy, await LookAsync());

        // The writer begins on another thread, and its patience with it.
        await WaitAsync(
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(6));
                return LookAsync().Result == HealthStatus.Degraded;
            },
            "patience to end");

        openable.SetResult();
        await WaitAsync(() => writer.Opening is null, "the store is open");
        Assert.Equal(HealthStatus.Healthy, await LookAsync());
        // Closed after a deletion that failed: no reading has come that the writer could not store.
        _history.Fault = "The disk is full: make room.";
        Assert.Equal(HealthStatus.Degraded, await LookAsync());
        _history.Fault = null;
        await writer.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Fills_the_gap_that_a_full_queue_left()
    {
        await StartAsync();
        _history.Fault = "away";
        Assert.True(_queue.TryOffer(_journal.Commit(1)));
        await WaitAsync(() => _history.Attempts > 0, "the writer has met it");
        for (var position = 2; position <= 60; position++)
        {
            var group = _journal.Commit(position);
            if (!_queue.TryOffer(group)) group.Release();
        }
        Assert.True(_queue.Overflowed);
        _history.Fault = null;
        await UntilAsync(60);

        Assert.Equal(Enumerable.Range(1, 60).Select(p => (long)p), _history.Positions);
        Assert.False(_queue.Overflowed);
    }

    /// <summary>The journal is read while the queue goes on taking and merging.</summary>
    [Fact]
    public async Task Takes_of_merged_groups_what_the_journal_has_not_given_yet()
    {
        for (var position = 1; position <= 5; position++) Assert.True(_queue.TryOffer(_journal.Commit(position)));
        for (var position = 6; position <= 9; position++) Assert.True(_queue.TryOffer(MemoryJournal.Group(position)));
        await StartAsync();
        await UntilAsync(9);

        Assert.Equal(Enumerable.Range(1, 9).Select(p => (long)p), _history.Positions);
    }

    [Fact]
    public async Task Tries_again_until_the_store_is_back_and_says_so_once()
    {
        await StartAsync();
        _history.Fault = "disk full";
        Assert.True(_queue.TryOffer(_journal.Commit(1)));
        await WaitAsync(() => _history.Attempts > 20, "the writer tries again");
        Assert.Equal("disk full", _writer.Fault);
        _history.Fault = null;
        await UntilAsync(1);

        await WaitAsync(() => _writer.Fault is null, "the writer knows that the store is back");
        Assert.Equal([LogLevel.Error, LogLevel.Warning], _log.Levels);
    }

    [Fact]
    public async Task A_stop_stores_what_waits()
    {
        await StartAsync();
        await WaitAsync(() => _history.Opened, "the writer has begun");
        await _history.BlockAsync(async () =>
        {
            for (var position = 1; position <= 10; position++) Assert.True(_queue.TryOffer(_journal.Commit(position)));
            await Task.CompletedTask;
        });

        await _writer.StopAsync(CancellationToken.None);

        Assert.Equal(Enumerable.Range(1, 10).Select(p => (long)p), _history.Positions);
        Assert.Equal(0, _queue.Readings);
    }

    [Fact]
    public async Task A_stop_leaves_what_lies_behind_a_gap_in_the_journal()
    {
        await _writer.StartAsync(new CancellationToken(canceled: true));
        Assert.True(_queue.TryOffer(_journal.Commit(7)));
        await _writer.StopAsync(CancellationToken.None);

        Assert.Empty(_history.Positions);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _services.Dispose();
    }

    private Task StartAsync() => _writer.StartAsync(TestContext.Current.CancellationToken);

    private Task UntilAsync(long position) => WaitAsync(() => _history.Cursor >= position, $"the cursor reaches {position}");

    private static async Task WaitAsync(Func<bool> condition, string what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, $"30 s passed before {what}.");
            await Task.Yield();
        }
    }

    private sealed class MemoryHistory : IReadingHistory
    {
        private readonly SemaphoreSlim _gate = new(1, 1);
        private long _cursor;

        public List<long> Positions { get; } = [];

        public string? Fault { get; set; }

        public int Attempts { get; private set; }

        public long Cursor => Volatile.Read(ref _cursor);

        public bool Opened { get; private set; }

        public Task Openable { get; set; } = Task.CompletedTask;

        public async ValueTask OpenAsync(CancellationToken cancellationToken)
        {
            await Openable.WaitAsync(cancellationToken);
            Opened = true;
        }

        public async ValueTask AppendAsync(IReadOnlyList<ReadingGroup> groups, CancellationToken cancellationToken)
        {
            Attempts++;
            await _gate.WaitAsync(cancellationToken);
            _gate.Release();
            if (Fault is { } fault) throw new HistoryUnavailableException(fault);
            foreach (var group in groups.Where(g => g.Position > _cursor))
            {
                Assert.NotNull(group.Sensors);
                // Whatever was merged: readings tell the group that they came with.
                Positions.AddRange(group.Sequences[..group.Count].Distinct());
                Volatile.Write(ref _cursor, group.Position);
            }
        }

        /// <summary>Appends wait while the action runs.</summary>
        public async Task BlockAsync(Func<Task> action)
        {
            await _gate.WaitAsync(TestContext.Current.CancellationToken);
            await action();
            _gate.Release();
        }

        public long Readings => Positions.Count;

        public Task<long> CountAsync(CancellationToken cancellationToken) => Task.FromResult(Readings);

        public IAsyncEnumerable<StoredReading> ReadAsync(int sensor, long fromMs, long toMs, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }

    /// <summary>Two readings a group.</summary>
    private sealed class MemoryJournal : IJournalReplay
    {
        private readonly Lock _gate = new();
        private long _newest;

        public long Newest => Volatile.Read(ref _newest);

        public ReadingGroup Commit(long position)
        {
            lock (_gate) _newest = position;
            return Group(position);
        }

        public async IAsyncEnumerable<ReadingGroup> ReadAsync(long afterPosition, long beforePosition, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            long newest;
            lock (_gate) newest = _newest;
            for (var position = afterPosition + 1; position <= newest && position < beforePosition; position++) yield return Group(position);
        }

        public static ReadingGroup Group(long position) => HistoryScene.Group(position, [new SomeReading(0, position, position), new SomeReading(1, position, position)]);
    }

    private sealed class CountingLog : ILogger<HistoryWriter>
    {
        public List<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Levels.Add(logLevel);
    }
}

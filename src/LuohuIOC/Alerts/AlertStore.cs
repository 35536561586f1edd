using System.Collections.Concurrent;
using System.Text.Json;
using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Alerts;

/// <summary>One step of one rule's watch at one sensor, to be stored whole.</summary>
/// <param name="SensorId">The sensor.</param>
/// <param name="Watch">After the step.</param>
/// <param name="Events">What happened, possibly nothing but that a change was seen.</param>
/// <param name="Alert">The alert after the events (closed ones too), null without events.</param>
public sealed record AlertSave(string SensorId, RuleWatch Watch, IReadOnlyList<AlertEvent> Events, Alert? Alert);

/// <summary>Who brings steps that follow from each other: when one is refused, those that come after it are built on nothing, and are refused too.</summary>
public sealed class AlertAuthor
{
    internal Exception? Refused { get; set; }
}

/// <summary>The store will never take this transition: the file is damaged or an invariant is broken. Trying again is of no use.</summary>
public sealed class AlertNotStoredException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Makes transitions durable: callers queue and wait, one writer commits what has come together in one transaction, one fsync for all.
/// A disk that refuses for now (full, locked, failing) is asked again with growing pauses, in order, for as long as it takes; the queue
/// is bounded, callers wait when it is full.
/// </summary>
public sealed class AlertStore(
    AlertDatabase database, AlertMeters meters, IOptions<AlertOptions> options, TimeProvider time, ILogger<AlertStore> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan AskAgainMax = TimeSpan.FromSeconds(1);

    private readonly Channel<Append> _queue = Channel.CreateBounded<Append>(
        new BoundedChannelOptions(options.Value.QueueMax) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    // Queued and not yet on disk: a sensor's grain that is activated again must not read an older state than it had.
    private readonly ConcurrentDictionary<(string Sensor, string Rule), RuleWatch> _unsaved = new();

    // Sensors of which the file has anything; null before the start, and when other hosts write too. Most have nothing, and their first alert need not wait for a query.
    private ConcurrentDictionary<string, bool>? _known;
    private readonly CancellationTokenSource _giveUp = new();

    // In a flood thousands of grains wait for a ledger that is away.
    private readonly SemaphoreSlim _asking = new(4);
    private AlertCommit? _commit;
    private volatile bool _refused;
    private Task _writer = Task.CompletedTask;

    /// <summary>Before the silo starts, so that no grain waits for a writer.</summary>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!database.IsShared) _known = KnownSensors();
        // A thread of its own: it spends its life in fsync, which must not hold one of the pool's few threads.
        _writer = Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return Task.CompletedTask;
    }

    /// <summary>
    /// After the silo has stopped: stores what is queued, then ends. When the host's patience runs out the rest is given up; the journal's
    /// replay brings it again.
    /// </summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        await using var giveUp = cancellationToken.Register(_giveUp.Cancel);
        await _writer;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Completes when all steps are on disk, together with what other callers brought. Throws <see cref="AlertNotStoredException"/>.</summary>
    /// <param name="saves">In order.</param>
    /// <param name="author">Whose steps they are; null when they stand alone.</param>
    public async Task AppendAsync(IReadOnlyList<AlertSave> saves, AlertAuthor? author = null)
    {
        foreach (var save in saves)
        {
            _unsaved[(save.SensorId, save.Watch.Rule)] = save.Watch;
            _known?.TryAdd(save.SensorId, true);
        }
        var append = new Append(saves, author);
        try
        {
            await _queue.Writer.WriteAsync(append);
        }
        catch (ChannelClosedException e)
        {
            throw new AlertNotStoredException("The alert store has been stopped.", e);
        }
        await append.Stored.Task;
    }

    /// <summary>
    /// Completes when what was queued before is on disk: whoever was shown an alert and asks for it at once finds it. A disk that is slow, for longer than
    /// <see cref="AlertOptions.ReadPatience"/>, or takes nothing keeps no reader from what it has.
    /// </summary>
    public async Task SettledAsync(CancellationToken cancellationToken)
    {
        if (_unsaved.IsEmpty || _refused) return;
        var behind = new Append([], null);
        if (!_queue.Writer.TryWrite(behind)) return;
        // However it ends, the reader gets what is there.
        await behind.Stored.Task.WaitAsync(options.Value.ReadPatience, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>All that is known of a sensor's rules, with their open alerts.</summary>
    public async ValueTask<KnownAlerts> LoadAsync(string sensorId)
    {
        if (_known?.ContainsKey(sensorId) == false) return KnownAlerts.None;
        // Looked at before the database: what is committed while that is asked would be in neither.
        var unsaved = UnsavedOf(sensorId).ToList();
        await using var connection = await database.OpenAsync();
        var open = await AlertQueries.OpenOfAsync(connection, sensorId);
        var stored = (await connection.QueryAsync<string>("SELECT body FROM rule_watch WHERE sensor = @sensorId", new { sensorId }, commandTimeout: AlertQueries.LoadSeconds))
            .Select(body => JsonSerializer.Deserialize(body, AlertJson.Stored.StoredWatch)!);
        return KnownAlerts.Of(open, stored, unsaved);
    }

    /// <summary>As <see cref="LoadAsync"/>, for a grain that has begun without the ledger: asks until it answers, with few questions at a time.</summary>
    public async Task<KnownAlerts> LoadWhenBackAsync(string sensorId, CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            for (var pause = options.Value.RetryFirst; ; pause = pause * 2 < AskAgainMax ? pause * 2 : AskAgainMax)
            {
                try
                {
                    return await LoadAsync(sensorId);
                }
                catch (Exception e) when (AlertDatabase.IsTemporary(e))
                {
                    // Of one outage each of thousands of grains would tell; the writer and the readiness do.
                }
                await Task.Delay(pause, time, cancellationToken);
            }
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>What waits for the ledger of a sensor's rules: all that this host knows of them when the ledger does not answer.</summary>
    public IEnumerable<RuleWatch> UnsavedOf(string sensorId) => _unsaved.Where(entry => entry.Key.Sensor == sensorId).Select(entry => entry.Value);

    private ConcurrentDictionary<string, bool> KnownSensors()
    {
        using var connection = database.Open();
        return new(connection.Query<string>("SELECT DISTINCT sensor FROM rule_watch").Select(sensor => KeyValuePair.Create(sensor, true)), StringComparer.Ordinal);
    }

    private void Write()
    {
        var batch = new List<Append>();
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (batch.Count < options.Value.CommitMax && _queue.Reader.TryRead(out var append)) batch.Add(append);
            Commit(batch);
            batch.Clear();
        }
        _commit?.Dispose();
    }

    private void Commit(IReadOnlyList<Append> batch)
    {
        foreach (var append in batch)
            if (append.Author?.Refused is { } refused) Finish(append, refused);
        batch = [.. batch.Where(append => append.Author?.Refused is null)];
        for (var pause = options.Value.RetryFirst; ;)
        {
            try
            {
                _commit ??= new AlertCommit(database);
                _commit.Write(batch.SelectMany(append => append.Saves));
                _refused = false;
                foreach (var append in batch) Finish(append, null);
                return;
            }
            catch (Exception e)
            {
                // What Npgsql says of a connection that broke between two commands is no fault of the database's by its type.
                var isTemporary = AlertDatabase.IsTemporary(e) || _commit is { IsConnected: false };
                _commit?.Dispose();
                _commit = null;
                if (!isTemporary || !Pause(e, pause))
                {
                    Separate(batch, e);
                    return;
                }
                pause = pause * 2 < options.Value.RetryMax ? pause * 2 : options.Value.RetryMax;
            }
        }
    }

    /// <summary>One transition that can never be stored must not take its neighbours with it.</summary>
    private void Separate(IReadOnlyList<Append> batch, Exception e)
    {
        if (batch.Count > 1)
        {
            foreach (var append in batch) Commit([append]);
            return;
        }
        if (batch[0].Saves.Count == 0)
        {
            Finish(batch[0], null);
            return;
        }
        var (sensor, rule) = (batch[0].Saves[0].SensorId, batch[0].Saves[0].Watch.Rule);
        logger.LogCritical(e, "Alert of sensor {Sensor}, rule {Rule} cannot be stored: {Reason}", sensor, rule, e.Message);
        var refusal = new AlertNotStoredException($"Alert of sensor {sensor}, rule {rule} cannot be stored: {e.Message}", e);
        if (batch[0].Author is { } author) author.Refused = refusal;
        Finish(batch[0], refusal);
    }

    private bool Pause(Exception e, TimeSpan pause)
    {
        _refused = true;
        meters.Failure();
        logger.LogError("Alerts cannot be written ({Reason}); they stay in memory and on the wall. Next attempt in {Pause}.", e.Message, pause);
        try
        {
            Task.Delay(pause, time, _giveUp.Token).GetAwaiter().GetResult();
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void Finish(Append append, Exception? failure)
    {
        foreach (var save in append.Saves) _unsaved.TryRemove(new((save.SensorId, save.Watch.Rule), save.Watch));
        if (failure is null) append.Stored.SetResult();
        else append.Stored.SetException(failure);
    }

    private sealed record Append(IReadOnlyList<AlertSave> Saves, AlertAuthor? Author)
    {
        public TaskCompletionSource Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

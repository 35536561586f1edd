using System.Runtime.CompilerServices;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Registry;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.History.Influx;

/// <summary>
/// History in InfluxDB: a measurement for each kind of sensor, a series for each sensor, a point for each reading (<see cref="PointTime"/>).
/// Points that are written again replace themselves, so the cursor (<see cref="SinkFile"/>) follows the readings: after a crash or a
/// failure in the middle some are written twice, none is stored twice and none is passed over. Memory: two batches of groups at most
/// (<see cref="JournalReplay"/>), and lines of <see cref="InfluxOptions.ParallelWrites"/> + 1 requests.
/// </summary>
public sealed class InfluxHistory : IReadingHistory, IAsyncDisposable
{
    private const int SmallestWrite = 200;

    private readonly InfluxOptions _options;
    private readonly string _path;
    private readonly Func<int, Sensor> _find;
    private readonly Func<Rejection, Task> _reject;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly HttpClient _http;
    private readonly PointReader _points;
    private readonly SemaphoreSlim _writing = new(1, 1);

    // The writer's own, under _writing.
    private readonly LineEncoder _encoder;
    private readonly AheadPlaces _ahead;
    private readonly RefusedLines _lines;
    private readonly Lane[] _lanes;
    private SinkFile? _file;
    private bool _hasDatabase;
    private int _linesPerWrite;

    // Read by anyone.
    private long _cursor;
    private long _readings;
    private long _newestMs = long.MinValue;

    /// <param name="dataDirectory">Folder of <c>influx.db</c>.</param>
    /// <param name="options">Where the store is.</param>
    /// <param name="http">Connections; disposed with this.</param>
    /// <param name="find">The registry's row of a sensor number.</param>
    /// <param name="reject">Keeps a reading that the store will never take.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Where refusals are told.</param>
    public InfluxHistory(
        string dataDirectory, InfluxOptions options, HttpClient http, Func<int, Sensor> find, Func<Rejection, Task> reject, TimeProvider time,
        ILogger<InfluxHistory> log)
    {
        _path = Path.GetFullPath(Path.Combine(dataDirectory, "influx.db"));
        (_options, _http, _find, _reject, _time, _log) = (options, http, find, reject, time, log);
        Client = new InfluxClient(options, http, time);
        _points = new PointReader(Client);
        _encoder = new LineEncoder(find);
        _ahead = new AheadPlaces(Client, find);
        _lines = new RefusedLines(Client);
        _lanes = [.. Enumerable.Range(0, options.ParallelWrites + 1).Select(_ => new Lane())];
        _linesPerWrite = options.LinesPerWrite;
    }

    public long Cursor => Volatile.Read(ref _cursor);

    public long Readings => Volatile.Read(ref _readings);

    /// <summary>Newest time of what this run has written, Unix ms: a device's own, or where there is none the host's, that of a receipt; null as long as nothing was written.</summary>
    internal long? NewestMs => Volatile.Read(ref _newestMs) is var newestMs && newestMs != long.MinValue ? newestMs : null;

    internal InfluxClient Client { get; }

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await ReadyAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async ValueTask AppendAsync(IReadOnlyList<ReadingGroup> groups, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var file = await ReadyAsync(cancellationToken);
            var cursor = groups.Aggregate(file.Cursor, (newest, group) => Math.Max(newest, group.Position));
            if (cursor == file.Cursor) return;
            await _ahead.PlaceAsync(groups, file.Cursor, cancellationToken);
            var (written, refused) = await WriteAsync(groups, file.Cursor, cancellationToken);
            foreach (var rejection in refused) await _reject(rejection);
            file.Save(cursor, file.Readings + written - refused.Count);
            Volatile.Write(ref _newestMs, _ahead.Newest is { OfDeviceMs: > long.MinValue and var ofDeviceMs } ? ofDeviceMs : _ahead.Newest.OfHostMs);
            _linesPerWrite = Math.Min(_linesPerWrite * 2, _options.LinesPerWrite);
            Publish(file);
        }
        catch (StoreTooSlowException e)
        {
            _linesPerWrite = Math.Max(_linesPerWrite / 2, Math.Min(SmallestWrite, _options.LinesPerWrite));
            throw new HistoryUnavailableException(e.Message, e);
        }
        catch (HistoryUnavailableException)
        {
            // Perhaps the database was dropped: it is made again before the next attempt.
            _hasDatabase = false;
            throw;
        }
        catch (SqliteException e)
        {
            throw Unavailable(e);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async Task<long> CountAsync(CancellationToken cancellationToken) =>
        await CountAsync([], long.MinValue, long.MaxValue, cancellationToken);

    public async IAsyncEnumerable<StoredReading> ReadAsync(
        int sensor, long fromMs, long toMs, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var row = _find(sensor);
        var all = Enumerable.Range(0, row.Layout.Names.Count).ToList();
        await foreach (var point in _points.ReadAsync(row, all, PointTime.OfMs(fromMs), PointTime.OfMs(toMs), Queries.QualityFilter.All, hasValue: false, cancellationToken))
            yield return new StoredReading(point.TimeMs, point.Sequence, point.Mark, point.Values);
    }

    /// <summary>Counts readings of a range of time, of some sensors or, when none is given, of all.</summary>
    internal async Task<long> CountAsync(IReadOnlyList<Sensor> sensors, long fromMs, long toMs, CancellationToken cancellationToken)
    {
        var measurements = string.Join(',', sensors.Count == 0 ? KindCatalogue.All.Select(k => InfluxQl.Name(k.Name)) : sensors.Select(InfluxQl.Measurement).Distinct());
        var only = sensors.Count == 0 ? "" : $" AND ({string.Join(" OR ", sensors.Select(InfluxQl.IsSensor))})";
        var answers = await Client.QueryAsync(
            $"SELECT count({InfluxQl.Name(PointFields.Quality)}) FROM {measurements} WHERE {InfluxQl.InRange(PointTime.OfMs(fromMs), PointTime.OfMs(toMs))}{only}", cancellationToken);
        return answers[0].Sum(series => series.Rows[0][1].GetInt64());
    }

    /// <summary>Forgets what is remembered of readings before a time.</summary>
    internal async Task ForgetAheadAsync(long beforeNs, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            _file?.ForgetAhead(beforeNs);
        }
        finally
        {
            _writing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync();
        _file?.Dispose();
        _file = null;
        _http.Dispose();
        _writing.Release();
    }

    private async Task<SinkFile> ReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_file is null)
            {
                _file = new SinkFile(_path, _options.Target);
                _ahead.Load(_file);
                Publish(_file);
            }
        }
        catch (Exception e) when (e is SqliteException or IOException)
        {
            throw Unavailable(e);
        }
        if (!_hasDatabase) await Client.EnsureDatabaseAsync(cancellationToken);
        _hasDatabase = true;
        return _file;
    }

    private void Publish(SinkFile file)
    {
        Volatile.Write(ref _cursor, file.Cursor);
        Volatile.Write(ref _readings, file.Readings);
    }

    /// <summary>Writes the groups behind a cursor, several requests at once; returns when all are answered.</summary>
    private async Task<(long Written, List<Rejection> Refused)> WriteAsync(IReadOnlyList<ReadingGroup> groups, long after, CancellationToken cancellationToken)
    {
        var refused = new List<Rejection>();
        var written = 0L;
        var turn = 0;
        try
        {
            foreach (var group in groups)
            {
                if (group.Position <= after) continue;
                written += group.Count;
                for (var i = 0; i < group.Count; i++)
                {
                    var lane = _lanes[turn];
                    _encoder.Add(lane.Batch, group, i, _ahead.TimeOf(group, i));
                    if (lane.Batch.Count < _linesPerWrite) continue;
                    lane.Begin(_lines, cancellationToken);
                    turn = (turn + 1) % _lanes.Length;
                    await EndAsync(_lanes[turn], refused);
                }
            }
            _lanes[turn].Begin(_lines, cancellationToken);
            foreach (var lane in _lanes) await EndAsync(lane, refused);
            return (written, refused);
        }
        finally
        {
            // After a failure the others still use their lines.
            foreach (var lane in _lanes)
            {
                await ((Task)lane.Writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                lane.Reset();
            }
        }
    }

    private async Task EndAsync(Lane lane, List<Rejection> refused)
    {
        var lines = await lane.Writing;
        if (lines.Count > 0)
        {
            _log.LogWarning("InfluxDB refuses {Lines} readings for good, they are kept as rejections. {Cause}", lines.Count, lines[0].Message);
            refused.AddRange(lines.Select(RejectionOf));
        }
        lane.Reset();
    }

    private Rejection RejectionOf(RefusedLine refused)
    {
        var (sensor, text) = (refused.Batch.SensorOf(refused.Line), refused.Batch[refused.Line]);
        return new Rejection(
            _time.GetUtcNow().ToUnixTimeMilliseconds(), sensor.Gateway, "", RejectionReason.StoreRefused, sensor.Id, -1, "", text.Length,
            text.Span[..Math.Min(text.Length, Rejection.FirstBytesMax)].ToArray());
    }

    private HistoryUnavailableException Unavailable(Exception e) => new(
        $"{_path}: the sink's cursor cannot be kept ({e.Message}). Make room or restore the file; without it, what the journal still has is written again, and nothing is stored twice.", e);

    /// <summary>Lines of one request and the request.</summary>
    private sealed class Lane
    {
        private static readonly Task<IReadOnlyList<RefusedLine>> Nothing = Task.FromResult<IReadOnlyList<RefusedLine>>([]);

        public LineBatch Batch { get; } = new();

        public Task<IReadOnlyList<RefusedLine>> Writing { get; private set; } = Nothing;

        /// <summary>Compresses and posts beside the encoder.</summary>
        public void Begin(RefusedLines lines, CancellationToken cancellationToken) =>
            Writing = Batch.Count == 0 ? Nothing : Task.Run(() => lines.WriteAsync(Batch, cancellationToken), CancellationToken.None);

        public void Reset()
        {
            Batch.Clear();
            Writing = Nothing;
        }
    }
}

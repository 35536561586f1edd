using System.Threading.Channels;
using LuohuIOC.DeviceProtocol;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Ingestion.Journal;

/// <summary>
/// The write-ahead journal: publishes are appended to an open group, one writer thread makes group after group durable with one
/// write and one fsync each, and only then do the group's publishers learn of it and its readings travel on. A full disk or a
/// failing one stops the acknowledgements, not the program: the same group is tried again until it is written.
/// </summary>
/// <remarks>Arithmetic: 60,000 messages/s of 150 bytes in groups of some hundred are 9 MB/s and a few hundred fsyncs/s.</remarks>
public sealed class PublishJournal : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly JournalOptions _options;
    private readonly ILogger<PublishJournal> _log;
    private readonly TimeProvider _time;
    private readonly SegmentFiles _segments;
    private readonly SemaphoreSlim _work = new(0);
    private readonly Lock _gate = new();
    private readonly Channel<ReadingGroup> _committed = Channel.CreateUnbounded<ReadingGroup>(new() { SingleReader = true, SingleWriter = true });
    private readonly Dictionary<long, byte[]> _marks = [];

    // Guarded by _gate: who appends holds it for a memory copy, the writer for a swap.
    private OpenGroup _open = new();
    private List<(JournalRecordKind Kind, long Position, ReadOnlyMemory<byte> Body)> _notes = [];
    private bool _signalled;
    private bool _stopping;

    // The writer thread's own.
    private OpenGroup _spare = new();
    private List<(JournalRecordKind Kind, long Position, ReadOnlyMemory<byte> Body)> _records = [];

    private Thread? _writer;
    private readonly JournalHold _hold = new();
    private long _backlogReadings;
    private long _position;
    private long _sensingCursor;

    public PublishJournal(IOptions<JournalOptions> options, IConfiguration configuration, TimeProvider time, ILogger<PublishJournal> log)
    {
        _options = options.Value;
        _log = log;
        _time = time;
        _segments = new SegmentFiles(Path.Combine(configuration["DataDirectory"] ?? "data", "journal"), _options.SegmentBytes);
    }

    /// <summary>Durable groups in order of position; Sensing is the one reader.</summary>
    public ChannelReader<ReadingGroup> Committed => _committed.Reader;

    /// <summary>Position of the newest durable group.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>Position of the last group from before the start; those behind it come by <see cref="Committed"/>.</summary>
    public long Recovered { get; private set; }

    /// <summary>Up to here Sensing has saved its states; set at <see cref="Open"/> from the files.</summary>
    public long SensingCursor => Volatile.Read(ref _sensingCursor);

    /// <summary>Bytes on disk.</summary>
    public long Bytes => _segments.Bytes;

    /// <summary>The files, oldest first, with the bytes of each that are durable now.</summary>
    public IReadOnlyList<(string Path, long Bytes)> Segments => _segments.Behind(0);

    /// <summary>Why the last write failed; null when it did not.</summary>
    public string? Fault { get; private set; }

    /// <summary>Groups committed, for the mean size of a group.</summary>
    public long Commits { get; private set; }

    /// <summary>True when publishers must wait: sensors or history are too far behind.</summary>
    public bool IsFull => Volatile.Read(ref _backlogReadings) > _options.BacklogReadingsMax || _tooDeep;

    public long BacklogReadings => Volatile.Read(ref _backlogReadings);

    private bool _tooDeep;

    /// <summary>
    /// Reads what is there, shows its publishes to <paramref name="seen"/> and starts the writer. Positions begin at the clock's microseconds, so that they
    /// grow even when the folder was lost.
    /// </summary>
    public void Open(PublishVisitor? seen = null)
    {
        var last = _time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
        var damaged = _segments.Open((kind, position, body) =>
        {
            if (kind == JournalRecordKind.Group)
            {
                last = Math.Max(last, position);
                while (seen is not null && PublishFrame.TryTake(ref body, out var publish)) seen(publish);
            }
            else if (kind == JournalRecordKind.Marks) _marks[position] = body.ToArray();
            else _sensingCursor = Math.Max(_sensingCursor, position);
            return true;
        });
        foreach (var line in damaged) _log.LogError("Journal damaged: {Line}", line);
        Recovered = _position = last;
        _writer = new Thread(Write) { Name = "journal", IsBackground = true };
        _writer.Start();
    }

    /// <summary>
    /// Appends one publish with its readings to the open group. The task completes when the group is durable, and is the one
    /// that the acknowledgement waits for. Thread-safe.
    /// </summary>
    public Task Append(
        PayloadForm form, bool whole, long receivedMs, ReadOnlySpan<char> gateway, ReadOnlySpan<char> sensor, ReadOnlySpan<byte> payload, ReadingGroup readings,
        ReadingTrace? trace = null)
    {
        lock (_gate)
        {
            PublishFrame.Write(_open.Frames, form, whole ? PublishShare.Whole : PublishShare.Part, receivedMs, gateway, sensor, payload);
            _open.Readings.Append(readings);
            if (trace is not null) _open.Readings.Follow(trace, _open.Readings.Count - readings.Count);
            Interlocked.Add(ref _backlogReadings, readings.Count);
            Signal();
            return _open.Durable.Task;
        }
    }

    /// <summary>Appends a publish that gives no readings until the rest of its message comes.</summary>
    public Task AppendHeld(PayloadForm form, long receivedMs, ReadOnlySpan<char> gateway, ReadOnlySpan<char> sensor, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            PublishFrame.Write(_open.Frames, form, PublishShare.Held, receivedMs, gateway, sensor, payload);
            Signal();
            return _open.Durable.Task;
        }
    }

    /// <summary>The commit to wait for before more is appended, when the open group is at its limit; null when there is room.</summary>
    public Task? WaitForRoom()
    {
        // A look without the lock first: every publish comes by here, and nearly always there is room.
        if (_open.Frames.WrittenCount <= _options.GroupBytesMax) return null;
        lock (_gate) return _open.Frames.WrittenCount > _options.GroupBytesMax ? _open.Durable.Task : null;
    }

    /// <summary>A group from before the start is on its way to the sensors again: it counts in the backlog.</summary>
    public void Replayed(ReadingGroup group) => Interlocked.Add(ref _backlogReadings, group.Count);

    /// <summary>Sensing is done with a group: its room in the backlog is free. Marks that are not all good become durable with the next commit.</summary>
    public void Sensed(ReadingGroup group)
    {
        Interlocked.Add(ref _backlogReadings, -group.Count);
        if (MarksCodec.Encode(group) is not { } marks) return;
        lock (_gate)
        {
            _marks[group.Position] = marks;
            _notes.Add((JournalRecordKind.Marks, group.Position, marks));
            Signal();
        }
    }

    /// <summary>Sensing has saved all states up to this position. Completes when the cursor, and all marks before it, are durable.</summary>
    public Task SaveSensingCursor(long position)
    {
        if (_hold.Keep(position)) return Task.CompletedTask;
        lock (_gate)
        {
            _notes.Add((JournalRecordKind.SensingCursor, position, ReadOnlyMemory<byte>.Empty));
            Volatile.Write(ref _sensingCursor, position);
            Signal();
            return _open.Durable.Task;
        }
    }

    /// <summary>Completes when every publish and every mark given so far is durable.</summary>
    public Task Flush()
    {
        lock (_gate)
        {
            Signal();
            return _open.Durable.Task;
        }
    }

    /// <summary>
    /// Until the hold is disposed the files keep all they have, and the cursor behind which a start judges again does not move: who copies the states
    /// after this and the files last has all that the states lack. For one holder at a time.
    /// </summary>
    public IDisposable Hold() => _hold.Begin(kept =>
    {
        if (kept > SensingCursor) _ = SaveSensingCursor(kept);
    });

    /// <summary>Deletes what both sensing and history have; tells whether the depth limit still holds publishers back.</summary>
    public void Forget(long historyCursor)
    {
        var both = Math.Min(historyCursor, SensingCursor);
        _hold.Unless(() => _segments.Forget(both));
        lock (_gate)
            foreach (var position in _marks.Keys.Where(p => p <= both).ToList()) _marks.Remove(position);
        _tooDeep = Bytes > _options.BytesMax;
    }

    /// <summary>Shows the bodies of durable groups behind <paramref name="after"/> in order, up to the newest one; the visitor ends it with false.</summary>
    public void Read(long after, JournalVisitor visit)
    {
        var goOn = true;
        foreach (var (path, bytes) in _segments.Behind(after))
        {
            if (!goOn) return;
            SegmentReader.Read(path, bytes, (kind, position, body) =>
                kind != JournalRecordKind.Group || position <= after || (goOn = visit(kind, position, body)));
        }
    }

    /// <summary>Marks saved for a group, to be laid over its readings when they are decoded again.</summary>
    public void ApplyMarks(ReadingGroup group)
    {
        byte[]? marks;
        lock (_gate) _marks.TryGetValue(group.Position, out marks);
        if (marks is not null) MarksCodec.Decode(marks, group);
    }

    /// <summary>Writes what is open and stops; later appends are never acknowledged.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_stopping) return;
            _stopping = true;
            Signal();
        }
        _writer?.Join();
        _committed.Writer.TryComplete();
        _segments.Dispose();
    }

    private void Signal()
    {
        if (_signalled) return;
        _signalled = true;
        _work.Release();
    }

    private void Write()
    {
        while (true)
        {
            _work.Wait();
            OpenGroup group;
            bool stopping;
            lock (_gate)
            {
                group = _open;
                _open = _spare;
                (_records, _notes) = (_notes, _records);
                _signalled = false;
                stopping = _stopping;
            }

            // Stopping ends the wait for a disk that will not take the group: it was not acknowledged, so it is not lost.
            if (!Commit(group)) return;
            group.Reset();
            _spare = group;
            _records.Clear();
            if (stopping) return;
        }
    }

    private bool Commit(OpenGroup group)
    {
        var position = _position + 1;
        if (group.Frames.WrittenCount > 0) _records.Add((JournalRecordKind.Group, position, group.Frames.WrittenMemory));
        while (_records.Count > 0)
        {
            try
            {
                _segments.Append(position, _records);
                if (Fault is not null) _log.LogWarning("Journal: writing again after {Fault}", Fault);
                Fault = null;
                break;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (Fault is null) _log.LogError(e, "Journal cannot write: publishes are not acknowledged until it can. {Cause} Free space on its disk if it is full.", e.Message);
                Fault = e.Message;
                if (_stopping) return false;
                Thread.Sleep(RetryAfter);
            }
        }
        if (group.Frames.WrittenCount > 0)
        {
            var readings = group.Readings;
            readings.Position = position;
            // Before anyone else has the group.
            if (readings.Traces is { } traces) foreach (var trace in traces) trace.Committed(position);
            Volatile.Write(ref _position, position);
            Commits++;
            // The sensors first: an alert must not queue behind the acknowledgements.
            _committed.Writer.TryWrite(readings);
            group.Durable.SetResult();
        }
        else
        {
            group.Durable.SetResult();
            group.Readings.Release();
        }
        return true;
    }
}

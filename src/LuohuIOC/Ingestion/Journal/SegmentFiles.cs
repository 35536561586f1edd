using Microsoft.Win32.SafeHandles;

namespace LuohuIOC.Ingestion.Journal;

/// <summary>
/// The journal's segment files in one folder, named by the first position in them. Appends are at the end of the last one;
/// a failed append leaves the end where it was, so that the next one writes over its torn bytes. Behind the end may stand what a
/// recycled file held before: its records carry another segment's seal and are not taken for this one's.
/// </summary>
internal sealed class SegmentFiles : IDisposable
{
    private readonly string _folder;
    private readonly long _segmentBytes;
    private readonly Lock _files = new();
    private readonly List<(long FirstPosition, string Path, long Bytes)> _closed = [];
    private readonly List<ReadOnlyMemory<byte>> _parts = [];
    private byte[] _headers = new byte[16 * JournalRecord.HeaderBytes];
    private readonly SegmentReserve _reserve;
    private SafeFileHandle? _current;
    private long _prepared;
    private uint _seal;
    private long _currentFirst;
    private string _currentPath = "";
    private long _length;

    // A new name is durable only with its folder: until that has been written down nothing in the segment is.
    private bool _isNameDurable = true;

    public SegmentFiles(string folder, long segmentBytes)
    {
        _folder = folder;
        _segmentBytes = segmentBytes;
        Directory.CreateDirectory(folder);
        _reserve = new SegmentReserve(folder, segmentBytes);
    }

    /// <summary>Bytes in all segments.</summary>
    public long Bytes
    {
        get
        {
            lock (_files) return _closed.Sum(s => s.Bytes) + _length;
        }
    }

    /// <summary>
    /// Shows every intact record to <paramref name="visit"/> in order and makes the last segment ready to be appended to. A torn tail
    /// (the crash came in mid-write, so nothing of it was acknowledged) is cut off; damage elsewhere, in the last segment what intact records
    /// follow, is set aside and reported.
    /// </summary>
    /// <returns>A line for people about each damaged file.</returns>
    public List<string> Open(JournalVisitor visit)
    {
        var damaged = new List<string>();
        var paths = Directory.GetFiles(_folder, "*.log").Order(StringComparer.Ordinal).ToArray();
        for (var i = 0; i < paths.Length; i++)
        {
            var size = new FileInfo(paths[i]).Length;
            var intact = SegmentReader.Read(paths[i], long.MaxValue, visit);
            if (intact < size && (i < paths.Length - 1 || SegmentReader.IsFollowed(paths[i], intact)))
            {
                File.Copy(paths[i], paths[i] + ".damaged", overwrite: true);
                damaged.Add($"{paths[i]}: record at byte {intact} of {size} is damaged; a copy is kept as {Path.GetFileName(paths[i])}.damaged.");
            }
            if (intact == 0)
            {
                // Begun, and nothing came: its name must be free for the next segment.
                File.Delete(paths[i]);
                continue;
            }
            if (intact < size) Truncate(paths[i], intact);
            _closed.Add((SegmentReader.FirstOf(paths[i]), paths[i], intact));
        }
        _reserve.Prepare();
        return damaged;
    }

    /// <summary>Writes records (header and body each) and makes them durable. Not thread-safe: the writer's own.</summary>
    /// <param name="nextPosition">Position that the next group has or will have: names the segment if this append begins one.</param>
    /// <param name="records">Kind, position and body of each.</param>
    public void Append(long nextPosition, List<(JournalRecordKind Kind, long Position, ReadOnlyMemory<byte> Body)> records)
    {
        // A segment that has outgrown its prepared blocks ends early when there are fresh ones. One without a group yet has the name that the next one would have.
        var mayEnd = nextPosition != _currentFirst;
        if (_current is null || (mayEnd && (_length >= _segmentBytes || (_length >= _prepared && _length > 0 && _reserve.IsReady)))) Roll(nextPosition);
        if (!_isNameDurable)
        {
            FileSync.FlushFolder(_folder);
            _isNameDurable = true;
        }
        if (_headers.Length < records.Count * JournalRecord.HeaderBytes) _headers = new byte[records.Count * JournalRecord.HeaderBytes * 2];
        _parts.Clear();
        var bytes = 0L;
        for (var i = 0; i < records.Count; i++)
        {
            var header = _headers.AsMemory(i * JournalRecord.HeaderBytes, JournalRecord.HeaderBytes);
            JournalRecord.WriteHeader(header.Span, records[i].Kind, records[i].Position, _seal, records[i].Body.Span);
            _parts.Add(header);
            _parts.Add(records[i].Body);
            bytes += header.Length + records[i].Body.Length;
        }
        RandomAccess.Write(_current!, _parts, _length);
        FileSync.FlushData(_current!);
        lock (_files) _length += bytes;
    }

    /// <summary>Deletes segments that hold nothing behind <paramref name="position"/>, never the last one.</summary>
    public void Forget(long position)
    {
        lock (_files)
        {
            while (_closed.Count > 0)
            {
                var next = _closed.Count > 1 ? _closed[1].FirstPosition : _current is null ? long.MaxValue : _currentFirst;
                if (next > position || next == long.MaxValue) return;
                _reserve.Retire(_closed[0].Path);
                _closed.RemoveAt(0);
            }
        }
    }

    /// <summary>The files that may hold positions behind <paramref name="after"/>, with the length that is durable now.</summary>
    public List<(string Path, long Bytes)> Behind(long after)
    {
        lock (_files)
        {
            var all = _closed.ToList();
            if (_current is not null) all.Add((_currentFirst, _currentPath, _length));
            var first = all.FindLastIndex(s => s.FirstPosition <= after + 1);
            return [.. all.Skip(Math.Max(0, first)).Select(s => (s.Path, s.Bytes))];
        }
    }

    public void Dispose()
    {
        if (_current is not null)
        {
            RandomAccess.SetLength(_current, _length);
            _current.Dispose();
        }
        _reserve.Dispose();
    }

    private void Roll(long firstPosition)
    {
        var path = Path.Combine(_folder, $"{firstPosition:D20}.log");
        // A closed segment ends with its last record, so that anything behind it is damage. Before the new file: when this fails all is as it was.
        if (_current is not null) RandomAccess.SetLength(_current, _length);
        var (handle, prepared) = _reserve.Begin(path);
        lock (_files)
        {
            if (_current is not null)
            {
                _current.Dispose();
                _closed.Add((_currentFirst, _currentPath, _length));
            }
            _isNameDurable = false;
            _current = handle;
            _currentFirst = firstPosition;
            _currentPath = path;
            _seal = JournalRecord.SealOf(firstPosition);
            _prepared = prepared;
            _length = 0;
        }
        // Later ones come from segments that nobody needs any more.
        if (prepared == 0) _reserve.Prepare();
    }

    private static void Truncate(string path, long bytes)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.SetLength(handle, bytes);
        RandomAccess.FlushToDisk(handle);
    }
}

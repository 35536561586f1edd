using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;

namespace LuohuIOC.Ingestion.Journal;

/// <summary>Takes one intact record; the body is valid during the call only. False ends the reading.</summary>
public delegate bool JournalVisitor(JournalRecordKind kind, long position, ReadOnlySpan<byte> body);

/// <summary>Reads the records of one segment file from its beginning.</summary>
internal static class SegmentReader
{
    /// <summary>The first position in a segment, which is its name.</summary>
    public static long FirstOf(string path) => long.Parse(Path.GetFileNameWithoutExtension(path), CultureInfo.InvariantCulture);

    /// <summary>True when an intact record of the segment stands somewhere behind <paramref name="at"/>: what is there is damaged and not only torn.</summary>
    public static bool IsFollowed(string path, long at)
    {
        const int SealAt = 12;
        using var file = File.OpenHandle(path);
        var buffer = new byte[RandomAccess.GetLength(file) - at];
        var rest = buffer.AsSpan(0, RandomAccess.Read(file, buffer, at));
        var seal = JournalRecord.SealOf(FirstOf(path));
        Span<byte> wanted = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(wanted, seal);
        // The damaged record's own header has the seal too, and so may any bytes: only a checksum that fits counts.
        for (var from = SealAt; from <= rest.Length; from++)
        {
            var found = rest[from..].IndexOf(wanted);
            if (found < 0) return false;
            from += found;
            var header = rest[(from - SealAt)..];
            if (header.Length < JournalRecord.HeaderBytes || !JournalRecord.TryReadHeader(header, seal, out var bytes, out _, out _)) continue;
            var body = header[JournalRecord.HeaderBytes..];
            if (bytes <= body.Length && JournalRecord.IsIntact(header[..JournalRecord.HeaderBytes], body[..bytes])) return true;
        }
        return false;
    }

    /// <summary>Shows records to <paramref name="visit"/> until the first torn one or <paramref name="bytesMax"/>; returns the intact length.</summary>
    public static long Read(string path, long bytesMax, JournalVisitor visit)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20, FileOptions.SequentialScan);
        var seal = JournalRecord.SealOf(FirstOf(path));
        Span<byte> header = stackalloc byte[JournalRecord.HeaderBytes];
        var body = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            for (long at = 0; ;)
            {
                if (at + header.Length > bytesMax || file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length) return at;
                if (!JournalRecord.TryReadHeader(header, seal, out var bytes, out var kind, out var position)) return at;
                if (at + header.Length + bytes > file.Length) return at;
                if (bytes > body.Length)
                {
                    ArrayPool<byte>.Shared.Return(body);
                    body = ArrayPool<byte>.Shared.Rent(bytes);
                }
                file.ReadExactly(body, 0, bytes);
                if (!JournalRecord.IsIntact(header, body.AsSpan(0, bytes))) return at;
                at += header.Length + bytes;
                if (!visit(kind, position, body.AsSpan(0, bytes))) return at;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }
}

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace LuohuIOC.Ingestion.Journal;

/// <summary>What a record holds. Stored: append, never renumber.</summary>
public enum JournalRecordKind : uint
{
    /// <summary>The publishes of one commit (<see cref="PublishFrame"/>); the position is the group's.</summary>
    Group = 1,

    /// <summary>Quality marks that Sensing gave to the readings of an earlier group; the position is that group's.</summary>
    Marks = 2,

    /// <summary>Sensing has saved everything up to this position: replay begins behind it.</summary>
    SensingCursor = 3,
}

/// <summary>
/// A record on disk, little endian: body length u32 · CRC-32C u32 of all that follows · kind u32 · seal u32 · position i64 · body.
/// The seal is the segment's: it tells a record from one that a recycled file held before.
/// </summary>
public static class JournalRecord
{
    public const int HeaderBytes = 24;

    /// <summary>Writes the header of a record whose body is at hand.</summary>
    public static void WriteHeader(Span<byte> header, JournalRecordKind kind, long position, uint seal, ReadOnlySpan<byte> body)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], (uint)kind);
        BinaryPrimitives.WriteUInt32LittleEndian(header[12..], seal);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], position);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], Crc(Crc(0, header[8..HeaderBytes]), body));
    }

    /// <summary>The seal of the segment that begins with a position.</summary>
    public static uint SealOf(long firstPosition) => BitOperations.Crc32C(BitOperations.Crc32C(0u, (ulong)firstPosition), 0x4C55_4F48u);

    /// <summary>Reads a header; false when it cannot be one of this segment (zeros, another seal).</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, uint seal, out int bodyBytes, out JournalRecordKind kind, out long position)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(header);
        kind = (JournalRecordKind)BinaryPrimitives.ReadUInt32LittleEndian(header[8..]);
        position = BinaryPrimitives.ReadInt64LittleEndian(header[16..]);
        bodyBytes = (int)length;
        return length <= int.MaxValue / 2 && BinaryPrimitives.ReadUInt32LittleEndian(header[12..]) == seal && kind is >= JournalRecordKind.Group and <= JournalRecordKind.SensingCursor;
    }

    /// <summary>True when the checksum of the header fits the header and the body.</summary>
    public static bool IsIntact(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body) =>
        BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == Crc(Crc(0, header[8..HeaderBytes]), body);

    // CRC-32C by the processor's own instruction, eight bytes at a time: 64 KiB in about 10 µs.
    private static uint Crc(uint crc, ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (var b in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, b);
        return crc;
    }
}

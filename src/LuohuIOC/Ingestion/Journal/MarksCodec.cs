using System.Buffers.Binary;

namespace LuohuIOC.Ingestion.Journal;

/// <summary>Marks of a group that are not good, little endian: reading index i32 · grade u8 · reason u8 · slots u64, one after the other.</summary>
internal static class MarksCodec
{
    private const int EntryBytes = 14;

    /// <summary>Null when every reading is good, which is nearly always.</summary>
    public static byte[]? Encode(ReadingGroup group)
    {
        var marks = group.Marks.AsSpan(0, group.Count);
        var count = 0;
        foreach (ref readonly var mark in marks)
            if (mark.Grade != QualityGrade.Good) count++;
        if (count == 0) return null;
        var bytes = new byte[count * EntryBytes];
        var at = bytes.AsSpan();
        for (var i = 0; i < marks.Length; i++)
        {
            if (marks[i].Grade == QualityGrade.Good) continue;
            BinaryPrimitives.WriteInt32LittleEndian(at, i);
            at[4] = (byte)marks[i].Grade;
            at[5] = (byte)marks[i].Reason;
            BinaryPrimitives.WriteUInt64LittleEndian(at[6..], marks[i].Slots);
            at = at[EntryBytes..];
        }
        return bytes;
    }

    public static void Decode(ReadOnlySpan<byte> bytes, ReadingGroup group)
    {
        for (; bytes.Length >= EntryBytes; bytes = bytes[EntryBytes..])
        {
            var index = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            if (index >= group.Count) return;
            group.Marks[index] = new QualityMark((QualityGrade)bytes[4], (QualityReason)bytes[5], BinaryPrimitives.ReadUInt64LittleEndian(bytes[6..]));
        }
    }
}

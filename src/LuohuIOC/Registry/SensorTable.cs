using System.Runtime.InteropServices;
using System.Text;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Registry;

/// <summary>
/// Sensors by id, for the ingestion path: one lookup a message, by bytes, at random among 100,000, where every jump in memory costs
/// 50 ns and more on a busy machine. So a slot holds the first 16 bytes of the id beside the row, and a find touches one slot and then
/// the row that the caller wants anyway; a dictionary touches its bucket, its node and the id's string first.
/// One writer at a time (the registry's lock), any number of readers without a lock. Rows are replaced, never removed.
/// </summary>
internal sealed class SensorTable
{
    private const int InlineBytes = 16;
    private const ulong Odd = 0x9E3779B97F4A7C15;

    // Ids come from devices: without a seed of its own per process, one could send ids that all fall into one slot.
    private readonly ulong _seed = (ulong)Random.Shared.NextInt64();
    private Slot[] _slots = new Slot[1024];
    private int _count;

    /// <summary>The row of the id given as bytes, null when there is none.</summary>
    public Sensor? Find(ReadOnlySpan<byte> id)
    {
        var key = KeyOf(id);
        var slots = Volatile.Read(ref _slots);
        var mask = slots.Length - 1;
        for (var i = key.Hash & mask; ; i = (i + 1) & mask)
        {
            ref var slot = ref slots[i];
            // The row is written last, so who sees it sees its key.
            if (Volatile.Read(ref slot.Row) is not { } row) return null;
            if (slot.Key == key && (id.Length <= InlineBytes || Ascii.Equals(id, row.Id))) return row;
        }
    }

    public Sensor? Find(string id)
    {
        Span<byte> bytes = stackalloc byte[Topic.IdLengthMax];
        if (id.Length > bytes.Length || Ascii.FromUtf16(id, bytes, out var length) != System.Buffers.OperationStatus.Done) return null;
        return Find(bytes[..length]);
    }

    /// <summary>Adds the row, or puts it in the place of the one with its id.</summary>
    public void Put(Sensor row)
    {
        Span<byte> id = stackalloc byte[Topic.IdLengthMax];
        id = id[..Encoding.ASCII.GetBytes(row.Id, id)];
        if (Place(_slots, row, id)) _count++;
        if (_count > _slots.Length / 2) Grow();
    }

    private void Grow()
    {
        var larger = new Slot[_slots.Length * 2];
        Span<byte> id = stackalloc byte[Topic.IdLengthMax];
        foreach (var slot in _slots)
            if (slot.Row is { } row) Place(larger, row, id[..Encoding.ASCII.GetBytes(row.Id, id)]);
        Volatile.Write(ref _slots, larger);
    }

    // True when the id was not in the table.
    private bool Place(Slot[] slots, Sensor row, ReadOnlySpan<byte> id)
    {
        var key = KeyOf(id);
        var mask = slots.Length - 1;
        for (var i = key.Hash & mask; ; i = (i + 1) & mask)
        {
            ref var slot = ref slots[i];
            if (slot.Row is not null && (slot.Key != key || slot.Row.Id != row.Id)) continue;
            var isNew = slot.Row is null;
            if (isNew) slot.Key = key;
            Volatile.Write(ref slot.Row, row);
            return isNew;
        }
    }

    private Key KeyOf(ReadOnlySpan<byte> id)
    {
        var head = Load(id);
        var tail = id.Length > 8 ? Load(id[8..]) : 0;
        var hash = Fold(Fold(_seed ^ head) ^ tail ^ ((ulong)id.Length << 56));
        for (var at = InlineBytes; at < id.Length; at += 8) hash = Fold(hash ^ Load(id[at..]));
        return new Key(head, tail, (int)(hash ^ (hash >> 32)), id.Length);
    }

    // Up to eight bytes; 5–7 overlap in the middle, where both halves have the same bytes.
    private static ulong Load(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 8) return MemoryMarshal.Read<ulong>(bytes);
        if (bytes.Length >= 4)
            return MemoryMarshal.Read<uint>(bytes) | ((ulong)MemoryMarshal.Read<uint>(bytes[^4..]) << ((bytes.Length - 4) * 8));
        var value = 0UL;
        for (var i = 0; i < bytes.Length; i++) value |= (ulong)bytes[i] << (i * 8);
        return value;
    }

    private static ulong Fold(ulong value)
    {
        var high = Math.BigMul(value, Odd, out var low);
        return high ^ low;
    }

    private readonly record struct Key(ulong Head, ulong Tail, int Hash, int Length);

    private struct Slot
    {
        public Key Key;
        public Sensor? Row;
    }
}

using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace LuohuIOC.Registry;

/// <summary>
/// Ordinal comparison of sensor ids that also answers for their UTF-8 bytes, so that the ingestion path finds a sensor without
/// making a string. Ids are ASCII; a span with other bytes equals no id. The hash is seeded per process: ids come from devices.
/// </summary>
internal sealed class SensorIdComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    private const ulong Odd = 0x9E3779B97F4A7C15;

    public static readonly SensorIdComparer Instance = new();

    private readonly ulong _seed = (ulong)Random.Shared.NextInt64();

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public bool Equals(ReadOnlySpan<byte> alternate, string other) => Ascii.Equals(alternate, other);

    public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);

    public int GetHashCode(string id)
    {
        const int OnStack = 256;
        var length = Encoding.UTF8.GetMaxByteCount(id.Length);
        if (length > OnStack)
        {
            var rented = ArrayPool<byte>.Shared.Rent(length);
            var hash = GetHashCode(rented.AsSpan(0, Encoding.UTF8.GetBytes(id, rented)));
            ArrayPool<byte>.Shared.Return(rented);
            return hash;
        }
        Span<byte> bytes = stackalloc byte[OnStack];
        return GetHashCode(bytes[..Encoding.UTF8.GetBytes(id, bytes)]);
    }

    // Eight bytes a step, folded by a 64 × 64 → 128 bit product: ids of a kind differ in their last digits only.
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = _seed ^ (ulong)alternate.Length;
        while (alternate.Length >= 8)
        {
            hash = Fold(hash ^ MemoryMarshal.Read<ulong>(alternate));
            alternate = alternate[8..];
        }
        if (alternate.Length >= 4)
        {
            hash = Fold(hash ^ MemoryMarshal.Read<uint>(alternate));
            alternate = alternate[4..];
        }
        foreach (var b in alternate) hash = (hash ^ b) * Odd;
        hash = Fold(hash);
        return (int)(hash ^ (hash >> 32));
    }

    private static ulong Fold(ulong value)
    {
        var high = Math.BigMul(value, Odd, out var low);
        return high ^ low;
    }
}

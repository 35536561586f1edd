using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Sl651;

namespace LuohuIOC.Ingestion.Frames;

/// <summary>
/// The packets of one message of SL 651 (SYN) by their numbers, whatever their order, at most <see cref="TelemetryReader.PayloadBytesMax"/> of them. Only the
/// first one says which message it is of; so a packet is of another message when it differs from the one of its number that is here, or comes late.
/// </summary>
internal sealed class Sl651PacketSet(in Sl651Frame first, TimeSpan patience)
{
    private readonly (ulong Station, byte Center, byte Function, int Total, bool IsAscii) _message = MessageOf(first);
    private readonly SortedDictionary<int, byte[]> _packets = [];

    public int Total => _message.Total;

    public int Bytes { get; private set; }

    public bool IsWhole => _packets.Count == Total;

    public bool HasLast => _packets.ContainsKey(Total);

    /// <summary>Number of the first packet that is not here.</summary>
    public int Missing => _packets.Keys.TakeWhile((number, before) => number == before + 1).Count() + 1;

    /// <summary>The message's number; 0 until the first packet is here.</summary>
    public ushort Serial { get; private set; }

    /// <summary>The packets that are here, in order, one behind the other.</summary>
    public byte[] Payload => [.. _packets.Values.SelectMany(p => p)];

    /// <summary>When the newest packet came, Unix ms.</summary>
    public long HeardMs { get; private set; }

    /// <summary>True for a packet of this message or of another one of the same station, function and number of packets.</summary>
    public bool IsOf(in Sl651Frame packet) => MessageOf(packet) == _message;

    /// <summary>True when the packet may be one of this message.</summary>
    public bool Takes(in Sl651Frame packet, ReadOnlySpan<byte> bytes, long nowMs)
    {
        if (!IsOf(packet) || IsLate(nowMs)) return false;
        return _packets.TryGetValue(packet.PacketIndex, out var known) ? bytes.SequenceEqual(known) : Bytes + bytes.Length <= TelemetryReader.PayloadBytesMax;
    }

    /// <summary>False for one that is here already.</summary>
    public bool Add(in Sl651Frame packet, ReadOnlySpan<byte> bytes, long nowMs)
    {
        if (!_packets.TryAdd(packet.PacketIndex, bytes.ToArray())) return false;
        HeardMs = nowMs;
        Bytes += bytes.Length;
        if (packet.PacketIndex == 1) Serial = packet.Serial;
        return true;
    }

    /// <summary>No packet is waited for any more.</summary>
    public bool IsLate(long nowMs) => nowMs - HeardMs > patience.TotalMilliseconds;

    private static (ulong, byte, byte, int, bool) MessageOf(in Sl651Frame frame) => (frame.Station, frame.Center, frame.Function, frame.PacketTotal, frame.IsAscii);
}

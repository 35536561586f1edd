using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Sl651;

namespace LuohuIOC.Benchmarks.Decode;

/// <summary>Decodes a frame as far as the product does, to the last value, and keeps a sum so that nothing is optimised away.</summary>
internal struct FrameDigest : ISl651Sink, IHj212Sink
{
    /// <summary>Values found.</summary>
    public long Values;

    private double _sum;
    private long _times;

    /// <summary>Something of every value, to be compared or printed.</summary>
    public readonly double Sum => _sum + _times;

    public FrameFault Take(string protocol, ReadOnlySpan<byte> bytes) => protocol switch
    {
        "sl651" => TakeSl651(bytes),
        "hj212" => TakeHj212(bytes),
        _ => TakeGb26875(bytes),
    };

    public FrameFault TakeSl651(ReadOnlySpan<byte> bytes)
    {
        var fault = Sl651Frame.TryParse(bytes, out var frame);
        return fault != FrameFault.None ? fault : Sl651Readings.Read(frame, frame.Content, ref this);
    }

    public FrameFault TakeHj212(ReadOnlySpan<byte> bytes)
    {
        var fault = Hj212Packet.TryParse(bytes, out var packet);
        return fault != FrameFault.None ? fault : Hj212Readings.Read(packet, ref this);
    }

    public FrameFault TakeGb26875(ReadOnlySpan<byte> bytes)
    {
        var fault = Gb26875Frame.TryParse(bytes, out var frame, out _);
        if (fault != FrameFault.None) return fault;
        var objects = frame.Objects;
        while (objects.MoveNext())
        {
            var item = objects.Current;
            if (item.Type is Gb26875Type.ComponentState or Gb26875Type.SystemState or Gb26875Type.TransmitterState)
                Value(item.Type, item.Time.TryUnixMs(out var ms) ? ms : 0, item.State);
            else if (item.Type == Gb26875Type.Analogue)
                Value(item.AnalogueKind, item.Time.TryUnixMs(out var ms) ? ms : 0, Gb26875Analogue.ValueOf(item.AnalogueKind, item.AnalogueRaw));
        }
        return objects.Fault;
    }

    public void Value(ushort element, long unixMs, double value)
    {
        Values++;
        _times ^= unixMs + element;
        _sum += value;
    }

    public void Value(scoped ReadOnlySpan<byte> factor, long unixMs, double value, bool good) => Value((ushort)factor.Length, unixMs, value);

    public void NotANumber(ushort element, long unixMs) => _times ^= unixMs + element;

    public void NotANumber(scoped ReadOnlySpan<byte> factor, long unixMs) => _times ^= unixMs + factor.Length;

    public void Missing(ushort element) => _times ^= element;

    public void Missing(scoped ReadOnlySpan<byte> factor) => _times ^= factor.Length;

    public void Unknown(scoped ReadOnlySpan<byte> name) => _times ^= name.Length;
}

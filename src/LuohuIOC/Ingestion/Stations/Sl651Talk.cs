using System.Globalization;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Sl651;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>
/// SL 651-2014: confirmed mode. A report is answered with its serial when it is durable, a bad frame with nothing (the station sends it
/// again, twice at most, with the same serial), a heartbeat with nothing. Packets of a message are held until the last one.
/// </summary>
internal sealed class Sl651Talk(StationOptions options) : IStationTalk
{
    private readonly List<byte[]> _packets = [];
    private int _packetBytes;
    private ushort _serial;

    public PayloadForm Form => PayloadForm.Sl651;

    public int FrameBytesMax => Sl651Frame.BytesMax;

    public int LengthOf(ReadOnlySpan<byte> bytes) => Sl651Frame.LengthOf(bytes);

    public int ClaimOf(ReadOnlySpan<byte> bytes) => Sl651Frame.LengthOf(bytes);

    public bool IsWhole(ReadOnlySpan<byte> frame) => Sl651Frame.TryParse(frame, out var parsed) == FrameFault.None && parsed.Bytes == frame.Length;

    public StationMessage? Take(ReadOnlySpan<byte> bytes)
    {
        var fault = Sl651Frame.TryParse(bytes, out var frame);
        if (fault != FrameFault.None) return new StationMessage(fault, "", []);
        var address = frame.Station.ToString("X10", CultureInfo.InvariantCulture);
        if (frame.IsDown) return new StationMessage(FrameFault.Body, address, []);
        if (frame.Function == Sl651Function.Heartbeat) return new StationMessage(FrameFault.None, address, []);
        if (frame.PacketTotal <= 1) return new StationMessage(FrameFault.None, address, [new StationPart(address, bytes.ToArray())]);
        return TakePacket(bytes, frame, address);
    }

    public byte[]? Answer(ReadOnlySpan<byte> bytes, bool accepted, long nowMs)
    {
        if (!accepted || Sl651Frame.TryParse(bytes, out var frame) != FrameFault.None || frame.Function == Sl651Function.Heartbeat) return null;
        // The answer to a question of ours, and a packet that others follow, are not answered.
        if (frame.End is Sl651Mark.Etb || frame.Function is Sl651Function.SetClock or Sl651Function.QueryClock) return null;
        var setClock = options.SetClock && !frame.IsAscii && frame.HasHeading && IsClockOff(frame, nowMs);
        Span<byte> answer = stackalloc byte[2 * 64];
        var length = Sl651Writer.Acknowledge(answer, frame, frame.HasHeading ? frame.Serial : _serial, nowMs, setClock || options.StayOnline ? Sl651Mark.Esc : Sl651Mark.Eot);
        if (setClock) length += Sl651Writer.SetClock(answer[length..], frame.Center, frame.Station, frame.Password, frame.Serial, nowMs);
        return answer[..length].ToArray();
    }

    private bool IsClockOff(in Sl651Frame frame, long nowMs) =>
        !frame.SendTime.TryUnixMs(out var sentMs) || Math.Abs(sentMs - nowMs) > options.ClockTolerance.TotalMilliseconds;

    private StationMessage? TakePacket(ReadOnlySpan<byte> bytes, in Sl651Frame frame, string address)
    {
        if (frame.PacketIndex == 1)
        {
            Forget();
            _serial = frame.Serial;
        }
        if (frame.PacketIndex != _packets.Count + 1 || _packetBytes + bytes.Length > TelemetryReader.PayloadBytesMax)
        {
            // A packet is missing: without an answer the station sends the message again from its beginning.
            Forget();
            return frame.End == Sl651Mark.Etb ? null : new StationMessage(FrameFault.Truncated, address, []);
        }
        _packets.Add(bytes.ToArray());
        _packetBytes += bytes.Length;
        if (frame.PacketIndex < frame.PacketTotal) return null;
        var message = new StationMessage(FrameFault.None, address, [new StationPart(address, [.. _packets.SelectMany(p => p)])]);
        Forget();
        return message;
    }

    private void Forget()
    {
        _packets.Clear();
        _packetBytes = 0;
    }
}

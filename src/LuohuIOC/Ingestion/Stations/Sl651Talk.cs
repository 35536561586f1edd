using System.Globalization;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Ingestion.Frames;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>
/// SL 651-2014: confirmed mode. A report is answered with its serial when it is durable, a bad frame with nothing (the station sends it
/// again, twice at most, with the same serial), a heartbeat with nothing. Packets of a message are held until all are there; when the last one is
/// and another is not, that one is asked for (NAK with its number, as stations' firmware expects it).
/// </summary>
internal sealed class Sl651Talk(StationOptions options, TimeProvider time) : IStationTalk
{
    private const int AsksMax = 3;

    // Longer than a station's resends take, shorter than its next report.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private Sl651PacketSet? _packets;
    private bool _isNew;
    private int _asks;

    public PayloadForm Form => PayloadForm.Sl651;

    public int FrameBytesMax => FrameBounds.Sl651.FrameBytesMax;

    public int LengthOf(ReadOnlySpan<byte> bytes) => Sl651Frame.LengthOf(bytes);

    public int ClaimOf(ReadOnlySpan<byte> bytes) => FrameBounds.Sl651.ClaimOf(bytes);

    public bool IsWhole(ReadOnlySpan<byte> frame) => FrameBounds.Sl651.IsWhole(frame);

    public StationMessage Take(ReadOnlySpan<byte> bytes)
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
        // The answer to a question of ours is not answered.
        if (frame.Function is Sl651Function.SetClock or Sl651Function.QueryClock) return null;
        if (frame.PacketTotal > 1 && !_isNew && frame.PacketIndex < frame.PacketTotal) return null;
        if (frame.PacketTotal > 1 && _packets is { IsWhole: false }) return AskAgain(frame, _packets, nowMs);
        // ETB: the station has more reports to send, and its clock is set behind the last of them.
        var goesOn = frame.PacketTotal <= 1 && frame.End == Sl651Mark.Etb;
        var setClock = !goesOn && options.SetClock && !frame.IsAscii && frame.HasHeading && IsClockOff(frame, nowMs);
        Span<byte> answer = stackalloc byte[2 * 64];
        var serial = frame.PacketTotal > 1 && _packets is { } message ? message.Serial : frame.Serial;
        var length = Sl651Writer.Acknowledge(answer, frame, serial, nowMs, goesOn ? Sl651Mark.Ack : setClock || options.StayOnline ? Sl651Mark.Esc : Sl651Mark.Eot);
        if (setClock) length += Sl651Writer.SetClock(answer[length..], frame.Center, frame.Station, frame.Password, serial, nowMs);
        return answer[..length].ToArray();
    }

    // While packets are on their way nothing is asked for. How ASCII frames write a packet's number down the line is not known.
    private byte[]? AskAgain(in Sl651Frame frame, Sl651PacketSet message, long nowMs)
    {
        if (frame.IsAscii || !message.HasLast || ++_asks > AsksMax) return null;
        Span<byte> answer = stackalloc byte[64];
        return answer[..Sl651Writer.AskAgain(answer, frame, message.Missing, message.Serial, nowMs)].ToArray();
    }

    private bool IsClockOff(in Sl651Frame frame, long nowMs) =>
        !frame.SendTime.TryUnixMs(out var sentMs) || Math.Abs(sentMs - nowMs) > options.ClockTolerance.TotalMilliseconds;

    private StationMessage TakePacket(ReadOnlySpan<byte> bytes, in Sl651Frame frame, string address)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var before = _packets;
        if (before is null || !before.Takes(frame, bytes, nowMs)) _packets = new Sl651PacketSet(frame, Patience);
        _isNew = _packets!.Add(frame, bytes, nowMs);
        if (_isNew) _asks = 0;
        return new StationMessage(FrameFault.None, address, _isNew && _packets.IsWhole ? [new StationPart(address, _packets.Payload)] : [])
        {
            Abandoned = ReferenceEquals(before, _packets) || before is null or { IsWhole: true } ? null : before.Payload,
        };
    }
}

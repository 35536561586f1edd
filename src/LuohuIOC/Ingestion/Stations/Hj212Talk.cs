using System.Buffers;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.Ingestion.Frames;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>
/// HJ 212: an upload whose flag asks for it is answered with 9014 when it is durable, a notice (1013) with 9013; without an answer it comes again,
/// three times at most.
/// </summary>
internal sealed class Hj212Talk : IStationTalk
{
    public PayloadForm Form => PayloadForm.Hj212;

    public int FrameBytesMax => FrameBounds.Hj212.FrameBytesMax;

    // A line end that came too late for its packet stands in front of the next one.
    public int LengthOf(ReadOnlySpan<byte> bytes)
    {
        var packet = WithoutLineEnd(bytes);
        var length = Hj212Packet.LengthOf(packet);
        return length > 0 ? bytes.Length - packet.Length + length : length;
    }

    public int ClaimOf(ReadOnlySpan<byte> bytes) => FrameBounds.Hj212.ClaimOf(bytes);

    public bool IsWhole(ReadOnlySpan<byte> frame) => FrameBounds.Hj212.IsWhole(frame);

    public StationMessage Take(ReadOnlySpan<byte> frame)
    {
        frame = WithoutLineEnd(frame);
        var fault = Hj212Packet.TryParse(frame, out var packet);
        // Whose check value is right says whose it is, be there a fault in its parameters.
        var address = Encoding.Latin1.GetString(packet.Field("MN"u8));
        return fault != FrameFault.None ? new StationMessage(fault, address, []) : new StationMessage(FrameFault.None, address, Hj212Command.IsUpload(packet.Command) ? [new StationPart(address, frame.ToArray())] : []);
    }

    public byte[]? Answer(ReadOnlySpan<byte> frame, bool accepted, long nowMs)
    {
        if (!accepted || Hj212Packet.TryParse(WithoutLineEnd(frame), out var packet) != FrameFault.None || !packet.WantsAnswer || Hj212Command.AnswerTo(packet.Command) == 0) return null;
        var answer = new ArrayBufferWriter<byte>(256);
        Hj212Writer.Acknowledge(answer, packet);
        return answer.WrittenSpan.ToArray();
    }

    private static ReadOnlySpan<byte> WithoutLineEnd(ReadOnlySpan<byte> bytes) => bytes.TrimStart("\r\n"u8);
}

using LuohuIOC.DeviceProtocol.Sl651;

namespace LuohuIOC.Ingestion.Frames;

/// <summary>A message that tells of the station and not of the water: settings, version, events, text or a picture.</summary>
/// <param name="Address">Ten hex digits.</param>
/// <param name="Function">Its function code.</param>
/// <param name="Serial">The station's number of it.</param>
/// <param name="SentMs">Unix ms by the station's clock; 0 when that is no time.</param>
/// <param name="IsAscii">The content is text.</param>
/// <param name="Content">What follows serial and send time, of all packets.</param>
public sealed record Sl651Message(string Address, byte Function, ushort Serial, long SentMs, bool IsAscii, byte[] Content)
{
    /// <summary>Those of a payload, whatever damaged bytes stand between its frames. Measurements, heartbeats and acknowledgements are not among them.</summary>
    /// <param name="payload">Frames.</param>
    public static IEnumerable<Sl651Message> Of(ReadOnlySpan<byte> payload)
    {
        List<Sl651Message>? messages = null;
        var run = new FrameRun(payload, FrameBounds.Sl651);
        while (run.TryTake(out Sl651Frame frame))
        {
            var isRecord = !frame.IsDown && frame.HasHeading && Sl651Record.KindOf(frame.Function) is not null;
            List<byte> content = isRecord ? [.. frame.Content] : [];
            var packets = 1;
            for (var ahead = run; packets < frame.PacketTotal && ahead.TryTake(out Sl651Frame packet) && packet.PacketIndex == packets + 1; packets++)
            {
                run = ahead;
                if (isRecord) content.AddRange(packet.Body);
            }
            // Half a picture would stand in the way of the whole one, which has its serial.
            if (!isRecord || content.Count == 0 || packets < frame.PacketTotal) continue;
            _ = frame.SendTime.TryUnixMs(out var sentMs);
            (messages ??= []).Add(new Sl651Message($"{frame.Station:X10}", frame.Function, frame.Serial, sentMs, frame.IsAscii, [.. content]));
        }
        return messages ?? (IEnumerable<Sl651Message>)[];
    }
}

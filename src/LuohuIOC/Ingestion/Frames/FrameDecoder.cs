using System.Buffers;
using System.Text.Unicode;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Senml;
using LuohuIOC.DeviceProtocol.Sl651;

namespace LuohuIOC.Ingestion.Frames;

/// <summary>
/// Decodes payloads of national frames to readings of one sensor: one frame, several one behind the other, or all packets of one
/// message. Pure, so that a replay of the journal finds the same. Anything wrong refuses the payload whole.
/// </summary>
internal static class FrameDecoder
{
    // 2011, 2051 and 2061 are measurements of the moment or of a short period. A day's mean (2031) is no value of the metric at midnight.
    private static ReadOnlySpan<int> ReadCommands => [Hj212Command.RealTime, Hj212Command.Minute, Hj212Command.Hour];

    [ThreadStatic]
    private static FrameValues? _values;

    public static RejectionReason Read(PayloadForm form, ReadOnlySpan<byte> payload, FrameMetrics metrics, ref DecodeSink sink)
    {
        if (payload.IsEmpty) return RejectionReason.PayloadEmpty;
        if (payload.Length > TelemetryReader.PayloadBytesMax) return RejectionReason.PayloadTooLarge;
        var values = _values ??= new FrameValues();
        values.Begin(metrics, sink.Begun!.Kind);
        return form switch
        {
            PayloadForm.Sl651 => ReadSl651(payload, values, ref sink),
            PayloadForm.Hj212 => ReadHj212(payload, values, ref sink),
            PayloadForm.Gb26875 => ReadGb26875(payload, values, ref sink),
            PayloadForm.Senml => ReadSenml(payload, values, ref sink),
            PayloadForm.Lorawan => LorawanUplink.Read(payload, values, ref sink),
            _ => RejectionReason.ProtocolUnsupported,
        };
    }

    public static RejectionReason ReasonOf(FrameFault fault) => fault switch
    {
        FrameFault.None => RejectionReason.None,
        FrameFault.Crc => RejectionReason.FrameCrc,
        FrameFault.Truncated => RejectionReason.FrameTruncated,
        _ => RejectionReason.FrameInvalid,
    };

    private static RejectionReason ReadSl651(ReadOnlySpan<byte> payload, FrameValues values, ref DecodeSink sink)
    {
        while (!payload.IsEmpty)
        {
            var fault = Sl651Frame.TryParse(payload, out var frame);
            if (fault != FrameFault.None) return ReasonOf(fault);
            var rest = payload[frame.Bytes..];
            if (frame.PacketTotal > 1)
            {
                var refused = ReadPackets(frame, ref rest, values);
                if (refused != RejectionReason.None) return refused;
            }
            else
            {
                fault = Sl651Readings.Read(frame, frame.Content, ref values);
                if (fault != FrameFault.None) return ReasonOf(fault);
            }
            values.Give(ref sink, frame.Serial);
            payload = rest;
        }
        return RejectionReason.None;
    }

    // SYN: packets 1 to n of one message; their bodies make one, headed by the first.
    private static RejectionReason ReadPackets(in Sl651Frame first, ref ReadOnlySpan<byte> rest, FrameValues values)
    {
        if (first.PacketIndex != 1) return RejectionReason.FrameIncomplete;
        var content = ArrayPool<byte>.Shared.Rent(first.Body.Length + rest.Length);
        try
        {
            first.Content.CopyTo(content);
            var length = first.Content.Length;
            for (var index = 2; index <= first.PacketTotal; index++)
            {
                if (rest.IsEmpty) return RejectionReason.FrameIncomplete;
                var fault = Sl651Frame.TryParse(rest, out var packet);
                if (fault != FrameFault.None) return ReasonOf(fault);
                if (packet.PacketIndex != index || packet.PacketTotal != first.PacketTotal || packet.Function != first.Function || packet.Station != first.Station)
                    return RejectionReason.FrameIncomplete;
                packet.Body.CopyTo(content.AsSpan(length));
                length += packet.Body.Length;
                rest = rest[packet.Bytes..];
            }
            return ReasonOf(Sl651Readings.Read(first, content.AsSpan(0, length), ref values));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    private static RejectionReason ReadHj212(ReadOnlySpan<byte> payload, FrameValues values, ref DecodeSink sink)
    {
        while (!payload.IsEmpty)
        {
            var end = payload.IndexOf("\r\n"u8);
            var bytes = end < 0 ? payload : payload[..(end + 2)];
            payload = payload[bytes.Length..];
            var fault = Hj212Packet.TryParse(bytes, out var packet);
            if (fault != FrameFault.None) return ReasonOf(fault);
            if (!ReadCommands.Contains(packet.Command)) continue;
            fault = Hj212Readings.Read(packet, ref values);
            if (fault != FrameFault.None) return ReasonOf(fault);
            // A resend has another QN with some devices, but the same command and packet number; DataTime is the reading's time.
            values.Give(ref sink, (packet.Command * 10_000L) + Math.Min(packet.PacketIndex, 9_999));
        }
        return RejectionReason.None;
    }

    private static RejectionReason ReadGb26875(ReadOnlySpan<byte> payload, FrameValues values, ref DecodeSink sink)
    {
        while (!payload.IsEmpty)
        {
            var fault = Gb26875Frame.TryParse(payload, out var frame, out var length);
            if (fault != FrameFault.None) return ReasonOf(fault);
            payload = payload[length..];
            var objects = frame.Objects;
            while (frame.Command == Gb26875Command.Send && objects.MoveNext()) Take(objects.Current, values);
            if (objects.Fault != FrameFault.None) return ReasonOf(objects.Fault);
            values.Give(ref sink, frame.Serial);
        }
        return RejectionReason.None;
    }

    // One sensor's topic: of a record's full name the last part is the metric.
    private static RejectionReason ReadSenml(ReadOnlySpan<byte> payload, FrameValues values, ref DecodeSink sink)
    {
        var isCbor = SenmlCborReader.IsCbor(payload);
        if (!isCbor && !Utf8.IsValid(payload)) return RejectionReason.NotJson;
        var refused = isCbor ? SenmlCborReader.Read(payload, sink.ReceivedMs, ref values) : SenmlReader.Read(payload, sink.ReceivedMs, ref values);
        if (refused == RejectionReason.None) values.Give(ref sink, TelemetryReader.NoSequence);
        return refused;
    }

    private static void Take(Gb26875Object item, FrameValues values)
    {
        if (item.Type is not (Gb26875Type.SystemState or Gb26875Type.ComponentState or Gb26875Type.TransmitterState or Gb26875Type.Analogue)) return;
        // A clock that was never set dates nothing; the frame stays in the journal.
        if (!item.Time.TryUnixMs(out var atMs)) return;
        if (item.Type == Gb26875Type.Analogue)
        {
            if (Gb26875Analogue.ScaleOf(item.AnalogueKind) > 0) values.Value($"analogue.{item.AnalogueKind}", atMs, Gb26875Analogue.ValueOf(item.AnalogueKind, item.AnalogueRaw));
            return;
        }
        for (var bit = 0; bit < Gb26875State.NamesOf(item.Type).Length; bit++) values.Value(StateNames[bit], atMs, item.State >> bit & 1);
    }

    private static readonly string[] StateNames = [.. Enumerable.Range(0, 16).Select(bit => $"state.{bit}")];
}

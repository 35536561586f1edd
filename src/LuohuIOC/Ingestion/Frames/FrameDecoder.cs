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
/// message. Pure, so that a replay of the journal finds the same. What is wrong between them or with one of them is told, and the others count.
/// </summary>
internal static class FrameDecoder
{
    // 2011, 2051 and 2061 are measurements of the moment or of a short period. A day's mean (2031) is no value of the metric at midnight.
    private static ReadOnlySpan<int> ReadCommands => [Hj212Command.RealTime, Hj212Command.Minute, Hj212Command.Hour];

    // 2011-01-01 in Beijing, the year of GB/T 26875.3.
    private const long FirstOf2011Ms = 1_293_811_200_000;

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
        FrameFault.Oversize => RejectionReason.FrameOversize,
        _ => RejectionReason.FrameInvalid,
    };

    private static RejectionReason ReadSl651(ReadOnlySpan<byte> payload, FrameValues values, ref DecodeSink sink)
    {
        var run = new FrameRun(payload, FrameBounds.Sl651);
        if (!run.Next()) return ReasonOf(Sl651Frame.TryParse(payload, out _));
        do
        {
            var from = run.At;
            var fault = Sl651Frame.TryParse(run.Rest, out var frame);
            if (fault != FrameFault.None)
            {
                Pass(ref run, fault, ref sink);
                continue;
            }
            run.Take(frame.Bytes);
            var isWhole = true;
            fault = frame.PacketTotal > 1 ? ReadPackets(frame, ref run, ref values, ref sink, out isWhole) : Sl651Readings.Read(frame, frame.Content, ref values);
            if (fault != FrameFault.None)
            {
                values.Drop();
                sink.RefuseStretch(ReasonOf(fault), from, run.At - from);
                continue;
            }
            // What no metric is for may be in the packets that are to come.
            if (!isWhole) values.OverlookUnused();
            // Without a serial: when the whole message comes after all it must not be taken for a repetition of its beginning.
            var refused = values.Give(ref sink, isWhole ? frame.Serial : TelemetryReader.NoSequence);
            if (refused != RejectionReason.None) return refused;
            // What stands whole counts; what is cut is told and stays in the journal.
            if (!isWhole) sink.Refuse(-1, RejectionReason.FrameIncomplete);
        }
        while (run.Next());
        return RejectionReason.None;
    }

    private static void Pass(ref FrameRun run, FrameFault fault, ref DecodeSink sink)
    {
        var (told, from, bytes) = run.Skip(fault);
        sink.RefuseStretch(ReasonOf(told), from, bytes);
    }

    // SYN: packets 1 to n of one message; their bodies make one, headed by the first. Without the first nothing says where an element begins.
    private static FrameFault ReadPackets(in Sl651Frame first, ref FrameRun run, ref FrameValues values, ref DecodeSink sink, out bool isWhole)
    {
        isWhole = false;
        if (first.PacketIndex != 1) return FrameFault.None;
        var content = ArrayPool<byte>.Shared.Rent(first.Body.Length + run.Rest.Length);
        try
        {
            first.Content.CopyTo(content);
            var length = first.Content.Length;
            var index = 1;
            while (index < first.PacketTotal)
            {
                var ahead = run;
                if (!ahead.TryTake(out Sl651Frame packet)) break;
                if (packet.PacketIndex != index + 1 || packet.PacketTotal != first.PacketTotal || packet.Function != first.Function || packet.Station != first.Station) break;
                // What is damaged between two packets is told when the second is known to be of this message.
                while (run.Next() && Sl651Frame.TryParse(run.Rest, out packet) is not FrameFault.None and var fault) Pass(ref run, fault, ref sink);
                run.Take(packet.Bytes);
                packet.Body.CopyTo(content.AsSpan(length));
                length += packet.Body.Length;
                index++;
            }
            isWhole = index == first.PacketTotal;
            return isWhole ? Sl651Readings.Read(first, content.AsSpan(0, length), ref values) : Sl651Readings.ReadBeginning(first, content.AsSpan(0, length), ref values);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    private static RejectionReason ReadHj212(ReadOnlySpan<byte> payload, FrameValues values, ref DecodeSink sink)
    {
        var run = new FrameRun(payload, FrameBounds.Hj212);
        if (!run.Next()) return ReasonOf(Hj212Packet.TryParse(payload, out _));
        var apart = default(Hj212Apart);
        var isFirst = true;
        do
        {
            var from = run.At;
            var fault = run.Parse(out var packet, out var length);
            if (fault != FrameFault.None)
            {
                Pass(ref run, fault, ref sink);
                continue;
            }
            if (isFirst && length < run.Rest.Length) apart = ApartOf(payload);
            isFirst = false;
            run.Take(length);
            if (!ReadCommands.Contains(packet.Command)) continue;
            fault = Hj212Readings.Read(packet, ref values, apart);
            if (fault != FrameFault.None)
            {
                values.Drop();
                sink.RefuseStretch(ReasonOf(fault), from, length);
                continue;
            }
            var refused = values.Give(ref sink, Hj212Sequence.Of(packet));
            if (refused != RejectionReason.None) return refused;
        }
        while (run.Next());
        return RejectionReason.None;
    }

    // A factor may be spread over the packets of a message. Null, nearly always, when none is.
    private static Hj212Apart? ApartOf(ReadOnlySpan<byte> payload)
    {
        var isSpread = false;
        var run = new FrameRun(payload, FrameBounds.Hj212);
        while (!isSpread && run.TryTake(out Hj212Packet packet)) isSpread = Hj212Apart.IsIn(packet);
        if (!isSpread) return null;
        var apart = new Hj212Apart();
        run = new FrameRun(payload, FrameBounds.Hj212);
        while (run.TryTake(out Hj212Packet packet)) apart.Add(packet);
        return apart;
    }

    // Frames of one serial, one behind the other, are one message: a station's objects for one sensor, each in a frame of its own.
    private static RejectionReason ReadGb26875(ReadOnlySpan<byte> payload, FrameValues values, ref DecodeSink sink)
    {
        var run = new FrameRun(payload, FrameBounds.Gb26875);
        if (!run.Next()) return ReasonOf(Gb26875Frame.TryParse(payload, out _, out _));
        var message = default((ulong Source, ushort Serial)?);
        do
        {
            var fault = Gb26875Frame.TryParse(run.Rest, out var frame, out _);
            if (fault != FrameFault.None)
            {
                Pass(ref run, fault, ref sink);
                continue;
            }
            if (message is { } before && before != (frame.Source, frame.Serial) && values.Give(ref sink, before.Serial) is not RejectionReason.None and var refused) return refused;
            message = (frame.Source, frame.Serial);
            fault = CountFaultOf(frame);
            TakeObjects(frame, fault == FrameFault.None && frame.IsReport, values, sink.ReceivedMs);
            if (fault != FrameFault.None) Pass(ref run, fault, ref sink);
            else run.Take(Gb26875Frame.Overhead + frame.Unit.Length);
        }
        while (run.Next());
        return values.Give(ref sink, message?.Serial ?? TelemetryReader.NoSequence);
    }

    // What is miscounted, or comes under a command that nobody knows, is not believed; but no fire is lost to that.
    private static void TakeObjects(in Gb26875Frame frame, bool isBelieved, FrameValues values, long receivedMs)
    {
        var isDated = IsSet(frame.Time, out var ms);
        if (!isDated) ms = receivedMs;
        foreach (var item in isBelieved ? frame.Objects : frame.ObjectsByLength)
            if (isBelieved || item.TellsFire) Take(item, ms, isDated, values);
    }

    // A unit holds more or fewer objects than it says.
    private static FrameFault CountFaultOf(in Gb26875Frame frame)
    {
        if (!frame.IsReport) return FrameFault.None;
        var objects = frame.Objects;
        while (objects.MoveNext()) continue;
        return objects.Fault;
    }

    // One sensor's topic: of a record's full name the last part is the metric.
    private static RejectionReason ReadSenml(ReadOnlySpan<byte> payload, FrameValues values, ref DecodeSink sink)
    {
        var isCbor = SenmlCborReader.IsCbor(payload);
        if (!isCbor && !Utf8.IsValid(payload)) return RejectionReason.NotJson;
        var refused = isCbor ? SenmlCborReader.Read(payload, sink.ReceivedMs, ref values) : SenmlReader.Read(payload, sink.ReceivedMs, ref values);
        return refused == RejectionReason.None ? values.Give(ref sink, TelemetryReader.NoSequence) : refused;
    }

    private static void Take(Gb26875Object item, long sentMs, bool isDated, FrameValues values)
    {
        // A clock that was never set dates nothing, and a fire is one all the same: it is of the time of its frame, or, marked doubtful, of the frame's receipt.
        if (!IsSet(item.Time, out var atMs))
        {
            atMs = sentMs;
            if (!isDated) values.Untimed(atMs);
        }
        if (Gb26875State.NamesOf(item.Type).Length is > 0 and var named) values.State(atMs, item.State, named, ComponentOf(item), Gb26875State.IsAtFault(item.Type, item.State));
        else if (item.Type is Gb26875Type.Operation or Gb26875Type.TransmitterOperation) TakeOperation(item, atMs, values);
        else if (item.Type == Gb26875Type.Analogue && Gb26875Analogue.ScaleOf(item.AnalogueKind) > 0)
            values.Value(AnalogueOf(item), atMs, Gb26875Analogue.ValueOf(item.AnalogueKind, item.AnalogueRaw));
        else if (item.Type == Gb26875Type.Analogue) values.Unused(AnalogueOf(item));
    }

    private static string AnalogueOf(Gb26875Object item) => $"{FrameValues.AnalogueElement}{item.AnalogueKind}";

    private static void TakeOperation(Gb26875Object item, long atMs, FrameValues values)
    {
        var isAlarm = (item.Operation & Gb26875Operation.ManualAlarm) != 0;
        if (!isAlarm && (item.Operation & (Gb26875Operation.Reset | Gb26875Operation.AlarmCleared)) == 0) return;
        values.ManualAlarm(atMs, isAlarm, ComponentState.Of(isAlarm ? ComponentPart.ManualAlarm : ComponentPart.All, SystemOf(item)));
    }

    // A system that says it is normal speaks for its components; one that only lacks the bit of fire does not.
    private static long ComponentOf(Gb26875Object item) => item.Type switch
    {
        Gb26875Type.ComponentState => ComponentState.Of(ComponentPart.Component, SystemOf(item), item.ComponentAddress),
        Gb26875Type.TransmitterState => ComponentState.Of(ComponentPart.Transmitter, 0),
        _ => ComponentState.Of((item.State & Gb26875State.Normal) != 0 ? ComponentPart.All : ComponentPart.System, SystemOf(item)),
    };

    private static ushort SystemOf(Gb26875Object item) => item.Type == Gb26875Type.TransmitterOperation ? (ushort)0 : (ushort)((item.System << 8) | item.Address);

    // No unit is older than its standard: an earlier year is a clock that began to count when the power came.
    private static bool IsSet(Gb26875Time time, out long unixMs) => time.TryUnixMs(out unixMs) && unixMs is >= FirstOf2011Ms and < TelemetryReader.TsMax;
}

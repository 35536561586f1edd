using System.Buffers;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Sparkplug;
using LuohuIOC.Identity;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Ingestion.Commands;
using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Ingestion.Sparkplug;
using LuohuIOC.Ingestion.Stations;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.Ingestion;

/// <summary>
/// What happens to a publish between a broker and the journal, whichever broker took it: who may, decode, append. It returns at once; what it
/// returns completes when the publish is durable or its refusal is kept, and only then may the broker be told that it has arrived.
/// </summary>
public sealed class PublishIntake(
    PublishDecoder decoder, PublishJournal journal, RejectionStore rejections, GatewayBoard gateways, SparkplugHost sparkplug, CommandBook commands, ReplyQueue replies,
    StationRecords records, PacketIntake packets, GatewaySecrets secrets, IngestionMetrics metrics, TimeProvider time)
{
    private const int ReplyBytesMax = 4096;

    private static readonly TimeSpan ReplyPatience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FullPause = TimeSpan.FromMilliseconds(5);

    [ThreadStatic]
    private static Scratch? _scratch;

    /// <summary>True when the next publish must wait: for the open group's commit, for sensors or for history.</summary>
    internal bool IsFull => journal.IsFull || journal.WaitForRoom() is not null;

    internal async Task WaitForRoomAsync(CancellationToken cancellation)
    {
        if (journal.WaitForRoom() is { } commit) await commit.WaitAsync(cancellation);
        while (journal.IsFull) await Task.Delay(FullPause, time, cancellation);
    }

    /// <summary>Takes one publish; what it returns completes when the publish may be acknowledged, with <paramref name="answer"/> where there are reason codes.</summary>
    internal Task Take(PublishSource source, MqttApplicationMessage message, out MqttPubAckReasonCode answer)
    {
        answer = MqttPubAckReasonCode.Success;
        return Handle(source, message, ref answer);
    }

    /// <summary>Keeps a publish of one who may not publish at all.</summary>
    internal Task Forbid(MqttApplicationMessage message, out MqttPubAckReasonCode answer)
    {
        answer = MqttPubAckReasonCode.Success;
        return Refuse(RejectionReason.TopicForbidden, "", message, ref answer, time.GetUtcNow().ToUnixTimeMilliseconds());
    }

    private Task Handle(PublishSource source, MqttApplicationMessage message, ref MqttPubAckReasonCode answer)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (message.Topic.StartsWith(SparkplugTopic.Prefix, StringComparison.Ordinal)) return Sparkplug(source, message, ref answer, now);
        if (!Topic.TryParse(message.Topic, out var topic))
            return Refuse(RejectionReason.TopicInvalid, source.Gateway ?? "", message, ref answer, now);
        var gateway = source.NameOf(topic.Gateway);
        if (source.Gateway is not null && source.Gateway != gateway)
            return Refuse(RejectionReason.TopicForbidden, source.Gateway, message, ref answer, now);
        if (IsShutOut(source, gateway)) return Refuse(RejectionReason.GatewayDisabled, gateway, message, ref answer, now);
        switch (topic.Kind)
        {
            case TopicKind.GatewayTelemetry:
            case TopicKind.SensorTelemetry:
                return Telemetry(PayloadForm.Json, gateway, topic.Sensor, message, ref answer, now);
            case TopicKind.Status:
                return Status(source, gateway, message, ref answer, now);
            case TopicKind.Raw:
                return PayloadForms.TryParseRaw(topic.Protocol, out var form)
                    ? Telemetry(form, gateway, topic.Sensor, message, ref answer, now)
                    : Refuse(RejectionReason.ProtocolUnsupported, gateway, message, ref answer, now);
            case TopicKind.CommandReply:
                return Reply(source, gateway, topic.Sensor, message, ref answer, now);
            default:
                return Refuse(RejectionReason.TopicForbidden, gateway, message, ref answer, now);
        }
    }

    // The embedded broker ends the connections of a disabled gateway; one outside knows nothing of it until its users are made anew.
    private bool IsShutOut(PublishSource source, string gateway) => source.Gateway is null && secrets.IsDisabled(gateway);

    private Task Telemetry(PayloadForm form, string gateway, ReadOnlySpan<char> sensor, MqttApplicationMessage message, ref MqttPubAckReasonCode answer, long now)
    {
        var scratch = _scratch ??= new Scratch();
        scratch.Readings.Clear();
        scratch.Refusals.Clear();
        return Telemetry(form, gateway, sensor, scratch.Contiguous(message.Payload), scratch, message, ref answer, now);
    }

    private Task Sparkplug(PublishSource source, MqttApplicationMessage message, ref MqttPubAckReasonCode answer, long now)
    {
        // spBv1.0/STATE/scada, spBv1.0/lh/NCMD/gw-1: what hosts say comes back by a broker outside, whose access list vouches for it.
        if (source.Gateway is null && SparkplugTopic.IsOfHosts(message.Topic)) return Task.CompletedTask;
        if (SparkplugTopic.Parse(message.Topic) is not { } topic || !Topic.IsId(topic.Node)) return Refuse(RejectionReason.TopicInvalid, source.Gateway ?? "", message, ref answer, now);
        if (!SparkplugHost.MayPublish(topic, source.Gateway)) return Refuse(RejectionReason.TopicForbidden, source.Gateway ?? "", message, ref answer, now);
        if (IsShutOut(source, topic.Node)) return Refuse(RejectionReason.GatewayDisabled, topic.Node, message, ref answer, now);
        var scratch = _scratch ??= new Scratch();
        scratch.Readings.Clear();
        scratch.Refusals.Clear();
        scratch.Telemetry.ResetWrittenCount();
        var refused = sparkplug.Take(topic, scratch.Contiguous(message.Payload), scratch.Telemetry, scratch.Refusals);
        var kept = Keep(scratch.Refusals, topic.Node, message, ref answer, now);
        // What is refused of the telemetry itself is told apart: it decides whether that is whole.
        scratch.Refusals.Clear();
        if (refused != RejectionReason.None) kept = Refuse(refused, topic.Node, message, ref answer, now);
        // The node has done nothing wrong: it is this side that lacks its birth.
        if (refused == RejectionReason.AliasUnknown) answer = MqttPubAckReasonCode.Success;
        if (scratch.Telemetry.WrittenCount == 0) return kept;
        var durable = Telemetry(PayloadForm.Json, topic.Node, default, scratch.Telemetry.WrittenSpan, scratch, message, ref answer, now);
        return kept.IsCompleted ? durable : Task.WhenAll(kept, durable);
    }

    private Task Telemetry(
        PayloadForm form, string gateway, ReadOnlySpan<char> sensor, ReadOnlySpan<byte> payload, Scratch scratch,
        MqttApplicationMessage message, ref MqttPubAckReasonCode answer, long now)
    {
        Span<byte> sensorBytes = stackalloc byte[Topic.IdLengthMax];
        sensorBytes = sensorBytes[..Encoding.ASCII.GetBytes(sensor, sensorBytes)];
        var refused = decoder.Decode(form, gateway, sensorBytes, payload, now, scratch.Readings, scratch.Refusals);
        if (refused != RejectionReason.None) return Refuse(refused, gateway, message, ref answer, now);
        if (scratch.Refusals.Exists(r => r.Reason == RejectionReason.FrameIncomplete) && Hold(gateway, sensor, payload, scratch, message, ref answer, now) is { } held) return held;
        var durable = Keep(scratch.Refusals, gateway, message, ref answer, now);
        if (scratch.Readings.Count == 0 && !IsEvidence(form, scratch.Refusals, payload)) return durable;
        gateways.Heard(gateway, DateTimeOffset.FromUnixTimeMilliseconds(now));
        metrics.Accepted(scratch.Readings.Count);
        var committed = journal.Append(
            form, scratch.Refusals.Count == 0, now, gateway, sensor, payload, scratch.Readings, ReadingTrace.Begin(message.UserProperties, gateway));
        if (form == PayloadForm.Sl651 && records.Keep(payload, sensor.ToString(), now) is { IsCompleted: false } kept) committed = Task.WhenAll(committed, kept);
        return durable.IsCompleted ? committed : Task.WhenAll(durable, committed);
    }

    // Packets that wait for others; what is damaged between them is told at once. Null: there is something else in the payload.
    private Task? Hold(string gateway, ReadOnlySpan<char> sensor, ReadOnlySpan<byte> payload, Scratch scratch, MqttApplicationMessage message, ref MqttPubAckReasonCode answer, long now)
    {
        var isDamaged = scratch.Refusals.Exists(r => r.Stretch is not null);
        var held = packets.Take(gateway, sensor, isDamaged ? FrameRun.Sl651FramesOf(payload) : payload, now, out var isAtFault);
        if (held is null) return null;
        if (isAtFault) answer = MqttPubAckReasonCode.PayloadFormatInvalid;
        if (!isDamaged) return held;
        scratch.Refusals.RemoveAll(r => r.Stretch is null);
        return Task.WhenAll(held, Keep(scratch.Refusals, gateway, message, ref answer, now));
    }

    // A frame without readings (a picture, a state, one packet of several, one of another kind of sensor) is evidence all the same.
    private static bool IsEvidence(PayloadForm form, List<Refusal> refusals, ReadOnlySpan<byte> payload) => form switch
    {
        PayloadForm.Json => false,
        _ when refusals.Count == 0 || refusals.Exists(r => r.Reason == RejectionReason.FrameIncomplete) => true,
        PayloadForm.Hj212 or PayloadForm.Gb26875 => refusals.TrueForAll(r => r.Reason == RejectionReason.MetricUnknown),
        PayloadForm.Sl651 => refusals.TrueForAll(r => r.Reason == RejectionReason.MetricUnknown) || Sl651Message.Of(payload).Any(),
        _ => false,
    };

    private Task Keep(List<Refusal> refusals, string gateway, MqttApplicationMessage message, ref MqttPubAckReasonCode answer, long now)
    {
        // Nothing is wrong with a packet that came in a publish of its own.
        if (refusals.Exists(r => r.Reason != RejectionReason.FrameIncomplete)) answer = MqttPubAckReasonCode.PayloadFormatInvalid;
        var durable = Task.CompletedTask;
        foreach (var refusal in refusals) durable = rejections.Add(Describe(refusal.Reason, gateway, message, now, refusal));
        return durable;
    }

    private Task Status(PublishSource source, string gateway, MqttApplicationMessage message, ref MqttPubAckReasonCode answer, long now)
    {
        Span<byte> word = stackalloc byte[8];
        var length = message.Payload.Length;
        if (length <= word.Length) message.Payload.CopyTo(word);
        var text = word[..(int)Math.Min(length, word.Length)];
        var online = text.SequenceEqual("online"u8);
        if (!online && !text.SequenceEqual("offline"u8)) return Refuse(RejectionReason.WrongShape, gateway, message, ref answer, now);
        if (online) gateways.Set(gateway, true, DateTimeOffset.FromUnixTimeMilliseconds(now));
        else if (!gateways.HasAnother(gateway, source)) gateways.SayAway(gateway, DateTimeOffset.FromUnixTimeMilliseconds(now));
        return Task.CompletedTask;
    }

    // A reply is rare and its sender waits for nothing else, so a host alone writes it down before the next publish of the connection is read. A database
    // that several hosts share may be away, and readings do not wait for it.
    private Task Reply(PublishSource source, string gateway, ReadOnlySpan<char> sensor, MqttApplicationMessage message, ref MqttPubAckReasonCode answer, long now)
    {
        var scratch = _scratch ??= new Scratch();
        if (message.Payload.Length > ReplyBytesMax) return Refuse(RejectionReason.PayloadTooLarge, gateway, message, ref answer, now);
        if (!CommandReply.TryRead(scratch.Contiguous(message.Payload), out var reply)) return Refuse(RejectionReason.WrongShape, gateway, message, ref answer, now);
        if (!commands.IsShared)
            return commands.Reply(gateway, sensor.ToString(), reply) == ReplyOutcome.Unknown && !source.OthersCommand
                ? Refuse(RejectionReason.CommandUnknown, gateway, message, ref answer, now)
                : Task.CompletedTask;
        if (replies.IsFull) return Refuse(RejectionReason.Overloaded, gateway, message, ref answer, now);
        // Acknowledgements leave in order: one that waits for a database that is away would keep back those of the readings behind it.
        var taken = replies.Take(gateway, sensor.ToString(), reply, source.OthersCommand ? null : Describe(RejectionReason.CommandUnknown, gateway, message, now, default));
        return taken.IsCompleted ? taken : Task.WhenAny(taken, Task.Delay(ReplyPatience, time));
    }

    private Task Refuse(RejectionReason reason, string gateway, MqttApplicationMessage message, ref MqttPubAckReasonCode answer, long now)
    {
        answer = reason is RejectionReason.TopicForbidden or RejectionReason.GatewayDisabled ? MqttPubAckReasonCode.NotAuthorized
            : reason is RejectionReason.TopicInvalid ? MqttPubAckReasonCode.TopicNameInvalid
            : reason is RejectionReason.Overloaded ? MqttPubAckReasonCode.QuotaExceeded
            : MqttPubAckReasonCode.PayloadFormatInvalid;
        return rejections.Add(Describe(reason, gateway, message, now, default));
    }

    private static Rejection Describe(RejectionReason reason, string gateway, MqttApplicationMessage message, long now, Refusal part)
    {
        var (from, bytes) = part.Stretch is { } stretch ? stretch.GetOffsetAndLength((int)message.Payload.Length) : (0, (int)message.Payload.Length);
        var first = message.Payload.Slice(from, Math.Min(bytes, Rejection.FirstBytesMax)).ToArray();
        var index = part.Sensor is null ? -1 : part.Index;
        return new Rejection(now, gateway, message.Topic, reason, part.Sensor ?? SensorOf(message.Topic), index, part.Metric ?? "", bytes, first);
    }

    private static string SensorOf(string topic) => Topic.TryParse(topic, out var parts) ? parts.Sensor.ToString() : SparkplugTopic.Parse(topic)?.Device ?? "";

    // One per thread: a connection's loop runs on one thread at a time and keeps nothing of it across an await.
    private sealed class Scratch
    {
        private byte[] _buffer = new byte[4096];

        public ReadingGroup Readings { get; } = new();

        public List<Refusal> Refusals { get; } = [];

        public ArrayBufferWriter<byte> Telemetry { get; } = new(4096);

        public ReadOnlySpan<byte> Contiguous(in ReadOnlySequence<byte> payload)
        {
            if (payload.IsSingleSegment) return payload.FirstSpan;
            var length = (int)payload.Length;
            if (_buffer.Length < length) _buffer = new byte[length];
            payload.CopyTo(_buffer);
            return _buffer.AsSpan(0, length);
        }
    }
}

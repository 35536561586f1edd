using System.Buffers;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Sparkplug;
using LuohuIOC.Ingestion.Commands;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Ingestion.Sparkplug;
using LuohuIOC.Ingestion.Stations;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace LuohuIOC.Ingestion.Broker;

/// <summary>
/// What happens to a publish between the socket and the journal, on the connection's own loop: who may, decode, append. It returns
/// at once; the acknowledgement waits in the outbound loop for the commit, so that one connection can have many publishes under way.
/// </summary>
public sealed class PublishIntake(
    PublishDecoder decoder, PublishJournal journal, RejectionStore rejections, GatewayBoard gateways, SparkplugHost sparkplug, CommandBook commands,
    StationRecords records, IngestionMetrics metrics, IOptions<MqttOptions> options, TimeProvider time)
{
    private const int ReplyBytesMax = 4096;

    private static readonly TimeSpan FullPause = TimeSpan.FromMilliseconds(5);

    [ThreadStatic]
    private static Scratch? _scratch;

    private volatile bool _closed;

    /// <summary>From now on nothing is taken: what comes is neither journalled nor acknowledged, and its sender sends it again elsewhere or later.</summary>
    public void Close() => _closed = true;

    /// <summary>Takes one publish. Completes when the next of the connection may be read.</summary>
    public Task Take(InterceptingPublishEventArgs publish)
    {
        if (publish.SessionItems.Contains(CommandPublisher.Key)) return Task.CompletedTask;
        if (_closed) return Task.Delay(Timeout.InfiniteTimeSpan, time, publish.CancellationToken);
        // Nobody subscribes to telemetry at this broker, so the broker's own dispatch has nothing to do.
        publish.ProcessPublish = false;
        var message = publish.ApplicationMessage;
        if (publish.SessionItems.Contains(ReaderSession.Key)) return RefuseReader(message, publish.Response);
        if (publish.SessionItems[GatewaySession.Key] is not GatewaySession session) throw new InvalidOperationException($"Client {publish.ClientId} has no session.");
        var durable = Handle(session, message, publish.Response);
        if (message.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtMostOnce) session.Expect(durable);
        var pause = session.Spend();
        return pause > TimeSpan.Zero || session.Pending >= options.Value.InFlightMax || journal.IsFull || journal.WaitForRoom() is not null
            ? Slow(session, pause, publish.CancellationToken)
            : Task.CompletedTask;
    }

    private Task RefuseReader(MqttApplicationMessage message, PublishResponse response) =>
        Refuse(RejectionReason.TopicForbidden, "", message, response, time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Holds an acknowledgement back until what it promises is durable.</summary>
    public static Task BeforeSend(InterceptingPacketEventArgs outbound) =>
        outbound.Packet is MqttPubAckPacket or MqttPubRecPacket && outbound.SessionItems[GatewaySession.Key] is GatewaySession session
            ? session.TakeNext()
            : Task.CompletedTask;

    private async Task Slow(GatewaySession session, TimeSpan pause, CancellationToken cancellation)
    {
        if (pause > TimeSpan.Zero) await Task.Delay(pause, time, cancellation);
        if (session.Pending >= options.Value.InFlightMax) await session.Oldest().WaitAsync(cancellation);
        if (journal.WaitForRoom() is { } commit) await commit.WaitAsync(cancellation);
        while (journal.IsFull) await Task.Delay(FullPause, time, cancellation);
    }

    private Task Handle(GatewaySession session, MqttApplicationMessage message, PublishResponse response)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (message.Topic.StartsWith(SparkplugTopic.Prefix, StringComparison.Ordinal)) return Sparkplug(session, message, response, now);
        if (!Topic.TryParse(message.Topic, out var topic))
            return Refuse(RejectionReason.TopicInvalid, session.Gateway ?? "", message, response, now);
        var gateway = session.NameOf(topic.Gateway);
        if (session.Gateway is not null && session.Gateway != gateway)
            return Refuse(RejectionReason.TopicForbidden, session.Gateway, message, response, now);
        switch (topic.Kind)
        {
            case TopicKind.GatewayTelemetry:
            case TopicKind.SensorTelemetry:
                return Telemetry(PayloadForm.Json, gateway, topic.Sensor, message, response, now);
            case TopicKind.Status:
                return Status(gateway, message, response, now);
            case TopicKind.Raw:
                return PayloadForms.TryParseRaw(topic.Protocol, out var form)
                    ? Telemetry(form, gateway, topic.Sensor, message, response, now)
                    : Refuse(RejectionReason.ProtocolUnsupported, gateway, message, response, now);
            case TopicKind.CommandReply:
                return Reply(gateway, topic.Sensor, message, response, now);
            default:
                return Refuse(RejectionReason.TopicForbidden, gateway, message, response, now);
        }
    }

    private Task Telemetry(PayloadForm form, string gateway, ReadOnlySpan<char> sensor, MqttApplicationMessage message, PublishResponse response, long now)
    {
        var scratch = _scratch ??= new Scratch();
        scratch.Readings.Clear();
        scratch.Refusals.Clear();
        return Telemetry(form, gateway, sensor, scratch.Contiguous(message.Payload), scratch, message, response, now);
    }

    private Task Sparkplug(GatewaySession session, MqttApplicationMessage message, PublishResponse response, long now)
    {
        if (SparkplugTopic.Parse(message.Topic) is not { } topic || !Topic.IsId(topic.Node)) return Refuse(RejectionReason.TopicInvalid, session.Gateway ?? "", message, response, now);
        if (!SparkplugHost.MayPublish(topic, session.Gateway)) return Refuse(RejectionReason.TopicForbidden, session.Gateway ?? "", message, response, now);
        var scratch = _scratch ??= new Scratch();
        scratch.Readings.Clear();
        scratch.Refusals.Clear();
        scratch.Telemetry.ResetWrittenCount();
        var refused = sparkplug.Take(topic, scratch.Contiguous(message.Payload), scratch.Telemetry);
        if (refused != RejectionReason.None) return Refuse(refused, topic.Node, message, response, now);
        return scratch.Telemetry.WrittenCount == 0
            ? Task.CompletedTask
            : Telemetry(PayloadForm.Json, topic.Node, default, scratch.Telemetry.WrittenSpan, scratch, message, response, now);
    }

    private Task Telemetry(
        PayloadForm form, string gateway, ReadOnlySpan<char> sensor, ReadOnlySpan<byte> payload, Scratch scratch,
        MqttApplicationMessage message, PublishResponse response, long now)
    {
        Span<byte> sensorBytes = stackalloc byte[Topic.IdLengthMax];
        sensorBytes = sensorBytes[..Encoding.ASCII.GetBytes(sensor, sensorBytes)];
        var refused = decoder.Decode(form, gateway, sensorBytes, payload, now, scratch.Readings, scratch.Refusals);
        if (refused != RejectionReason.None) return Refuse(refused, gateway, message, response, now);

        var durable = Task.CompletedTask;
        if (scratch.Refusals.Count > 0)
        {
            response.ReasonCode = MqttPubAckReasonCode.PayloadFormatInvalid;
            foreach (var refusal in scratch.Refusals)
                durable = rejections.Add(Describe(refusal.Reason, gateway, message, now, refusal));
        }
        // A frame without readings (a picture, a state) is evidence all the same.
        if (scratch.Readings.Count == 0 && (form == PayloadForm.Json || scratch.Refusals.Count > 0)) return durable;
        metrics.Accepted(scratch.Readings.Count);
        var committed = journal.Append(
            form, scratch.Refusals.Count == 0, now, gateway, sensor, payload, scratch.Readings, ReadingTrace.Begin(message.UserProperties, gateway));
        if (form == PayloadForm.Sl651 && records.Keep(payload, sensor.ToString(), now) is { IsCompleted: false } kept) committed = Task.WhenAll(committed, kept);
        return durable.IsCompleted ? committed : Task.WhenAll(durable, committed);
    }

    private Task Status(string gateway, MqttApplicationMessage message, PublishResponse response, long now)
    {
        Span<byte> word = stackalloc byte[8];
        var length = message.Payload.Length;
        if (length <= word.Length) message.Payload.CopyTo(word);
        var text = word[..(int)Math.Min(length, word.Length)];
        var online = text.SequenceEqual("online"u8);
        if (!online && !text.SequenceEqual("offline"u8)) return Refuse(RejectionReason.WrongShape, gateway, message, response, now);
        gateways.Set(gateway, online, DateTimeOffset.FromUnixTimeMilliseconds(now));
        return Task.CompletedTask;
    }

    // A reply is rare and its sender waits for nothing else, so it is written down before the next publish of the connection is read.
    private Task Reply(string gateway, ReadOnlySpan<char> sensor, MqttApplicationMessage message, PublishResponse response, long now)
    {
        var scratch = _scratch ??= new Scratch();
        if (message.Payload.Length > ReplyBytesMax) return Refuse(RejectionReason.PayloadTooLarge, gateway, message, response, now);
        if (!CommandReply.TryRead(scratch.Contiguous(message.Payload), out var reply)) return Refuse(RejectionReason.WrongShape, gateway, message, response, now);
        return commands.Reply(gateway, sensor.ToString(), reply) == ReplyOutcome.Unknown
            ? Refuse(RejectionReason.CommandUnknown, gateway, message, response, now)
            : Task.CompletedTask;
    }

    private Task Refuse(RejectionReason reason, string gateway, MqttApplicationMessage message, PublishResponse response, long now)
    {
        response.ReasonCode = reason is RejectionReason.TopicForbidden ? MqttPubAckReasonCode.NotAuthorized
            : reason is RejectionReason.TopicInvalid ? MqttPubAckReasonCode.TopicNameInvalid
            : MqttPubAckReasonCode.PayloadFormatInvalid;
        return rejections.Add(Describe(reason, gateway, message, now, default));
    }

    private static Rejection Describe(RejectionReason reason, string gateway, MqttApplicationMessage message, long now, Refusal part)
    {
        var first = message.Payload.Slice(0, Math.Min(message.Payload.Length, Rejection.FirstBytesMax)).ToArray();
        var index = part.Sensor is null ? -1 : part.Index;
        return new Rejection(now, gateway, message.Topic, reason, part.Sensor ?? "", index, part.Metric ?? "", (int)message.Payload.Length, first);
    }

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

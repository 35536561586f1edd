using LuohuIOC.Ingestion.Commands;
using Microsoft.Extensions.Options;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace LuohuIOC.Ingestion.Broker;

/// <summary>
/// Publishes of the embedded broker, on the connection's own loop. A publish is handed on at once; its acknowledgement waits in the outbound
/// loop for the commit, so that one connection can have many publishes under way.
/// </summary>
public sealed class BrokerIntake(PublishIntake intake, IOptions<MqttOptions> options, TimeProvider time)
{
    /// <summary>Topics that a connection may have the broker remember under a number (MQTT 5, 3.1.2.11.5), told in CONNACK. By the protocol's own bound one could make it hold 65,535 topics of 64 KiB.</summary>
    public const int TopicAliasMax = 1_024;

    /// <summary>Longest topic that is remembered under a number; the contract's are shorter, but for a Sparkplug group of a length of its own.</summary>
    public const int AliasedTopicLengthMax = 512;

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
        if (publish.SessionItems.Contains(ReaderSession.Key))
        {
            var kept = intake.Forbid(message, out var forbidden);
            publish.Response.ReasonCode = forbidden;
            return kept;
        }
        if (publish.SessionItems[GatewaySession.Key] is not GatewaySession session) throw new InvalidOperationException($"Client {publish.ClientId} has no session.");
        var durable = intake.Take(session, message, out var answer);
        publish.Response.ReasonCode = answer;
        if (message.QualityOfServiceLevel != MqttQualityOfServiceLevel.AtMostOnce) session.Expect(durable);
        var pause = session.Spend();
        return pause > TimeSpan.Zero || session.Pending >= options.Value.InFlightMax || intake.IsFull
            ? Slow(session, pause, publish.CancellationToken)
            : Task.CompletedTask;
    }

    /// <summary>Holds an acknowledgement back until what it promises is durable; tells a client of MQTT 5 how large its packets may be, and how many topics it may number.</summary>
    public Task BeforeSend(InterceptingPacketEventArgs outbound)
    {
        if (outbound.Packet is MqttConnAckPacket welcome) (welcome.MaximumPacketSize, welcome.TopicAliasMaximum) = ((uint)options.Value.PacketBytesMax, TopicAliasMax);
        return outbound.Packet is MqttPubAckPacket or MqttPubRecPacket && outbound.SessionItems[GatewaySession.Key] is GatewaySession session
            ? session.TakeNext()
            : Task.CompletedTask;
    }

    private async Task Slow(GatewaySession session, TimeSpan pause, CancellationToken cancellation)
    {
        if (pause > TimeSpan.Zero) await Task.Delay(pause, time, cancellation);
        if (session.Pending >= options.Value.InFlightMax) await session.Oldest().WaitAsync(cancellation);
        await intake.WaitForRoomAsync(cancellation);
    }
}

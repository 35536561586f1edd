using System.Collections;
using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Ingestion.Outside;
using LuohuIOC.Registry;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace LuohuIOC.Ingestion.Commands;

/// <summary>Hands commands to the brokers that there are, QoS 1, by <c>command.schema.json</c>: a gateway may be at either, and carries one command out once.</summary>
internal sealed class CommandPublisher(
    MqttServer server, OutsideLink link, OutsideSetup outside, IOptions<MqttOptions> embedded, GatewayBoard gateways, CommandSubscribers subscribers,
    TimeProvider time, ILogger<CommandPublisher> log)
{
    /// <summary>Marks the broker's own messages among the publishes that pass its interceptor.</summary>
    public static readonly object Key = new();

    private bool IsEmbedded => embedded.Value.Port > 0 || embedded.Value.Tls.Port > 0;

    /// <summary>True when a command for the sensor would be lost now. The embedded broker keeps nothing for those who are away; an outside one may.</summary>
    public bool MustWait(Sensor sensor) =>
        IsEmbedded && !outside.Options.IsOn && !gateways.IsOnline(sensor.Gateway) && !subscribers.Any(sensor.Gateway, sensor.Id);

    /// <summary>Who is subscribed gets it now; of an outside broker a gateway with a persistent session gets it when it comes back. False when no broker took it.</summary>
    public async Task<bool> PublishAsync(DeviceCommand command, CancellationToken cancellation)
    {
        if (IsEmbedded) await PublishHereAsync(command, cancellation);
        if (!outside.Options.IsOn) return IsEmbedded;
        try
        {
            // MQTT 3.1.1 has no expiry of messages; the payload has the time in any case.
            await link.PublishAsync(Message(command, outside.Options.IsVersion5), cancellation);
            return true;
        }
        catch (OutsideFaultException e)
        {
            log.LogWarning("Command {Id} did not reach the outside broker: {What}", command.Id, e.Fault.What);
            return IsEmbedded;
        }
    }

    /// <summary>Through the embedded broker alone.</summary>
    public Task PublishHereAsync(DeviceCommand command, CancellationToken cancellation) => command.Expires <= time.GetUtcNow()
        ? Task.CompletedTask
        : server.InjectApplicationMessage(
            new InjectedMqttApplicationMessage(Message(command, expires: true)) { SenderClientId = "luohu-ioc", CustomSessionItems = new Hashtable { [Key] = true } }, cancellation);

    private MqttApplicationMessage Message(DeviceCommand command, bool expires)
    {
        var message = new MqttApplicationMessageBuilder()
            .WithTopic(Topic.Command(command.Gateway, command.Sensor))
            .WithPayload(Payload(command))
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        return (expires ? message.WithMessageExpiryInterval((uint)Math.Ceiling(Math.Max(1, (command.Expires - time.GetUtcNow()).TotalSeconds))) : message).Build();
    }

    /// <summary>{"id":"c-20241122-0007","name":"set_interval","arguments":{"seconds":60},"expires":1732262700000}</summary>
    internal static byte[] Payload(DeviceCommand command)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("id", command.Id);
            json.WriteString("name", command.Name);
            if (command.Arguments is { } arguments)
            {
                json.WritePropertyName("arguments");
                arguments.WriteTo(json);
            }
            json.WriteNumber("expires", command.Expires.ToUnixTimeMilliseconds());
            json.WriteEndObject();
        }
        return stream.ToArray();
    }
}

using System.Collections;
using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace LuohuIOC.Ingestion.Commands;

/// <summary>Hands commands to the broker, QoS 1, by <c>command.schema.json</c>.</summary>
public sealed class CommandPublisher(MqttServer server)
{
    /// <summary>Marks the broker's own messages among the publishes that pass its interceptor.</summary>
    public static readonly object Key = new();

    /// <summary>Who is subscribed gets it now; a gateway with a persistent session gets it when it comes back.</summary>
    public Task PublishAsync(DeviceCommand command, CancellationToken cancellation)
    {
        var message = new MqttApplicationMessageBuilder()
            .WithTopic(Topic.Command(command.Gateway, command.Sensor))
            .WithPayload(Payload(command))
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithMessageExpiryInterval((uint)Math.Ceiling((command.Expires - command.IssuedAt).TotalSeconds))
            .Build();
        return server.InjectApplicationMessage(
            new InjectedMqttApplicationMessage(message) { SenderClientId = "luohu-ioc", CustomSessionItems = new Hashtable { [Key] = true } }, cancellation);
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

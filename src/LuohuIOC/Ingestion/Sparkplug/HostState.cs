using System.Globalization;
using LuohuIOC.DeviceProtocol.Sparkplug;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.Ingestion.Sparkplug;

/// <summary>
/// Whether the host is there, for nodes that store their data while their primary host is away (Sparkplug 3.0, 5.14): retained, and with one
/// timestamp from its coming to its going, so that an offline which arrives late is known to be of an earlier time.
/// <code>spBv1.0/STATE/luohu-ioc {"online":true,"timestamp":1694080800000}</code>
/// </summary>
public sealed record HostState(string HostId, long SinceMs)
{
    public string Topic => $"{SparkplugTopic.Prefix}STATE/{HostId}";

    public MqttApplicationMessage Message(bool isOnline) =>
        new MqttApplicationMessageBuilder().WithTopic(Topic).WithPayload(Payload(isOnline)).WithRetainFlag().WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();

    /// <summary>The broker says that the host is gone when nobody else can.</summary>
    public void AddWill(MqttClientOptionsBuilder client) =>
        client.WithWillTopic(Topic).WithWillPayload(Payload(false)).WithWillRetain().WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);

    private string Payload(bool isOnline) => string.Create(CultureInfo.InvariantCulture, $$"""{"online":{{(isOnline ? "true" : "false")}},"timestamp":{{SinceMs}}}""");
}

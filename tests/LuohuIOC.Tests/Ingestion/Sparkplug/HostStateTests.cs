using System.ComponentModel.DataAnnotations;
using System.Text;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Ingestion.Sparkplug;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Sparkplug;

public sealed class HostStateTests
{
    private readonly HostState _state = new("luohu-ioc", 1_694_080_800_000);

    [Fact]
    public async Task The_embedded_broker_keeps_it_for_nodes_that_come_later()
    {
        using var server = new MqttServerFactory().CreateMqttServer(new MqttServerOptions());
        server.StartedAsync += _ => server.InjectApplicationMessage(new InjectedMqttApplicationMessage(_state.Message(true)));
        await server.StartAsync();
        Assert.Equal(("spBv1.0/STATE/luohu-ioc", """{"online":true,"timestamp":1694080800000}"""), Kept(await server.GetRetainedMessagesAsync()));
        await server.InjectApplicationMessage(new InjectedMqttApplicationMessage(_state.Message(false)));
        Assert.Equal(("spBv1.0/STATE/luohu-ioc", """{"online":false,"timestamp":1694080800000}"""), Kept(await server.GetRetainedMessagesAsync()));
        await server.StopAsync();

        static (string, string) Kept(IList<MqttApplicationMessage> messages) => (messages.Single().Topic, Encoding.UTF8.GetString(messages.Single().Payload));
    }

    [Fact]
    public void A_broker_outside_says_that_the_host_is_gone_with_the_time_of_its_coming()
    {
        var client = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1");
        _state.AddWill(client);
        var options = client.Build();
        Assert.Equal(
            ("spBv1.0/STATE/luohu-ioc", """{"online":false,"timestamp":1694080800000}""", true, MqttQualityOfServiceLevel.AtLeastOnce),
            (options.WillTopic, Encoding.UTF8.GetString(options.WillPayload), options.WillRetain, options.WillQualityOfServiceLevel));
    }

    [Theory]
    [InlineData("spBv1.0/STATE/luohu-ioc", true)]
    [InlineData("spBv1.0/STATE/+", true)]
    [InlineData("spBv1.0/STATE/#", true)]
    [InlineData("spBv1.0/STATE", false)]
    [InlineData("spBv1.0/water/NCMD/gw-1/#", true)]
    [InlineData("spBv1.0/water/DCMD/gw-1/#", true)]
    [InlineData("spBv1.0/water/DCMD/gw-1/+", true)]
    [InlineData("spBv1.0/water/NCMD/gw-2/#", false)]
    [InlineData("spBv1.0/water/NCMD/+/#", false)]
    [InlineData("spBv1.0/+/NCMD/gw-1/#", false)]
    [InlineData("spBv1.0/water/NCMD/#", false)]
    [InlineData("spBv1.0/+/#", false)]
    [InlineData("spBv1.0/#", false)]
    public void A_gateway_may_look_for_the_state_of_hosts_and_what_is_said_to_it(string filter, bool may) => Assert.Equal(may, BrokerEvents.MaySubscribe(filter, "gw-1"));

    [Theory]
    [InlineData("scada 1", true)]
    [InlineData("a/b", false)]
    [InlineData("+", false)]
    [InlineData("", false)]
    public void A_host_id_is_one_level_of_a_topic(string id, bool valid)
    {
        var options = new SparkplugOptions { HostId = id };
        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), [], true));
    }
}

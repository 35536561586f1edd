using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol;

public sealed class TopicTests
{
    private static readonly TopicVector[] Vectors =
        JsonSerializer.Deserialize<TopicFile>(Repository.Read("firmware-contracts/vectors/topics.json"), JsonSerializerOptions.Web)!.Topics;

    public static TheoryData<string> Names => [.. Vectors.Select(v => v.Topic)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Parses_what_the_contract_names_and_nothing_else(string name)
    {
        var vector = Vectors.Single(v => v.Topic == name);
        var valid = Topic.TryParse(name, out var topic);
        Assert.Equal(vector.Valid, valid);
        if (!valid) return;
        Assert.Equal(vector.Kind, JsonNamingPolicy.SnakeCaseLower.ConvertName(topic.Kind.ToString()));
        Assert.Equal(vector.Gateway, topic.Gateway.ToString());
        Assert.Equal(vector.Sensor ?? "", topic.Sensor.ToString());
        Assert.Equal(vector.Protocol ?? "", topic.Protocol.ToString());
    }

    [Fact]
    public void Builds_the_topics_that_it_parses()
    {
        Assert.True(Topic.TryParse(Topic.Telemetry("gw-1"), out var telemetry));
        Assert.Equal(TopicKind.GatewayTelemetry, telemetry.Kind);
        Assert.True(Topic.TryParse(Topic.Status("gw-1"), out var status));
        Assert.Equal(TopicKind.Status, status.Kind);
        Assert.True(Topic.TryParse(Topic.Command("gw-1", "of-1"), out var command));
        Assert.Equal(TopicKind.Command, command.Kind);
        Assert.Equal("of-1", command.Sensor.ToString());
    }

    private sealed record TopicFile(TopicVector[] Topics);

    private sealed record TopicVector(string Topic, bool Valid = true, string? Kind = null, string? Gateway = null, string? Sensor = null, string? Protocol = null);
}

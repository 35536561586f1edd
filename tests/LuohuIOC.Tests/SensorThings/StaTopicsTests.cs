using LuohuIOC.SensorThings;
using Xunit;

namespace LuohuIOC.Tests.SensorThings;

public sealed class StaTopicsTests
{
    [Theory]
    [InlineData("v1.1/Observations", true)]
    [InlineData("sta/v1.1/Observations", true)]
    [InlineData("v1.1/Datastreams('river-001:level')/Observations", true)]
    [InlineData("sta/v1.1/Datastreams(river-001:level)/Observations", true)]
    [InlineData("v1.1/Datastreams('river-001:level)/Observations", false)]
    [InlineData("v1.1/Datastreams/Observations", false)]
    [InlineData("v1.1/Datastreams(+)/Observations", false)]
    [InlineData("v1.1/+/Observations", false)]
    [InlineData("v1.1/#", false)]
    [InlineData("#", false)]
    [InlineData("luohu/v1/gw-1/telemetry", false)]
    [InlineData("$share/x/v1.1/Observations", false)]
    public void Only_whole_topics_of_observations_exist(string topic, bool expected) => Assert.Equal(expected, StaTopics.Exists(topic));

    [Fact]
    public void An_observation_goes_to_its_datastream_and_to_all_in_every_spelling_asked_for()
    {
        var topics = new StaTopics(["v1.1/Observations", "v1.1/Datastreams('a:level')/Observations", "sta/v1.1/Datastreams(a:level)/Observations", "v1.1/Datastreams(b:flow)/Observations"]);
        Assert.Equal(["v1.1/Datastreams('a:level')/Observations", "sta/v1.1/Datastreams(a:level)/Observations", "v1.1/Observations"], topics.Of("a", "level"));
        Assert.Equal(["v1.1/Observations"], topics.Of("a", "flow"));
        Assert.Empty(new StaTopics(["v1.1/Datastreams(b:flow)/Observations"]).Of("a", "level"));
    }
}

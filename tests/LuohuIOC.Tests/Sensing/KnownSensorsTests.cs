using LuohuIOC.Sensing;
using LuohuIOC.Tests.Alerts;
using LuohuIOC.Tests.Notices;
using LuohuIOC.Tests.Storage;
using Xunit;
using Districts = LuohuIOC.Tests.Registry.Some;

namespace LuohuIOC.Tests.Sensing;

public sealed class KnownSensorsTests
{
    [Fact]
    public async Task Those_that_were_heard_or_whose_alert_is_open_and_nobody_else()
    {
        await using var site = new StoreSite("");
        await site.StartAsync();
        var registry = Districts.Registry([.. Enumerable.Range(0, 6).Select(i => Districts.Draft($"s-{i}"))]);
        var shown = new ShownAlerts();
        var known = new KnownSensors(registry, site.Grains, shown);
        Assert.Empty(known.Numbers());

        foreach (var id in (string[])["s-4", "s-1", "gone"])
            await site.Grains.WriteStateAsync(KnownSensors.State, GrainId.Create("sensor", id), new GrainState<SensorState>(new SensorState()));
        shown.Open = [.. ((string[])["s-2", "s-4", "gone-too"]).Select(id => SomeAlert.Waiting() with { SensorId = id })];
        Assert.Equal([1, 2, 4], known.Numbers());
    }
}

using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing.Gateways;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Gateways;

public sealed class AwayGatewaysTests
{
    [Fact]
    public void Who_cannot_be_heard_is_not_silent_and_is_again_when_it_could_be()
    {
        var away = new AwayGateways();
        var sensor = new Watched(SensorKind.Outfall);
        sensor.Read(0, ("level", 0.5));
        away.Set(new HashSet<string> { "g-1" }, [], Watched.At(60));
        Tick(3600);
        Assert.Empty(sensor.Changes);
        away.Set(new HashSet<string>(), ["g-1"], Watched.At(3700));
        Tick(3700 + 1799);
        Assert.Empty(sensor.Changes);
        Tick(3700 + 1801);
        Assert.Equal("offline blue@5500", Watched.Tell(Assert.Single(sensor.Changes)));
        Assert.Equal(0, away.HeardSince("g-2", 9));
        // By a clock that has been set back since.
        Assert.Equal(Watched.At(0), away.HeardSince("g-1", Watched.At(0)));

        void Tick(double second) => sensor.Tick(second, reachableSince: (away.HeardSince("g-1", Watched.At(second)) - Watched.Start) / 1000.0);
    }
}

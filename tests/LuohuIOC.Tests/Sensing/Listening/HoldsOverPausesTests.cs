using CsCheck;
using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Listening;
using LuohuIOC.Sensing.Rules;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Listening;

/// <summary>A hold says that a condition stood for so long. In a pause of the host nobody could have heard that it ended.</summary>
public sealed class HoldsOverPausesTests
{
    private readonly Watched _w = new(SensorKind.Waterlogging, RuleCompiler.Compile(
        MetricLayout.Of(SensorKind.Waterlogging),
        [new LadderRule { Id = "held", Metric = "depth", Hysteresis = 0.03, HoldSeconds = 300, ClearHoldSeconds = 400, Steps = [new(Severity.Red, 0.4)] }]));

    [Fact]
    public void A_hold_does_not_run_out_while_the_host_is_down()
    {
        _w.Read(0, ("depth", 0.5));
        var time = Since(-1000).After(At(100), At(1000));
        Assert.Equal(1201, _w.Tick(1001, listened: time));
        Assert.Empty(_w.Story);
        _w.Tick(1201, listened: time);
        Assert.Equal("held red@300", _w.Story);
    }

    [Fact]
    public void What_ended_in_the_pause_is_not_raised_when_the_gateway_is_back()
    {
        _w.Read(0, ("depth", 0.5));
        var time = Since(-1000).After(At(100), At(1000));
        _w.Tick(1001, listened: time);
        _w.Receive(200, 1010, 1, ("depth", 0.1));
        _w.Tick(9000, listened: time);
        Assert.Empty(_w.Story);
    }

    [Fact]
    public void Readings_that_waited_for_the_host_hold_as_they_would_have_held()
    {
        _w.Read(0, ("depth", 0.5));
        _w.Tick(1001, listened: Since(-1000).After(At(100), At(1000)));
        _w.Receive(400, 1010, 1, ("depth", 0.5));
        Assert.Equal("held red@300", _w.Story);
    }

    [Fact]
    public void What_stands_does_not_end_while_the_host_is_down()
    {
        _w.Read(0, ("depth", 0.5));
        _w.Tick(301);
        _w.Read(350, ("depth", 0.1));
        var time = Since(-1000).After(At(400), At(2000));
        Assert.Equal(2351, _w.Tick(2001, listened: time));
        Assert.Equal("held red@300", _w.Story);
        _w.Tick(2351, listened: time);
        Assert.Equal("held red@300, held ended@750", _w.Story);
    }

    [Fact]
    public void A_reading_after_the_pause_owes_nothing_to_it()
    {
        var time = Since(-1000).After(At(100), At(1000));
        _w.Read(1010, ("depth", 0.5));
        Assert.Equal(1311, _w.Tick(1020, listened: time));
    }

    [Fact]
    public void Pauses_since_a_moment_are_what_was_not_listened() =>
        Gen.Select(Gen.Int[1, 400].Array[2, 12], Gen.Int[-100, 3000]).Sample((lengths, from) =>
        {
            var (time, at) = (Since(0), 0);
            var paused = new bool[6000];
            for (var i = 0; i + 1 < lengths.Length; i += 2)
            {
                var (begin, end) = (at + lengths[i], at + lengths[i] + lengths[i + 1]);
                time = time.After(At(begin), At(end));
                Array.Fill(paused, true, begin, end - begin);
                at = end;
            }
            var expected = Math.Max(0, -from) + paused.Skip(Math.Max(0, from)).Count(p => p);
            return time.PausedSince(At(from)) == 1000L * expected;
        });

    private static long At(double second) => Watched.At(second);

    private static ListenedTime Since(double second) => new(At(second), At(second), []);
}

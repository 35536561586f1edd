using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing;
using LuohuIOC.Tests.Ingestion.Frames;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

/// <summary>Components of a fire alarm transmitter that share one sensor, from the frame to the rule.</summary>
public sealed class ComponentFiresTests
{
    private readonly Watched _w = new(SensorKind.Smoke);
    private ushort _serial;

    [Fact]
    public void A_neighbour_in_order_ends_no_fire_and_the_one_that_burnt_does()
    {
        Component(1, Gb26875State.Fire, 0);
        Component(2, Gb26875State.Normal, 1);
        Component(3, Gb26875State.Fire, 2);
        Component(1, Gb26875State.Normal, 3);
        Assert.Equal("smoke-alarm red@0", _w.Story);
        Component(3, Gb26875State.Normal, 4);
        Assert.Equal("smoke-alarm red@0, smoke-alarm ended@4", _w.Story);
    }

    [Fact]
    public void A_fire_with_a_clock_behind_the_neighbours_is_raised_and_doubtful()
    {
        Component(1, Gb26875State.Normal, 0, after: 4);
        var (mark, arrival) = Component(2, Gb26875State.Fire, -600, after: 605);
        Assert.Equal((Arrival.Latest, QualityReason.Clock), (arrival, mark.Reason));
        Assert.Equal("smoke-alarm red@0", _w.Story);
        Assert.Equal(Arrival.Late, Component(1, Gb26875State.Normal, -5, after: 15).Arrival);
        // By the clock of the one that burns.
        Component(2, Gb26875State.Normal, -590, after: 615);
        Assert.Equal("smoke-alarm red@0, smoke-alarm ended@0", _w.Story);
    }

    [Fact]
    public void An_older_state_of_a_component_does_not_end_its_newer_fire()
    {
        Component(1, Gb26875State.Fire, 10);
        Component(1, Gb26875State.Normal, 5, after: 6);
        Assert.Equal("smoke-alarm red@10", _w.Story);
    }

    [Fact]
    public void A_system_that_is_normal_or_reset_speaks_for_its_components_and_no_other_systems()
    {
        Component(1, Gb26875State.Fire, 0);
        Observe([Gb26875Type.SystemState, 1, 1, 4, Gb26875State.Normal, 0, .. Time(1)], 1);
        Assert.Equal("smoke-alarm red@0", _w.Story);
        Observe([Gb26875Type.SystemState, 1, 1, 3, Gb26875State.Normal, 0, .. Time(2)], 2);
        Component(1, Gb26875State.Fire, 3);
        Observe([Gb26875Type.TransmitterOperation, 1, Gb26875Operation.Reset, 9, .. Time(4)], 4);
        Assert.Equal("smoke-alarm red@0, smoke-alarm ended@2, smoke-alarm red@3, smoke-alarm ended@4", _w.Story);
    }

    [Fact]
    public void An_alarm_given_by_hand_is_one_and_silencing_the_bell_ends_nothing()
    {
        Observe([Gb26875Type.Operation, 1, 1, 3, Gb26875Operation.ManualAlarm, 9, .. Time(0)], 0);
        Observe([Gb26875Type.Operation, 1, 1, 3, 2, 9, .. Time(1)], 1);
        Component(1, Gb26875State.Normal, 2);
        Assert.Equal("smoke-alarm red@0", _w.Story);
        Observe([Gb26875Type.Operation, 1, 1, 3, Gb26875Operation.AlarmCleared, 9, .. Time(3)], 3);
        Assert.Equal("smoke-alarm red@0, smoke-alarm ended@3", _w.Story);
    }

    private (QualityMark Mark, Arrival Arrival) Component(uint address, int state, int second, int after = 0)
    {
        var unit = new byte[48];
        Gb26875Writer.ComponentState(unit, 1, 3, 40, address, (ushort)state, "", Watched.At(second));
        return Observe(unit, second + after)[0];
    }

    /// <summary>As a gateway's payload, received at a second.</summary>
    private List<(QualityMark Mark, Arrival Arrival)> Observe(byte[] unit, int receivedSecond)
    {
        var frame = new byte[1100];
        var length = Gb26875Writer.Frame(frame, ++_serial, 1, Watched.At(receivedSecond), 10, 11, Gb26875Command.Send, unit);
        var group = new ReadingGroup();
        Assert.DoesNotContain("invalid", string.Join(' ', FrameScene.Decode(PayloadForm.Gb26875, SensorKind.Smoke, frame[..length], into: group)), StringComparison.Ordinal);
        return [.. Enumerable.Range(0, group.Count).Select(i => SensorEvaluator.Observe(
            _w.State, _w.Rules, _w.Sensor, group.DeviceTimes[i], group.Sequences[i], Watched.At(receivedSecond), group.SlotsOf(i), group.ValuesOf(i), _w.Changes,
            components: group.ComponentsOf(i)))];
    }

    private static byte[] Time(int second)
    {
        var unit = new byte[48];
        Gb26875Writer.ComponentState(unit, 0, 0, 0, 0, 0, "", Watched.At(second));
        return unit[42..];
    }
}

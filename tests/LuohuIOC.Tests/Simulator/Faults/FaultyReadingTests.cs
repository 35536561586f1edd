using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Faults;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Faults;

public sealed class FaultyReadingTests
{
    private static readonly KindDefinition Pipe = KindCatalogue.Of(SensorKind.Pipe);
    private readonly FaultyReading _reading = new(1);

    [Fact]
    public void A_stuck_sensor_repeats_its_first_reading()
    {
        var fault = Fault(FaultKind.Stuck);
        Assert.Equal([0.5, 1.0], Spoilt(fault, 0, 0.5, 1.0).Values);
        Assert.Equal([0.5, 1.0], Spoilt(fault, 5, 0.9, 2.0).Values);
    }

    [Fact]
    public void A_drifting_sensor_goes_further_with_time_within_its_range()
    {
        var fault = Fault(FaultKind.Drift);
        var early = Spoilt(fault, 1, 0.5, 1.0).Values[0];
        var late = Spoilt(fault, 20, 0.5, 1.0).Values[0];
        Assert.True(0.5 < early && early < late && late <= Pipe.Metrics[0].Maximum);
    }

    [Fact]
    public void A_spiking_sensor_is_mostly_right_and_sometimes_wild()
    {
        var wild = Enumerable.Range(0, 500).Count(i => Spoilt(Fault(FaultKind.Spike), i, 0.5, 1.0).Values is not [0.5, 1.0]);
        Assert.InRange(wild, 20, 150);
    }

    [Fact]
    public void A_bad_clock_is_hours_off_and_the_same_all_along()
    {
        var ahead = Fault(FaultKind.ClockAhead);
        var error = Spoilt(ahead, 0, 0.5, 1).Time - TestCity.Start;
        Assert.InRange(error, TimeSpan.FromHours(1), TimeSpan.FromHours(30));
        Assert.Equal(error, Spoilt(ahead, 7, 0.5, 1).Time - TestCity.Start.AddMinutes(7));
        Assert.True(Spoilt(Fault(FaultKind.ClockBehind), 0, 0.5, 1).Time <= TestCity.Start.AddHours(-1));
    }

    [Fact]
    public void A_silent_sensor_sends_nothing() => Assert.False(Spoilt(Fault(FaultKind.Silence), 0, 0.5, 1).Sends);

    [Fact]
    public void Alarms_are_not_a_sensor_faults_to_raise()
    {
        var smoke = KindCatalogue.Of(SensorKind.Smoke);
        for (var i = 0; i < 200; i++)
        {
            double[] values = [0.1, 0, 0];
            var time = TestCity.Start.AddMinutes(i);
            _reading.Spoil(Fault(i % 2 == 0 ? FaultKind.Drift : FaultKind.Spike), smoke, values, ref time);
            Assert.Equal([0, 0], values[1..]);
        }
    }

    private static SensorFault Fault(FaultKind kind) => new(0, kind, TestCity.Start, TestCity.Start.AddHours(10));

    private (bool Sends, double[] Values, DateTimeOffset Time) Spoilt(SensorFault fault, int minutes, params double[] values)
    {
        var time = TestCity.Start.AddMinutes(minutes);
        var sends = _reading.Spoil(fault, Pipe, values, ref time);
        return (sends, values, time);
    }
}

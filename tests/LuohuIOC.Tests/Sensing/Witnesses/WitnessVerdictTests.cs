using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing.Witnesses;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Witnesses;

public sealed class WitnessVerdictTests
{
    private static readonly Reading Own = new(1.6, 0.4, double.NaN, 0.02, 1, false, false, false, false);

    [Theory]
    [InlineData(0.06, double.NaN, SurroundingsSubject.Rise, NeighbourVerdict.Agrees)]
    [InlineData(0.04, double.NaN, SurroundingsSubject.Rise, NeighbourVerdict.Calm)]
    [InlineData(-0.06, double.NaN, SurroundingsSubject.Rise, NeighbourVerdict.Opposite)]
    [InlineData(-0.06, double.NaN, SurroundingsSubject.Fall, NeighbourVerdict.Agrees)]
    [InlineData(0.01, 3.0, SurroundingsSubject.Rise, NeighbourVerdict.Agrees)]
    [InlineData(0.01, -3.0, SurroundingsSubject.Rise, NeighbourVerdict.Calm)]
    // It stands high and falls: what moves now counts.
    [InlineData(-0.06, 3.0, SurroundingsSubject.Rise, NeighbourVerdict.Opposite)]
    [InlineData(double.NaN, double.NaN, SurroundingsSubject.Rise, NeighbourVerdict.Unknown)]
    [InlineData(double.NaN, 0.5, SurroundingsSubject.Rise, NeighbourVerdict.Calm)]
    public void Level_neighbours_agree_that_move_the_same_way(double moved, double departure, SurroundingsSubject subject, NeighbourVerdict verdict) =>
        Assert.Equal(verdict, WitnessVerdict.Of(subject, Own, Own with { Moved = moved, Departure = departure }, new WitnessOptions()));

    [Fact]
    public void After_a_start_nobody_is_called_calm_but_who_has_next_to_nothing()
    {
        var said = Own with { Moved = double.NaN };
        Assert.Equal(NeighbourVerdict.Unknown, WitnessVerdict.Of(SurroundingsSubject.Rise, Own, said with { Value = 0.5 }, new WitnessOptions()));
        Assert.Equal(NeighbourVerdict.Calm, WitnessVerdict.Of(SurroundingsSubject.Rise, Own, said with { Value = 0.3 }, new WitnessOptions()));
        Assert.Equal(NeighbourVerdict.Unknown, WitnessVerdict.Of(SurroundingsSubject.Fall, Own, said with { Value = 0.3 }, new WitnessOptions()));
    }

    [Fact]
    public void Without_a_known_spread_a_quarter_of_the_own_change_is_asked()
    {
        var said = Own with { Spread = double.NaN };
        Assert.Equal(NeighbourVerdict.Agrees, WitnessVerdict.Of(SurroundingsSubject.Rise, Own, said with { Moved = 0.1 }, new WitnessOptions()));
        Assert.Equal(NeighbourVerdict.Calm, WitnessVerdict.Of(SurroundingsSubject.Rise, Own, said with { Moved = 0.09 }, new WitnessOptions()));
        // Who has not moved himself has no measure for others: least of all do those agree that have not moved either.
        foreach (var moved in new[] { double.NaN, 0 })
            Assert.Equal(NeighbourVerdict.Unknown, WitnessVerdict.Of(SurroundingsSubject.Rise, Own with { Moved = moved }, said with { Moved = 0 }, new WitnessOptions()));
    }

    [Fact]
    public void The_silent_and_the_doubtful_are_no_witnesses_but_of_silence()
    {
        var moving = Own with { Moved = 1 };
        Assert.Equal(NeighbourVerdict.Silent, WitnessVerdict.Of(SurroundingsSubject.Rise, Own, moving with { IsSilent = true }, new WitnessOptions()));
        Assert.Equal(NeighbourVerdict.Doubtful, WitnessVerdict.Of(SurroundingsSubject.Rise, Own, moving with { IsDoubtful = true }, new WitnessOptions()));
        Assert.Equal(NeighbourVerdict.Agrees, WitnessVerdict.Of(SurroundingsSubject.Silence, Own, moving with { IsSilent = true }, new WitnessOptions()));
        Assert.Equal(NeighbourVerdict.Calm, WitnessVerdict.Of(SurroundingsSubject.Silence, Own, moving, new WitnessOptions()));
        Assert.Equal(NeighbourVerdict.Unknown, WitnessVerdict.Of(SurroundingsSubject.Silence, Own, moving with { IsSilent = true, TimeMs = 0 }, new WitnessOptions()));
    }

    [Theory]
    [InlineData(40, 8, NeighbourVerdict.Agrees)]
    [InlineData(40, 7.9, NeighbourVerdict.Calm)]
    [InlineData(1, 0.9, NeighbourVerdict.Calm)]
    [InlineData(20.0, double.NaN, NeighbourVerdict.Unknown)]
    public void A_gauge_agrees_that_has_a_fifth_of_the_rain(double own, double other, NeighbourVerdict verdict)
    {
        Reading Gauge(double mm) => Own with { Value = mm, IsRain = true };
        Assert.Equal(verdict, WitnessVerdict.Of(SurroundingsSubject.Rise, Gauge(own), Gauge(other), new WitnessOptions()));
    }

    [Theory]
    // Three of four rise: real, in rain and out of it.
    [InlineData(SensorKind.Pipe, "AAAC", false, SurroundingsSubject.Rise, SurroundingsLean.Event)]
    // One of four rises: rain makes it likely.
    [InlineData(SensorKind.Pipe, "ACCC", false, SurroundingsSubject.Rise, SurroundingsLean.Undecided)]
    [InlineData(SensorKind.Pipe, "ACCC", true, SurroundingsSubject.Rise, SurroundingsLean.Event)]
    [InlineData(SensorKind.Pipe, "ACCC", true, SurroundingsSubject.Fall, SurroundingsLean.Undecided)]
    // Nobody moves.
    [InlineData(SensorKind.Pipe, "CCCC", false, SurroundingsSubject.Rise, SurroundingsLean.Instrument)]
    [InlineData(SensorKind.Pipe, "CCCC", true, SurroundingsSubject.Rise, SurroundingsLean.Undecided)]
    [InlineData(SensorKind.Pipe, "CSSD", false, SurroundingsSubject.Rise, SurroundingsLean.Undecided)]
    [InlineData(SensorKind.Pipe, "", false, SurroundingsSubject.Rise, SurroundingsLean.Undecided)]
    // Water on one street, a fire or an open cover needs no second one: nobody is told that it is the instrument.
    [InlineData(SensorKind.Waterlogging, "CCCC", false, SurroundingsSubject.Rise, SurroundingsLean.Undecided)]
    [InlineData(SensorKind.Smoke, "CCCC", false, SurroundingsSubject.State, SurroundingsLean.Undecided)]
    [InlineData(SensorKind.Manhole, "CCCC", false, SurroundingsSubject.State, SurroundingsLean.Undecided)]
    [InlineData(SensorKind.Smoke, "AACC", false, SurroundingsSubject.State, SurroundingsLean.Event)]
    // Silence: of one device alone, or of the network.
    [InlineData(SensorKind.Smoke, "CCCC", false, SurroundingsSubject.Silence, SurroundingsLean.Instrument)]
    [InlineData(SensorKind.Smoke, "AAAC", false, SurroundingsSubject.Silence, SurroundingsLean.Event)]
    public void What_follows(SensorKind kind, string verdicts, bool isWet, SurroundingsSubject subject, SurroundingsLean lean)
    {
        var neighbours = verdicts.Select(v => new Neighbour("n", "n", "n", NeighbourSide.Near, 1, "level", 1, 0, 0, null, v switch
        {
            'A' => NeighbourVerdict.Agrees,
            'S' => NeighbourVerdict.Silent,
            'D' => NeighbourVerdict.Doubtful,
            _ => NeighbourVerdict.Calm,
        })).ToArray();
        var found = new Surroundings(DateTimeOffset.UnixEpoch, subject, SurroundingsLean.Undecided, 15, null, null, neighbours, null, null);
        Assert.Equal(lean, WitnessVerdict.LeanOf(kind, found, isWet));
    }
}

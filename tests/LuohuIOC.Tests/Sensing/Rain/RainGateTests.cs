using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Rain;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Rain;

public sealed class RainGateTests
{
    private const long T = 1_735_660_800_000;

    private readonly RainDesk _desk = new();

    private RainGate Gate => _desk.Around.GateOf(_desk["outfall"])!;

    [Fact]
    public void One_gauge_alone_is_not_believed_while_others_say_that_it_is_dry()
    {
        _desk.Fall(T - 60_000, 0, "A", "B", "C", "D");
        _desk.Fall(T, 30, "A");
        Assert.False(Gate.IsWet(T));
        _desk.Fall(T, 1, "D");
        Assert.True(Gate.IsWet(T));
        Assert.Equal(1, Gate is var gate && gate.IsWet(T) ? gate.Millimetres : 0, 9);
    }

    [Fact]
    public void One_gauge_alive_is_believed_and_none_explains_nothing()
    {
        Assert.False(Gate.IsWet(T));
        var gate = Gate;
        Assert.False(gate.IsWet(T));
        Assert.Equal(double.NaN, gate.Millimetres);
        _desk.Fall(T, 5, "C");
        Assert.True(Gate.IsWet(T));
        Assert.False(Gate.IsWet(T + (long)_desk.Options.Stale.TotalMilliseconds + 60_000));
    }

    [Fact]
    public void Much_rain_is_remembered_longer_than_little()
    {
        Assert.InRange(WetHours(100), 9, 12);
        Assert.InRange(WetHours(5), 4, 6);
        Assert.Equal(0, WetHours(0.4));
    }

    [Fact]
    public void Kinds_that_rain_does_not_concern_have_no_gate_nor_has_anyone_when_it_is_off()
    {
        Assert.Null(_desk.Around.GateOf(_desk["A"]));
        Assert.Null(new RainDesk(new RainOptions { Gate = false }).Around.GateOf(_desk["outfall"]));
        foreach (var kind in new[] { SensorKind.Outfall, SensorKind.Pipe, SensorKind.River, SensorKind.Reservoir }) Assert.NotNull(RainReach.Of(kind));
        foreach (var kind in new[] { SensorKind.Tide, SensorKind.WaterQuality, SensorKind.Parking }) Assert.Null(RainReach.Of(kind));
    }

    [Fact]
    public void A_bad_reading_is_no_rain()
    {
        foreach (var id in new[] { "A", "B" })
            _desk.Board.Observe(_desk[id].Number, Arrival.Latest, T, T, 0, new QualityMark(QualityGrade.Bad, QualityReason.OutOfRange, 1), [0], [99]);
        Assert.False(Gate.IsWet(T));
    }

    [Fact]
    public void What_was_stored_of_a_gauge_is_there_after_a_restart_and_never_overwrites_newer_rain()
    {
        _desk.Fall(T, 10, "A", "B");
        var (a, b) = (new RainState(), new RainState());
        _desk.Board.Keep(_desk["A"].Number, a);
        _desk.Board.Keep(_desk["B"].Number, b);
        var again = new RainDesk();
        again.Board.Restore(again["A"].Number, a);
        again.Board.Restore(again["B"].Number, b);
        Assert.True(again.Around.GateOf(again["outfall"])!.IsWet(T + RainDesk.HourMs));
        again.Fall(T + 1, 20, "A", "B");
        again.Board.Restore(again["A"].Number, a);
        var gate = again.Around.GateOf(again["outfall"])!;
        Assert.True(gate.IsWet(T + 1));
        Assert.InRange(gate.Millimetres, 29.9, 30);
        again.Board.Restore(again["C"].Number, new RainState { Hours = [1], Millimetres = [50], AtMs = T });
        again.Board.Restore(again["D"].Number, new RainState { Hours = [1], Millimetres = [50], AtMs = T });
        Assert.InRange(gate.Millimetres, 29.9, 30);
    }

    private static int WetHours(double mm)
    {
        var desk = new RainDesk(new RainOptions { Stale = TimeSpan.FromDays(3) });
        desk.Fall(T, mm, "A", "B", "C");
        var gate = desk.Around.GateOf(desk["outfall"])!;
        return Enumerable.Range(0, 48).Count(h => gate.IsWet(T + (h * RainDesk.HourMs)));
    }
}

using CsCheck;
using LuohuIOC.Detection.Health;
using Xunit;

namespace LuohuIOC.Tests.Detection.Health;

public sealed class PeerJudgeTests
{
    private const int Day = 144;

    private readonly PeerJudge _judge = new();
    private long _ms = 1_735_660_800_000;

    [Fact]
    public void A_step_while_the_neighbours_are_calm_is_a_bias_after_six_hours()
    {
        Look(Day, 0.2, 0);
        Look(30, 12, 0);
        Assert.Equal(SensorFault.None, _judge.Fault);
        Look(20, 12, 0);
        Assert.Equal(SensorFault.Bias, _judge.Fault);
        Look(40, 0.5, 0);
        Assert.Equal(SensorFault.None, _judge.Fault);
    }

    [Fact]
    public void A_slow_departure_is_a_drift()
    {
        Look(Day, 0, 0);
        for (var i = 0; i < 3 * Day; i++) Look(1, i * 0.05, 0.1);
        Assert.Equal(SensorFault.Drift, _judge.Fault);
        Assert.NotEqual(0, _judge.SinceMs);
    }

    [Fact]
    public void A_far_reading_after_a_pause_is_a_bias_though_nobody_saw_the_step()
    {
        Look(Day, 0, 0);
        for (var i = 0; i < 20; i++) Look(1, 4, 0);
        _ms += 6 * 3_600_000;
        for (var i = 0; i < 10; i++) Look(1, 5, 0);
        Look(60, 12, 0);
        Assert.Equal(SensorFault.Bias, _judge.Fault);
    }

    [Fact]
    public void A_tide_at_the_next_station_stops_the_clock_and_does_not_set_it_back()
    {
        Look(Day, 0.2, 0);
        for (var tide = 0; tide < 4; tide++)
        {
            for (var i = 0; i < 18; i++) _judge.Look(_ms += 600_000, 12, 0, 0);
            if (tide == 0) Assert.Equal(SensorFault.None, _judge.Fault);
            for (var i = 0; i < 18; i++) _judge.Look(_ms += 600_000, 12, 0, 4);
        }
        Assert.Equal(SensorFault.Bias, _judge.Fault);
        Assert.True(_judge.IsSuspected);
    }

    [Fact]
    public void What_moves_the_neighbours_too_is_real() => Gen.Select(Gen.Double[-60, 60].Array[20, 300], Gen.Double[2.6, 50]).Sample((own, peers) =>
    {
        var (judge, ms) = (new PeerJudge(follows: false), 1_735_660_800_000);
        foreach (var departure in own) judge.Look(ms += 600_000, departure, peers, 0);
        foreach (var departure in own) judge.Look(ms += 600_000, departure, 0, -peers);
        return judge.Fault == SensorFault.None;
    });

    [Fact]
    public void Who_feels_nothing_for_three_hours_of_what_moves_all_others_is_deaf_until_it_feels_something()
    {
        Look(Day, 0, 0);
        Look(17, 0.1, 20);
        Assert.Equal(SensorFault.None, _judge.Fault);
        Look(3, 0.1, 20);
        Assert.Equal(SensorFault.Deaf, _judge.Fault);
        Look(Day, 0, 0);
        Assert.Equal(SensorFault.Deaf, _judge.Fault);
        Look(1, 9, 20);
        Assert.Equal(SensorFault.None, _judge.Fault);
    }

    /// <summary>It slipped by four spreads and reads the same ever since; what is usual changes by the hour, its reading does not.</summary>
    [Fact]
    public void Who_stands_still_at_a_wrong_height_while_all_others_move_is_deaf_until_it_moves()
    {
        for (var i = 0; i < Day; i++) _judge.Look(_ms += 600_000, 4 + Math.Sin(i), 0, 0, value: 50);
        Assert.Equal(SensorFault.None, _judge.Fault);
        for (var i = 0; i < 17; i++) _judge.Look(_ms += 600_000, 4 + Math.Sin(i), 20, 0, value: 50);
        Assert.Equal(SensorFault.None, _judge.Fault);
        for (var i = 0; i < 3; i++) _judge.Look(_ms += 600_000, 4 + Math.Sin(i), 20, 0, value: 50);
        Assert.Equal(SensorFault.Deaf, _judge.Fault);
        for (var i = 0; i < Day; i++) _judge.Look(_ms += 600_000, 4 + Math.Sin(i), 0, 0, value: 50);
        Assert.Equal(SensorFault.Deaf, _judge.Fault);
        _judge.Look(_ms += 600_000, 0, 0, 0, value: 46);
        Assert.Equal(SensorFault.None, _judge.Fault);
    }

    [Fact]
    public void Who_moves_by_half_a_spread_feels_the_water()
    {
        for (var i = 0; i < Day; i++) _judge.Look(_ms += 600_000, 4, 20, 0, value: 50 + (i % 6 * 0.1));
        Assert.Equal(SensorFault.None, _judge.Fault);
    }

    [Fact]
    public void Too_few_neighbours_judge_nobody() => Gen.Double[-99, 99].Array[1, 200].Sample(own =>
    {
        var (judge, ms) = (new PeerJudge(), 1_735_660_800_000);
        foreach (var departure in own) judge.Look(ms += 600_000, departure, double.NaN, 0);
        return judge.Fault == SensorFault.None && judge.Difference == 0;
    });

    [Fact]
    public void Ordinary_noise_is_no_fault() => Gen.Double[-2, 2].Array[400, 600].Sample(own =>
    {
        var (judge, ms) = (new PeerJudge(), 1_735_660_800_000);
        foreach (var departure in own) judge.Look(ms += 600_000, departure, departure / 2, 0);
        return judge.Fault == SensorFault.None;
    });

    [Fact]
    public void What_was_stored_goes_on_as_if_nothing_had_been() => Gen.Select(Gen.Double[-20, 20], Gen.Double[-12, 12]).Array[50, 200].Sample(looks =>
    {
        var (whole, cut, ms) = (new PeerJudge(), new PeerJudge(), 1_735_660_800_000);
        foreach (var (own, peers) in looks)
        {
            whole.Look(ms += 600_000, own, peers, 0);
            cut.Look(ms, own, peers, 0);
            var next = new PeerJudge();
            if (!next.Restore(cut.Snapshot())) return false;
            cut = next;
        }
        return whole.Snapshot().AsSpan().SequenceEqual(cut.Snapshot()) && !cut.Restore([1]);
    });

    private void Look(int times, double own, double peers)
    {
        for (var i = 0; i < times; i++) _judge.Look(_ms += 600_000, own, peers, 0);
    }
}

using CsCheck;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing.Listening;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Listening;

public sealed class ListenedTimeTests
{
    private readonly Watched _w = new(SensorKind.Waterlogging);

    [Fact]
    public void Silence_adds_up_over_restarts_and_leaves_out_what_lies_between()
    {
        // Half an hour is allowed. The host listens for ten minutes and is down for five, again and again.
        var time = Since(0);
        _w.Read(0, ("depth", 0));
        for (var start = 900; start <= 2700; start += 900)
        {
            time = time.After(At(start - 300), At(start));
            _w.Tick(start + 1, listened: time);
        }
        Assert.Empty(_w.Changes);
        time = time.After(At(3300), At(3600));
        _w.Tick(3600 + 119, listened: time);
        Assert.Empty(_w.Changes);
        Assert.Equal(3720, _w.Tick(3600 + 119.5, listened: time));
        _w.Tick(3720, listened: time);
        Assert.Equal("offline blue@2400", Watched.Tell(Assert.Single(_w.Changes)));
    }

    [Fact]
    public void Gateways_have_two_minutes_to_come_back_or_the_limit_where_it_is_shorter()
    {
        var time = Since(0).After(At(100), At(5000));
        Assert.Equal(At(5120), time.TellableAt(1_800_000));
        Assert.Equal(At(5010), time.TellableAt(10_000));
        _w.Read(0, ("depth", 0));
        Assert.Equal(5000 + 1700 + 1, _w.Tick(5001, listened: time));
    }

    [Fact]
    public void What_lies_before_all_that_is_known_was_not_listened_to()
    {
        _w.Read(0, ("depth", 0));
        Assert.Equal(9000 + 1801, _w.Tick(9100, listened: Since(9000)));
        Assert.Empty(_w.Changes);
    }

    [Fact]
    public void The_same_moment_is_told_whatever_pauses_come_after_it()
    {
        var time = Since(0).After(At(500), At(700));
        Assert.Equal(At(2000), time.SilentAt(At(0), 1_800_000));
        Assert.Equal(At(2000), time.After(At(2000), At(9000)).SilentAt(At(0), 1_800_000));
        Assert.Equal(At(1900), time.SilentAt(At(600), 1_200_000));
    }

    [Fact]
    public void Silence_is_told_once_that_much_has_been_listened_in_all() =>
        Gen.Select(Gen.Int[1, 400].Array[2, 12], Gen.Int[0, 500], Gen.Int[1, 2000]).Sample((lengths, heard, silence) =>
        {
            // Listens and pauses take turns, then it listens for good.
            var (time, at) = (Since(0), 0);
            var listens = new List<(int From, int To)>();
            for (var i = 0; i + 1 < lengths.Length; i += 2)
            {
                listens.Add((at, at + lengths[i]));
                time = time.After(At(at + lengths[i]), At(at + lengths[i] + lengths[i + 1]));
                at += lengths[i] + lengths[i + 1];
            }
            listens.Add((at, int.MaxValue));
            var left = silence;
            foreach (var (from, to) in listens)
            {
                var begun = Math.Max(from, heard);
                if (begun >= to) continue;
                if (left <= to - begun)
                {
                    Assert.Equal(At(begun + left), time.SilentAt(At(heard), silence * 1000L));
                    return;
                }
                left -= to - begun;
            }
        }, iter: 500);

    [Fact]
    public void A_clock_set_right_takes_the_pause_of_its_way_ahead_along()
    {
        // A day ahead for ten minutes, and down for one of them.
        var ahead = Since(0).After(At(1000), At(1000 + 86_400)).After(At(1300 + 86_400), At(1360 + 86_400));
        var right = ahead.SetBack(At(1600 + 86_400), At(1600));
        Assert.Equal([new ListeningPause(At(1000), At(1060))], right.Pauses);
        Assert.Equal(At(1600), right.ResumedMs);
        Assert.Equal(At(1860), right.SilentAt(At(0), 1_800_000));
    }

    [Fact]
    public void A_clock_set_back_leaves_the_pauses_before_it_as_they_are_and_knows_none_behind_it()
    {
        var time = Since(0).After(At(100), At(200)).After(At(5000), At(9000)).SetBack(At(10_000), At(6000));
        Assert.Equal([new ListeningPause(At(100), At(200))], time.Pauses);
        var early = new ListenedTime(At(9000), At(9000), []).SetBack(At(10_000), At(500));
        Assert.Equal((At(500), At(500)), (early.SinceMs, early.ResumedMs));
    }

    [Fact]
    public void Of_very_many_pauses_the_oldest_are_put_together_and_none_of_their_length_is_lost()
    {
        var time = Since(0);
        for (var i = 1; i <= 1000; i++) time = time.After(At(i * 60), At((i * 60) + 10));
        Assert.Equal(ListenedTime.PausesMax, time.Pauses.Count);
        Assert.Equal(10_000_000, time.Pauses.Sum(p => p.ToMs - p.FromMs));
        Assert.Equal(At(70_000 + 10_000), time.SilentAt(At(0), 70_000_000));
    }

    private static ListenedTime Since(double second) => new(At(second), At(second), []);

    private static long At(double second) => Watched.At(second);
}

using CsCheck;
using LuohuIOC.Detection;
using Xunit;

namespace LuohuIOC.Tests.Detection;

public sealed class AlarmHoldTests
{
    [Fact]
    public void Exceeds_a_threshold_exactly_when_enough_of_the_last_scores_do() =>
        Gen.Select(Gen.Double[0, 3].Array[1, 60], Gen.Int[1, 5], Gen.Int[0, 5]).Sample((scores, count, more) =>
        {
            var hold = new AlarmHold(count, count + more);
            for (var i = 0; i < scores.Length; i++)
            {
                var held = hold.Push(scores[i]);
                var last = scores[Math.Max(0, i + 1 - count - more)..(i + 1)];
                if ((held > 1.5) != (last.Count(s => s > 1.5) >= count)) return false;
            }
            return true;
        });

    [Fact]
    public void Says_nothing_before_enough_scores_and_after_clearing()
    {
        var hold = new AlarmHold(2, 3);
        Assert.Equal(0, hold.Push(9));
        Assert.Equal(9, hold.Push(9));
        hold.Clear();
        Assert.Equal(0, hold.Push(9));
        Assert.Equal(1, hold.Filled);
    }
}

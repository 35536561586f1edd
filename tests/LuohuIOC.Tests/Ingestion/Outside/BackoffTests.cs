using LuohuIOC.Ingestion.Outside;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Outside;

public sealed class BackoffTests
{
    [Fact]
    public void Waits_grow_to_a_minute_are_spread_over_all_of_it_and_begin_anew_after_a_good_connection()
    {
        var backoffs = Enumerable.Range(0, 500).Select(seed => new Backoff(new Random(seed))).ToArray();
        foreach (var bound in (double[])[1, 2, 4, 8, 16, 32, 60, 60, 60])
        {
            var waits = backoffs.Select(b => b.Next().TotalSeconds).Order().ToArray();
            Assert.InRange(waits[0], 0, bound / 20);
            Assert.InRange(waits[^1], bound * 0.95, bound);
            Assert.InRange(waits.Average(), bound * 0.45, bound * 0.55);
        }
        foreach (var backoff in backoffs)
        {
            backoff.Held(TimeSpan.FromSeconds(9));
            Assert.True(backoff.Next() <= TimeSpan.FromSeconds(60));
            backoff.Held(TimeSpan.FromSeconds(10));
            Assert.InRange(backoff.Next().TotalSeconds, 0, 1);
        }
    }
}

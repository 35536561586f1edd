using LuohuIOC.Detection;
using Xunit;

namespace LuohuIOC.Tests.Detection;

public sealed class LogTailTests
{
    [Theory]
    [InlineData(0.3)]
    [InlineData(0.5)]
    [InlineData(1.0)]
    public void Nats_of_a_Pareto_tail_are_its_true_rarity(double shape)
    {
        // P(X > x) = x^(-1/shape): the nats of x should come near ln(x)/shape.
        var tail = new LogTail(0.05, 8000);
        var random = new Random(3);
        for (var i = 0; i < 100_000; i++) tail.Nats(Math.Pow(1 - random.NextDouble(), -shape));
        foreach (var nats in new[] { 4.0, 6.0, 8.0 }) Assert.InRange(tail.Nats(Math.Exp(nats * shape)), nats * 0.75, nats * 1.25);
    }

    [Fact]
    public void Rises_with_the_value_and_is_silent_until_warm()
    {
        var tail = new LogTail(0.05, 8000);
        var random = new Random(4);
        for (var i = 0; i < LogTail.WarmUp; i++)
        {
            Assert.False(tail.IsWarm);
            Assert.Equal(0, tail.Nats(random.NextDouble()));
        }
        Assert.True(tail.IsWarm);
        var last = -1.0;
        for (var value = 0.01; value < 100; value *= 1.5)
        {
            var nats = new[] { tail }.Select(t => t.Nats(value)).Single();
            Assert.True(nats >= last - 1, $"{value}: {nats} after {last}");
            last = nats;
        }
        Assert.Equal(0, tail.Nats(double.NaN));
    }
}

using CsCheck;
using LuohuIOC.Detection.Novelty;
using Xunit;

namespace LuohuIOC.Tests.Detection.Novelty;

public sealed class PrototypeMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_distance_is_that_of_a_slow_search_over_the_points_it_keeps(int dimensions) =>
        Gen.Float[-100, 100].Array[dimensions].Array[2, 200].Sample(points =>
        {
            // Vigilance 0 and room for all: every new point is kept.
            var memory = new PrototypeMemory(dimensions, 256, vigilance: 0);
            var kept = new List<float[]>();
            foreach (var point in points)
            {
                var distance = memory.Visit(point);
                var expected = kept.Count == 0 ? float.NaN : kept.Min(k => k.Zip(point, (a, b) => Math.Abs(a - b)).Max());
                if (!distance.Equals(expected)) return false;
                kept.Add(point);
            }
            return true;
        });

    [Fact]
    public void Keeps_within_its_capacity_and_remembers_a_rare_point_through_many_common_ones()
    {
        var memory = new PrototypeMemory(1, 64, vigilance: 1);
        var random = new Random(7);
        for (var i = 0; i < 500; i++) memory.Visit([random.NextSingle()]);
        memory.Visit([50f]);
        for (var i = 0; i < 5000; i++) memory.Visit([random.NextSingle()]);
        Assert.InRange(memory.Count, 2, 64);
        Assert.InRange(memory.Visit([50.01f]), 0, 0.1);
    }
}

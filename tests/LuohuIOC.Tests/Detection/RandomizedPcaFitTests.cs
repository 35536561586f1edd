using LuohuIOC.Detection;
using Microsoft.ML.Data;
using Xunit;

namespace LuohuIOC.Tests.Detection;

public sealed class RandomizedPcaFitTests
{
    private static readonly PcaComponent[] None = [];

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Our_score_of_a_row_is_MLNets(int rank)
    {
        var rows = Rows(400, seed: 5);
        var fit = RandomizedPcaFit.Train(rows, rank, seed: 3);
        var components = fit.Vectors.Select(v => new PcaComponent(v, 1, double.NegativeInfinity, double.PositiveInfinity)).ToArray();
        var scorer = new PcaScorer(fit.Mean, [.. Enumerable.Repeat(1.0, 8)], components);

        var theirs = fit.Model.Transform(RandomizedPcaFit.Load(fit.Context, rows)).GetColumn<float>("Score").ToArray();

        Assert.Equal(rank, components.Length);
        for (var i = 0; i < rows.Count; i++) Assert.Equal(theirs[i], scorer.RelativeError(Array.ConvertAll(rows[i], v => (double)v)), 1e-4);
    }

    [Fact]
    public void Our_residual_is_the_same_error_before_it_is_divided_by_the_rows_length()
    {
        var rows = Rows(400, seed: 6);
        var fit = RandomizedPcaFit.Train(rows, 3, seed: 3);
        var components = fit.Vectors.Select(v => new PcaComponent(v, 1, double.NegativeInfinity, double.PositiveInfinity)).ToArray();
        var scorer = new PcaScorer(fit.Mean, [.. Enumerable.Repeat(1.0, 8)], components);
        foreach (var row in rows.Take(50))
        {
            var wide = Array.ConvertAll(row, v => (double)v);
            var length = Math.Sqrt(wide.Zip(fit.Mean, (x, m) => (x - m) * (x - m)).Sum());
            Assert.Equal(scorer.RelativeError(wide) * length, scorer.Score(wide) * Math.Sqrt(8), 1e-4);
        }
    }

    [Fact]
    public void The_same_rows_and_seed_give_the_same_vectors()
    {
        var rows = Rows(300, seed: 7);
        Assert.Equal(RandomizedPcaFit.Train(rows, 4, seed: 1).Vectors, RandomizedPcaFit.Train(rows, 4, seed: 1).Vectors);
    }

    [Fact]
    public void Without_components_all_of_a_row_is_residual()
    {
        var scorer = new PcaScorer([1, 1], [1, 1], None);
        Assert.Equal(Math.Sqrt((9 + 16) / 2.0), scorer.Score([4, 5]), 12);
    }

    private static List<float[]> Rows(int count, int seed)
    {
        var random = new Random(seed);
        var mixing = Enumerable.Range(0, 8).Select(_ => Enumerable.Range(0, 3).Select(_ => random.NextDouble() - 0.5).ToArray()).ToArray();
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var causes = Enumerable.Range(0, 3).Select(_ => random.NextDouble() * 6 - 3).ToArray();
            return mixing.Select(m => (float)(1 + m.Zip(causes, (w, c) => w * c).Sum() + 0.3 * (random.NextDouble() - 0.5))).ToArray();
        })];
    }
}

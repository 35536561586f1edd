using LuohuIOC.Detection.Nowcast;
using Microsoft.ML.Data;
using Xunit;

namespace LuohuIOC.Tests.Detection.Nowcast;

public sealed class FastTreeFitTests
{
    private static readonly NowcastOptions Options = new() { Trees = 25, RowsPerLeafMin = 5 };

    [Fact]
    public void Our_score_of_a_row_is_MLNets()
    {
        var (rows, targets) = Data(600, seed: 5);
        var fit = FastTreeFit.Train(rows, targets, Options);
        var theirs = fit.Model.Transform(FastTreeFit.Load(fit.Context, rows, targets)).GetColumn<float>("Score").ToArray();
        Assert.Equal(25, fit.Ensemble.Trees.Length);
        for (var i = 0; i < rows.Count; i++) Assert.Equal(theirs[i], fit.Ensemble.Score(rows[i]), 1e-4);
        Assert.True(theirs.Distinct().Count() > 50);
    }

    [Fact]
    public void The_same_rows_give_the_same_trees()
    {
        var (rows, targets) = Data(400, seed: 6);
        var (one, other) = (FastTreeFit.Train(rows, targets, Options).Ensemble, FastTreeFit.Train(rows, targets, Options).Ensemble);
        foreach (var row in rows) Assert.Equal(one.Score(row), other.Score(row));
    }

    private static (List<float[]> Rows, List<float> Targets) Data(int count, int seed)
    {
        var random = new Random(seed);
        // The second feature never changes: ML.NET must not renumber the others.
        List<float[]> rows = [.. Enumerable.Range(0, count).Select(_ => new[] { random.NextSingle(), 1f, random.NextSingle() * 100, random.NextSingle() - 0.5f })];
        return (rows, [.. rows.Select(r => (r[0] > 0.5f ? 3 : 0) + (0.02f * r[2]) + (r[3] * r[3]))]);
    }
}

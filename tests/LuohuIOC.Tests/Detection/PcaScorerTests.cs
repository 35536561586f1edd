using LuohuIOC.Detection;
using Xunit;

namespace LuohuIOC.Tests.Detection;

public sealed class PcaScorerTests
{
    private static readonly double[] Mean = [0, 0, 0];
    private static readonly double[] Noise = [0.1, 0.1, 0.1];
    private static readonly double Third = 1 / Math.Sqrt(3);

    /// <summary>Three metrics that rise and fall as one.</summary>
    private static PcaScorer Together(double reach = 100) => new(Mean, Noise, [new PcaComponent([Third, Third, Third], 3, -reach, reach)]);

    [Fact]
    public void A_missing_metric_is_estimated_from_the_others()
    {
        var scorer = Together();
        var score = scorer.Score([2, double.NaN, 2]);
        Assert.Equal(2, scorer.Reconstruction[1], 0.02);
        Assert.True(double.IsNaN(scorer.Residual[1]));
        Assert.InRange(score, 0, 0.2);
    }

    [Fact]
    public void A_missing_metric_does_not_hide_that_the_others_disagree()
    {
        var scorer = Together();
        Assert.InRange(scorer.Score([2, double.NaN, -2]), 15, 25);
    }

    [Fact]
    public void A_row_without_any_metric_has_no_score() => Assert.True(double.IsNaN(Together().Score([double.NaN, double.NaN, double.NaN])));

    [Fact]
    public void Beyond_what_training_saw_the_model_explains_nothing_more()
    {
        var within = Together(reach: 4).Score([2, 2, 2]);
        var beyond = Together(reach: 4).Score([6, 6, 6]);
        Assert.Equal(0, within, 9);
        Assert.Equal((6 - 4 * Third) / 0.1, beyond, 9);
    }
}

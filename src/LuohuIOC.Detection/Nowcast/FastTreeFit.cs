using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.FastTree;

namespace LuohuIOC.Detection.Nowcast;

/// <summary>Trees that ML.NET's <see cref="FastTreeRegressionTrainer"/> finds. ML.NET trains; scoring is ours, because its prediction engine allocates.</summary>
internal sealed class FastTreeFit
{
    private FastTreeFit(MLContext context, RegressionPredictionTransformer<FastTreeRegressionModelParameters> model)
    {
        (Context, Model) = (context, model);
        var found = model.Model.TrainedTreeEnsemble;
        Ensemble = new TreeEnsemble(found.Bias, [.. found.Trees.Select((t, i) => Of(t, found.TreeWeights[i]))]);
    }

    public MLContext Context { get; }

    /// <summary>For tests: our arithmetic must give what ML.NET itself gives.</summary>
    public RegressionPredictionTransformer<FastTreeRegressionModelParameters> Model { get; }

    public TreeEnsemble Ensemble { get; }

    /// <param name="rows">Features, all of one length, no NaN.</param>
    /// <param name="targets">One for each row.</param>
    /// <param name="options">Number and size of the trees.</param>
    public static FastTreeFit Train(IReadOnlyList<float[]> rows, IReadOnlyList<float> targets, NowcastOptions options)
    {
        var context = new MLContext(options.Seed);
        var trainer = context.Regression.Trainers.FastTree(new FastTreeRegressionTrainer.Options
        {
            FeatureColumnName = nameof(TargetRow.Features),
            LabelColumnName = nameof(TargetRow.Target),
            NumberOfTrees = options.Trees,
            NumberOfLeaves = options.Leaves,
            MinimumExampleCountPerLeaf = options.RowsPerLeafMin,
            LearningRate = options.LearningRate,
            FeatureFraction = options.FeatureShare,
            FeatureFractionPerSplit = 1,
            NumberOfThreads = 1,
            Seed = options.Seed,
            FeatureSelectionSeed = options.Seed,
        });
        return new FastTreeFit(context, trainer.Fit(Load(context, rows, targets)));
    }

    internal static IDataView Load(MLContext context, IReadOnlyList<float[]> rows, IReadOnlyList<float> targets)
    {
        var schema = SchemaDefinition.Create(typeof(TargetRow));
        schema[nameof(TargetRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
        return context.Data.LoadFromEnumerable(rows.Select((r, i) => new TargetRow { Features = r, Target = targets[i] }), schema);
    }

    private static RegressionTree Of(RegressionTreeBase tree, double weight) => new(
        [.. tree.NumericalSplitFeatureIndexes],
        [.. tree.NumericalSplitThresholds],
        [.. tree.LeftChild],
        [.. tree.RightChild],
        [.. tree.LeafValues.Select(v => (float)(v * weight))]);

    private sealed class TargetRow
    {
        public float[] Features { get; set; } = [];

        public float Target { get; set; }
    }
}

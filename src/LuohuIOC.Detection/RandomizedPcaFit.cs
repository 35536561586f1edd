using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace LuohuIOC.Detection;

/// <summary>
/// Components that ML.NET's <see cref="RandomizedPcaTrainer"/> finds. ML.NET trains; scoring is ours, because its prediction
/// engine allocates and its score is the residual's share of the row's length, which calls a quiet reading near the mean a strange one.
/// </summary>
internal sealed class RandomizedPcaFit
{
    private const int Oversampling = 20;

    private RandomizedPcaFit(MLContext context, AnomalyPredictionTransformer<PcaModelParameters> model, int width)
    {
        Context = context;
        Model = model;
        VBuffer<float>[]? vectors = null;
        model.Model.GetEigenVectors(ref vectors, out var rank);
        VBuffer<float> mean = default;
        model.Model.GetMean(ref mean);
        Mean = Widen(mean, width);
        Vectors = new double[rank][];
        for (var i = 0; i < rank; i++) Vectors[i] = Widen(vectors[i], width);
    }

    public MLContext Context { get; }

    /// <summary>For tests: our arithmetic must give what ML.NET itself gives.</summary>
    public AnomalyPredictionTransformer<PcaModelParameters> Model { get; }

    public double[] Mean { get; }

    public double[][] Vectors { get; }

    /// <param name="rows">Standardised rows, all of one length, no NaN.</param>
    /// <param name="rank">Components wanted, at most the row's length.</param>
    /// <param name="seed">Of the random projection.</param>
    public static RandomizedPcaFit Train(IReadOnlyList<float[]> rows, int rank, int seed)
    {
        var context = new MLContext(seed);
        var data = Load(context, rows);
        var trainer = context.AnomalyDetection.Trainers.RandomizedPca(new RandomizedPcaTrainer.Options
        {
            FeatureColumnName = nameof(FeatureRow.Features),
            Rank = rank,
            Oversampling = Oversampling,
            EnsureZeroMean = true,
            Seed = seed,
        });
        return new RandomizedPcaFit(context, trainer.Fit(data), rows[0].Length);
    }

    internal static IDataView Load(MLContext context, IReadOnlyList<float[]> rows)
    {
        var schema = SchemaDefinition.Create(typeof(FeatureRow));
        schema[nameof(FeatureRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Length);
        return context.Data.LoadFromEnumerable(rows.Select(r => new FeatureRow { Features = r }), schema);
    }

    private static double[] Widen(VBuffer<float> buffer, int width)
    {
        var wide = new double[width];
        foreach (var (index, value) in buffer.Items()) wide[index] = value;
        return wide;
    }

    private sealed class FeatureRow
    {
        public float[] Features { get; set; } = [];
    }
}

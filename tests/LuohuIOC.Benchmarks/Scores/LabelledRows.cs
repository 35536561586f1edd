using LuohuIOC.Detection.Chart;

namespace LuohuIOC.Benchmarks.Scores;

/// <summary>A station's rows and whether each is a fault.</summary>
/// <param name="Path">Of the file, or what stands for one.</param>
/// <param name="Rows">A value for each metric, NaN where missing.</param>
/// <param name="Labels">Of each row.</param>
internal sealed record LabelledRows(string Path, double[][] Rows, bool[] Labels)
{
    /// <summary>What a new chart says of the rows behind those that it fits; an alarm by its own level, or from a score on.</summary>
    public RowCount Judge(ChartOptions options, double? alertFrom = null)
    {
        var chart = new ChartDetector(Rows[0].Length, options);
        var count = default(RowCount);
        for (var row = 0; row < Rows.Length; row++)
        {
            chart.Observe(Rows[row]);
            if (row >= options.FitRows) count += RowCount.One(Labels[row], alertFrom is { } score ? chart.Score >= score : chart.IsAlarm);
        }
        return count;
    }
}

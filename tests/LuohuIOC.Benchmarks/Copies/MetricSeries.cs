namespace LuohuIOC.Benchmarks.Copies;

/// <summary>A series of one metric with its labelled windows, as rows and not as times.</summary>
/// <param name="Path">Relative to <c>data</c>.</param>
/// <param name="TimesMs">Of each row, Unix ms.</param>
/// <param name="Values">NaN where missing.</param>
/// <param name="Windows">First and last row of each, in order.</param>
internal sealed record MetricSeries(string Path, long[] TimesMs, double[] Values, (int First, int Last)[] Windows)
{
    public int Rows => Values.Length;
}

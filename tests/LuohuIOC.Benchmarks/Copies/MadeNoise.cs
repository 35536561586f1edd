namespace LuohuIOC.Benchmarks.Copies;

/// <summary>The same for a file of the same path in every run, whichever files lie beside it.</summary>
internal static class MadeNoise
{
    public static Random For(string path) => new(path.Aggregate(17, (hash, c) => unchecked((hash * 31) + (c == '\\' ? '/' : c))) & int.MaxValue);

    public static double Gauss(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

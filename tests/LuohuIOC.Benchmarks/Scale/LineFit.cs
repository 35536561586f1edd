namespace LuohuIOC.Benchmarks.Scale;

/// <summary>The line <c>y = At0 + Each · x</c> through points, each weighted by 1/y², so that the small city counts as much as the large one.</summary>
internal readonly record struct LineFit(double At0, double Each)
{
    public static LineFit Of(IReadOnlyCollection<(double X, double Y)> points)
    {
        double w = 0, wx = 0, wy = 0, wxx = 0, wxy = 0;
        foreach (var (x, y) in points)
        {
            var weight = 1 / Math.Max(y * y, 1e-12);
            (w, wx, wy, wxx, wxy) = (w + weight, wx + weight * x, wy + weight * y, wxx + weight * x * x, wxy + weight * x * y);
        }
        var each = (w * wxy - wx * wy) / (w * wxx - wx * wx);
        return new LineFit((wy - each * wx) / w, each);
    }

    public double At(double x) => At0 + Each * x;
}

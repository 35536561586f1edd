using CsCheck;
using LuohuIOC.Detection.Chart;
using Xunit;

namespace LuohuIOC.Tests.Detection.Chart;

public sealed class ShrunkCovarianceTests
{
    [Fact]
    public void The_distance_is_that_of_elimination_on_the_shrunk_matrix() =>
        Gen.Select(Gen.Double[-2, 2].Array[4].Array[10, 40], Gen.Double[-3, 3].Array[4], Gen.Double[0, 1]).Sample((rows, z, share) =>
        {
            var covariance = new ShrunkCovariance(4);
            var matrix = new double[4, 4];
            for (var r = 0; r < rows.Length; r++)
            {
                covariance.Add(rows[r], 1.0 / (r + 1));
                for (var i = 0; i < 4; i++)
                    for (var j = 0; j < 4; j++) matrix[i, j] += rows[r][i] * rows[r][j] / rows.Length;
            }
            double[] ridge = [0.1, 0.2, 0.3, 0.4];
            covariance.Invert(ridge, share);
            for (var i = 0; i < 4; i++)
                for (var j = 0; j < 4; j++) matrix[i, j] = i == j ? matrix[i, j] + ridge[i] : share * matrix[i, j];
            var solved = Solve(matrix, z);
            var expected = z.Zip(solved, (a, b) => a * b).Sum();
            return Math.Abs(covariance.Distance(z, new double[4]) - expected) <= 1e-6 * (1 + expected);
        });

    private static double[] Solve(double[,] a, double[] b)
    {
        var x = (double[])b.Clone();
        var m = (double[,])a.Clone();
        for (var p = 0; p < 4; p++)
            for (var r = p + 1; r < 4; r++)
            {
                var f = m[r, p] / m[p, p];
                for (var c = p; c < 4; c++) m[r, c] -= f * m[p, c];
                x[r] -= f * x[p];
            }
        for (var r = 3; r >= 0; r--)
        {
            for (var c = r + 1; c < 4; c++) x[r] -= m[r, c] * x[c];
            x[r] /= m[r, r];
        }
        return x;
    }
}

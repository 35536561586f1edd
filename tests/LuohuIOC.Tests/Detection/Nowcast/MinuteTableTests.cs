using CsCheck;
using LuohuIOC.Detection.Nowcast;
using Xunit;

namespace LuohuIOC.Tests.Detection.Nowcast;

public sealed class MinuteTableTests
{
    private const int Kept = 20;

    [Fact]
    public void Sums_and_latest_values_are_those_of_a_slow_reference() =>
        Gen.Select(Gen.OneOf(Gen.Double[0, 5], Gen.Const(double.NaN)).Array[1, 60], Gen.Int[1, 18], Gen.Int[0, 10]).Sample((values, span, back) =>
        {
            var table = new MinuteTable(2, Kept);
            foreach (var value in values) table.Append([7, value]);
            for (var minute = Math.Max(0, values.Length - Kept); minute < values.Length; minute++)
            {
                var firstKept = Math.Max(0, values.Length - Kept);
                Same(values[minute], table.At(1, minute));
                Same(Enumerable.Range(0, back + 1).Select(b => minute - b).Where(m => m >= firstKept && !double.IsNaN(values[m])).Select(m => values[m]).FirstOrDefault(double.NaN), table.Latest(1, minute, back));
                var of = Enumerable.Range(Math.Max(0, minute - span + 1), Math.Min(span, minute + 1)).Select(m => values[m]).Where(v => !double.IsNaN(v)).ToArray();
                var known = of.Length * 2 >= span && (minute - span < 0 || minute - span >= firstKept);
                Same(known ? of.Sum() * span / of.Length : double.NaN, table.Sum(1, minute, span));
            }
        });

    [Fact]
    public void A_minute_that_is_not_kept_or_not_there_is_unknown()
    {
        var table = new MinuteTable(1, 3);
        for (var i = 0; i < 5; i++) table.Append([i]);
        Assert.True(double.IsNaN(table.At(0, 1)));
        Assert.Equal(2, table.At(0, 2));
        Assert.True(double.IsNaN(table.At(0, 5)));
        Assert.True(double.IsNaN(table.At(0, -1)));
    }

    private static void Same(double expected, double actual)
    {
        if (double.IsNaN(expected)) Assert.True(double.IsNaN(actual));
        else Assert.Equal(expected, actual, tolerance: 1e-9);
    }
}

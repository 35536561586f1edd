using CsCheck;
using LuohuIOC.Detection;
using Xunit;

namespace LuohuIOC.Tests.Detection;

public sealed class WaterStoreTests
{
    private const double Hour = 3_600_000;

    private static readonly Gen<(int Minute, double Mm)[]> Rain = Gen.Select(Gen.Int[0, 3000], Gen.Double[0, 20]).Array[1, 60];

    [Fact]
    public void It_holds_what_the_sum_over_all_rain_says_in_whatever_order_readings_come() => Rain.Sample(rain =>
    {
        var store = new WaterStore([2, 12]);
        foreach (var (minute, mm) in rain) store.Add(minute * 60_000L, mm);
        var nowMs = 4000 * 60_000L;
        double Slow(double hours) => rain.Sum(r => r.Mm * Math.Exp(-(nowMs - (r.Minute * 60_000L)) / (hours * Hour)));
        return Math.Abs(store.LeftAt(0, nowMs) - Slow(2)) < 1e-9 && Math.Abs(store.LeftAt(1, nowMs) - Slow(12)) < 1e-9;
    });

    [Fact]
    public void What_is_no_rain_counts_nothing()
    {
        var store = new WaterStore([2]);
        foreach (var mm in new[] { double.NaN, -1, double.PositiveInfinity }) store.Add(1, mm);
        Assert.Equal((0, 0), (store.AtMs, store.LeftAt(0, 1)));
    }

    [Fact]
    public void What_was_stored_goes_on_as_if_nothing_had_been() => Rain.Sample(rain =>
    {
        var whole = new WaterStore([2, 12]);
        var cut = new WaterStore([2, 12]);
        foreach (var (minute, mm) in rain)
        {
            whole.Add(minute * 60_000L, mm);
            cut.Add(minute * 60_000L, mm);
            var next = new WaterStore([2, 12]);
            next.Restore(cut.AtMs, cut.Snapshot());
            cut = next;
        }
        cut.Restore(5, [1]);
        cut.Restore(5, [double.NaN, 1]);
        return whole.AtMs == cut.AtMs && whole.Snapshot().AsSpan().SequenceEqual(cut.Snapshot());
    });
}

using CsCheck;
using LuohuIOC.Detection.Nowcast;
using Xunit;

namespace LuohuIOC.Tests.Detection.Nowcast;

public sealed class LevelMinutesTests
{
    private const int Kept = 20;
    private const long MinuteMs = 1000;

    private static readonly Gen<(long TimeMs, double Value)[]> Readings = Gen.Select(Gen.Long[1, 60_000], Gen.Double[-5, 5]).Array[0, 200];

    [Fact]
    public void In_whatever_order_readings_come_each_minute_has_its_latest() =>
        Gen.Select(Readings, Gen.Int[0, int.MaxValue]).Sample((readings, seed) =>
        {
            // Two readings of one moment say the same.
            readings = [.. readings.DistinctBy(r => r.TimeMs)];
            var book = new LevelMinutes(Kept);
            foreach (var (timeMs, value) in Shuffled(readings, seed)) book.Observe(timeMs, timeMs / MinuteMs, value);
            var newest = readings.Length == 0 ? 0 : readings.Max(r => r.TimeMs) / MinuteMs;
            for (var minute = Math.Max(0, newest - Kept + 1); minute <= newest + 5; minute++)
            {
                var last = readings.Where(r => r.TimeMs / MinuteMs == minute).OrderBy(r => r.TimeMs).LastOrDefault();
                Assert.Equal(last.TimeMs == 0 ? double.NaN : last.Value, book.At(minute));
            }
        });

    [Fact]
    public void A_reading_that_comes_again_changes_nothing() => Readings.Sample(readings =>
    {
        var (once, twice) = (new LevelMinutes(Kept), new LevelMinutes(Kept));
        foreach (var (timeMs, value) in readings.DistinctBy(r => r.TimeMs))
        {
            once.Observe(timeMs, timeMs / MinuteMs, value);
            twice.Observe(timeMs, timeMs / MinuteMs, value);
            twice.Observe(timeMs, timeMs / MinuteMs, value);
        }
        for (var minute = 0L; minute < 60; minute++) Assert.Equal(once.At(minute), twice.At(minute));
    });

    internal static T[] Shuffled<T>(T[] items, int seed)
    {
        T[] shuffled = [.. items];
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }
}

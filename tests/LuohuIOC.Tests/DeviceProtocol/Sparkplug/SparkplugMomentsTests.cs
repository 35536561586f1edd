using CsCheck;
using LuohuIOC.DeviceProtocol.Sparkplug;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Sparkplug;

public sealed class SparkplugMomentsTests
{
    [Fact]
    public void Two_messages_of_one_millisecond_are_two_readings_and_a_repetition_is_one()
    {
        var moments = new SparkplugMoments();
        Assert.Equal(100, moments.TimeOf("WL-1", 100, [("depth", 1)]));
        Assert.Equal(101, moments.TimeOf("WL-1", 100, [("battery", 1)]));
        Assert.Equal(100, moments.TimeOf("WL-2", 100, [("battery", 1)]));
        Assert.Equal(100, moments.TimeOf("WL-1", 100, [("depth", 1)]));
        Assert.Equal(101, moments.TimeOf("WL-1", 100, [("battery", 1)]));
        Assert.Equal(102, moments.TimeOf("WL-1", 101, [("depth", 1)]));
        Assert.Equal(200, moments.TimeOf("WL-1", 200, [("depth", 1)]));
        // Older, from a node's memory.
        Assert.Equal(101, moments.TimeOf("WL-1", 101, [("depth", 1)]));
    }

    /// <summary>A clock of whole seconds: an alarm that goes on, off and on again within one of them, and rain that is told twice.</summary>
    [Fact]
    public void Another_value_of_the_same_moment_is_another_reading()
    {
        var moments = new SparkplugMoments();
        Assert.Equal(1000, moments.TimeOf("S-1", 1000, [("alarm", 0), ("fault", 0)]));
        Assert.Equal(1001, moments.TimeOf("S-1", 1000, [("alarm", 1)]));
        Assert.Equal(1001, moments.TimeOf("S-1", 1000, [("alarm", 1)]));
        Assert.Equal(1002, moments.TimeOf("S-1", 1000, [("alarm", 0)]));
        Assert.Equal(1002, moments.TimeOf("S-1", 1000, [("alarm", 0)]));
        Assert.Equal(1000, moments.TimeOf("S-1", 1000, [("fault", 0)]));
        Assert.Equal(1003, moments.TimeOf("S-1", 1000, [("alarm", 1), ("fault", 0)]));
        Assert.Equal(2000, moments.TimeOf("S-1", 2000, [("alarm", 1)]));
    }

    [Fact]
    public void Whatever_is_new_gets_a_time_that_nothing_else_of_the_device_has() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4].Array[1, 3]).Array[1, 12].Sample(messages =>
        {
            var moments = new SparkplugMoments();
            var held = new Dictionary<long, HashSet<int>>();
            var at = 1_000L;
            foreach (var (step, names) in messages)
            {
                at += step;
                var given = moments.TimeOf("d", at, [.. names.Select(n => ($"m{n}", 1.0))]);
                if (!held.TryGetValue(given, out var there)) held[given] = [.. names];
                else if (!there.IsSupersetOf(names)) return false;
                if (given < at || given > at + messages.Length) return false;
            }
            return true;
        });

    [Fact]
    public void More_messages_of_one_millisecond_than_there_may_be_are_repetitions()
    {
        var moments = new SparkplugMoments();
        for (var i = 0; i < SparkplugMoments.PartsMax; i++) Assert.Equal(5 + i, moments.TimeOf("d", 5, [($"m{i}", 1.0)]));
        Assert.Equal(5 + SparkplugMoments.PartsMax - 1, moments.TimeOf("d", 5, [("one more", 1)]));
    }
}

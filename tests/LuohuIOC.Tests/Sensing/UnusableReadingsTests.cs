using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

/// <summary>A sensor that sends, and nothing that can be used, is as good as one that is silent. An outfall may be silent for half an hour.</summary>
public sealed class UnusableReadingsTests
{
    private readonly Watched _outfall = new(SensorKind.Outfall);

    [Fact]
    public void What_sends_only_impossible_values_is_told_after_the_silence_of_its_kind_and_ends_with_the_first_that_is_possible()
    {
        for (var second = 0; second <= 1_800; second += 300) _outfall.Read(second, ("level", 99), ("battery", 80));
        _outfall.Tick(1_800.5);
        Assert.Empty(_outfall.Changes);
        _outfall.Tick(1_801);
        var told = Assert.Single(_outfall.Changes);
        Assert.Equal("offline blue@1800", Watched.Tell(told));
        Assert.Equal("""{"silenceSeconds":1800,"unusable":"out-of-range"}""", told.Evidence);
        _outfall.Read(2_100, ("level", 99));
        Assert.Single(_outfall.Changes);
        _outfall.Read(2_400, ("level", 0.3));
        Assert.Equal("offline ended@2400", Watched.Tell(_outfall.Changes[^1]));
    }

    [Fact]
    public void What_was_well_and_then_breaks_is_silent_since_its_last_that_could_be_used()
    {
        _outfall.Read(0, ("level", 0.3));
        for (var second = 300; second <= 1_800; second += 300) Assert.Equal(QualityGrade.Bad, _outfall.Read(second, ("level", -99)).Grade);
        _outfall.Tick(1_801);
        Assert.Equal("offline blue@1800", Watched.Tell(Assert.Single(_outfall.Changes)));
    }

    [Fact]
    public void What_comes_back_from_a_silence_with_impossible_values_is_first_told_as_back()
    {
        _outfall.Read(0, ("level", 0.3));
        _outfall.Tick(2_000);
        for (var second = 2_100; second <= 3_900; second += 300) _outfall.Read(second, ("level", 99));
        _outfall.Tick(3_901);
        Assert.Equal(["offline blue@1800", "offline ended@2100", "offline blue@3900"], _outfall.Changes.Select(Watched.Tell));
        Assert.Contains("unusable", _outfall.Changes[^1].Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_battery_alone_a_dry_gauge_and_one_good_metric_of_several_are_signs_of_life()
    {
        for (var second = 0; second <= 7_200; second += 900)
        {
            _outfall.Read(second, ("battery", 80));
            _outfall.Read(second + 1, ("level", -0.01));
            _outfall.Read(second + 2, ("level", 99), ("flow", 0.2));
            _outfall.Tick(second + 3);
        }
        Assert.Empty(_outfall.Changes);
    }

    /// <summary>The sum has told of the rain before the reading of the same moment, which is left with nothing, and is well.</summary>
    [Fact]
    public void Rain_that_a_sum_has_told_of_is_a_sign_of_life()
    {
        var gauge = new Watched(SensorKind.RainGauge);
        gauge.Read(0, ("rain_total", 10));
        for (var second = 300; second <= 9_000; second += 300) gauge.Read(second, ("rain", 0));
        gauge.Tick(9_001);
        Assert.DoesNotContain(gauge.Changes, change => change.Rule == "offline");
    }

    [Fact]
    public void What_falls_silent_is_told_as_silent_and_in_an_older_state_since_it_was_heard()
    {
        _outfall.Read(0, ("level", 0.3));
        _outfall.State.UsableMs = 0;
        _outfall.Tick(1_801);
        var told = Assert.Single(_outfall.Changes);
        Assert.Equal("""{"silenceSeconds":1800}""", told.Evidence);
        _outfall.Read(3_000, ("level", 0.3));
        Assert.Equal("offline ended@3000", Watched.Tell(_outfall.Changes[^1]));
    }

    [Theory]
    [InlineData("out-of-range")]
    [InlineData("impossible-rate")]
    [InlineData("device")]
    public void People_read_why(string why)
    {
        var evidence = $$"""{"silenceSeconds":1800,"unusable":"{{why}}"}""";
        foreach (var language in new[] { TextBook.Chinese, TextBook.English })
        {
            Assert.Contains("0.5", EvidenceWords.Of(language, "outfall", "", null, null, evidence), StringComparison.Ordinal);
            Assert.NotEqual(AlertWords.Rule(language, "offline"), AlertWords.Rule(language, "offline", evidence));
        }
        Assert.Equal("设备数据不可用", AlertWords.Rule(TextBook.Chinese, "offline", evidence));
        Assert.Equal("设备离线", AlertWords.Rule(TextBook.Chinese, "offline", """{"silenceSeconds":1800}"""));
    }
}

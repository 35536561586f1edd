using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing.Rules;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

/// <summary>A sensor that sends, and nothing that can be used, is as good as one that is silent. An outfall may be silent for half an hour.</summary>
public sealed class UnusableReadingsTests
{
    private const string OutOfRange = """{"silenceSeconds":1800,"unusable":"out-of-range","unusableSeconds":1800,"metric":"level","last":99}""";

    private readonly Watched _outfall = new(SensorKind.Outfall);

    [Fact]
    public void What_sends_only_impossible_values_is_told_after_the_silence_of_its_kind_and_ends_with_the_first_that_is_possible()
    {
        Break(0, 1_500);
        Assert.Empty(_outfall.Changes);
        Break(1_800, 1_800);
        var told = Assert.Single(_outfall.Changes);
        Assert.Equal(("offline blue@1800", OutOfRange), (Watched.Tell(told), told.Evidence));
        Break(2_100, 2_100);
        Assert.Single(_outfall.Changes);
        _outfall.Read(2_400, ("level", 0.3));
        Assert.Equal(("offline ended@2400", """{"silenceSeconds":1800}"""), (Watched.Tell(_outfall.Changes[^1]), _outfall.Changes[^1].Evidence));
    }

    [Fact]
    public void A_battery_beside_or_between_them_is_no_news_of_the_water_and_ends_nothing()
    {
        for (var second = 0; second <= 3_600; second += 300)
        {
            _outfall.Read(second, ("level", 99), ("battery", 80));
            _outfall.Read(second + 10, ("battery", 80));
        }
        Assert.Equal("offline blue@1800", Watched.Tell(Assert.Single(_outfall.Changes)));
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

    [Fact]
    public void A_garbled_frame_or_two_before_a_silence_leave_it_a_silence()
    {
        _outfall.Read(0, ("level", 0.3));
        Break(300, 600);
        _outfall.Tick(2_401);
        var told = Assert.Single(_outfall.Changes);
        Assert.Equal(("offline blue@2400", """{"silenceSeconds":1800}"""), (Watched.Tell(told), told.Evidence));
    }

    [Fact]
    public void What_comes_back_from_a_silence_with_impossible_values_is_first_told_as_back()
    {
        _outfall.Read(0, ("level", 0.3));
        _outfall.Tick(2_000);
        Break(2_100, 3_900);
        Assert.Equal(["offline blue@1800", "offline ended@2100", "offline blue@3900"], _outfall.Changes.Select(Watched.Tell));
        Assert.Equal(OutOfRange, _outfall.Changes[^1].Evidence);
    }

    [Fact]
    public void A_pause_of_the_whole_sensor_ends_nothing_when_rubbish_goes_on_behind_it()
    {
        Break(0, 1_800);
        _outfall.Tick(9_000);
        Break(9_000, 9_300);
        Assert.Equal("offline blue@1800", Watched.Tell(Assert.Single(_outfall.Changes)));
    }

    [Fact]
    public void What_broke_before_this_version_is_told()
    {
        _outfall.Read(0, ("level", 99));
        _outfall.State.Unusable = null;
        Break(300, 2_100);
        Assert.Equal("offline blue@2100", Watched.Tell(Assert.Single(_outfall.Changes)));
    }

    [Fact]
    public void A_value_that_can_be_used_and_comes_behind_newer_rubbish_ends_it()
    {
        Break(0, 1_800);
        _outfall.Receive(1_700, 1_801, ReadingGroup.NoSequence, ("flow", 0.2));
        Assert.Equal("offline ended@1800", Watched.Tell(_outfall.Changes[^1]));
    }

    [Fact]
    public void A_longer_silence_that_an_officer_allows_ends_it_until_that_is_over()
    {
        Break(0, 1_800);
        _outfall.Rules = RuleCompiler.Compile(_outfall.Sensor.Layout, [new NoDataRule { Id = "offline", Severity = Severity.Blue, SilenceSeconds = 3_600 }]);
        Break(2_100, 3_900);
        Assert.Equal(["offline blue@1800", "offline ended@2100", "offline blue@3600"], _outfall.Changes.Select(Watched.Tell));
    }

    [Fact]
    public void Reasons_that_differ_are_told_as_such()
    {
        _outfall.Read(0, ("level", 0.3));
        Assert.Equal(QualityReason.ImpossibleRate, _outfall.Read(1, ("level", 9)).Reason);
        Break(300, 2_100);
        Assert.Contains("\"unusable\":\"mixed\"", Assert.Single(_outfall.Changes, change => change.Rule == "offline").Evidence, StringComparison.Ordinal);
    }

    /// <summary>The sum has told of the rain before the reading of the same moment, which is left with nothing, and is well.</summary>
    [Fact]
    public void Rain_that_a_sum_has_told_of_is_no_rubbish()
    {
        var gauge = new Watched(SensorKind.RainGauge);
        for (var i = 0; i < 40; i++)
        {
            gauge.Read(i * 300, ("rain_total", 10 + i));
            gauge.Read(i * 300, ("rain", 1));
            Assert.Null(gauge.State.Unusable);
        }
    }

    [Theory]
    [InlineData("out-of-range")]
    [InlineData("impossible-rate")]
    [InlineData("device")]
    [InlineData("mixed")]
    public void People_read_why(string why)
    {
        var evidence = OutOfRange.Replace("out-of-range", why, StringComparison.Ordinal);
        foreach (var language in new[] { TextBook.Chinese, TextBook.English })
        {
            Assert.Contains("30", EvidenceWords.Of(language, "outfall", "", null, null, evidence), StringComparison.Ordinal);
            Assert.NotEqual(AlertWords.Rule(language, "offline"), AlertWords.Rule(language, "offline", evidence));
        }
        Assert.Equal("设备数据不可用", AlertWords.Rule(TextBook.Chinese, "offline", evidence));
        Assert.EndsWith("最近一次水位为 99.00 m，量程 0.00–10.00 m。", EvidenceWords.Of(TextBook.Chinese, "outfall", "", null, null, evidence), StringComparison.Ordinal);
        Assert.Equal("设备离线", AlertWords.Rule(TextBook.Chinese, "offline", """{"silenceSeconds":1800}"""));
    }

    private void Break(int from, int to)
    {
        for (var second = from; second <= to; second += 300) _outfall.Read(second, ("level", 99));
    }
}

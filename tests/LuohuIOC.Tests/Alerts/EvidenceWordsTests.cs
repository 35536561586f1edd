using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

public sealed class EvidenceWordsTests
{
    private const string Chart =
        """{"detector":"chart","score":27.86,"threshold":4,"contributions":{"conductivity":0.5,"ph":0.19},"expected":{"conductivity":209.9,"ph":7.204},"values":{"conductivity":269.3,"ph":6.71}}""";

    [Theory]
    [InlineData(TextBook.Chinese, "异常分值 27.86，阈值 4；主要指标：电导率 实测 269 μS/cm，预期 210 μS/cm（贡献 50%）；pH 实测 6.71，预期 7.20（贡献 19%）。")]
    [InlineData(TextBook.English, "Score 27.86, threshold 4; chiefly Conductivity 269 μS/cm, expected 210 μS/cm (50 %), pH 6.71, expected 7.20 (19 %).")]
    public void A_stations_evidence_names_metrics_and_units_as_people_do(string language, string sentence) =>
        Assert.Equal(sentence, EvidenceWords.Of(language, "water_quality", "conductivity", 269.3, null, Chart));

    [Fact]
    public void One_metrics_evidence_has_its_unit_and_a_dash_for_what_is_not_known() => Assert.Equal(
        "实测 –，近期水平约 1.20 m³/s；异常分值 6.1，阈值 5.5。",
        EvidenceWords.Of(TextBook.Chinese, "outfall", "flow", null, null, """{"detector":"novelty","score":6.1,"threshold":5.5,"expected":{"flow":1.2}}"""));

    [Fact]
    public void Every_view_of_the_detector_has_its_words()
    {
        foreach (var view in NoveltyStream.Views)
        {
            var evidence = """{"detector":"novelty","score":7.6,"threshold":5.5,"expected":{"level":1.19},"views":{"other":null,"VIEW":9.1}}""".Replace("VIEW", view, StringComparison.Ordinal);
            Assert.StartsWith("实测 1.20 m，近期水平约 1.19 m；异常分值 7.6，阈值 5.5。主要依据：", EvidenceWords.Of(TextBook.Chinese, "river", "level", 1.2, null, evidence));
            Assert.Contains(" Mainly: ", EvidenceWords.Of(TextBook.English, "river", "level", 1.2, null, evidence));
        }
    }

    [Fact]
    public void Every_metric_of_the_catalogue_has_a_name_in_both_languages()
    {
        var metrics = KindCatalogue.All.SelectMany(k => k.Metrics).Select(m => m.Name).Distinct().ToList();
        foreach (var language in new[] { TextBook.Chinese, TextBook.English })
            Assert.DoesNotContain(metrics, m => !TextBook.Keys(language).Contains($"metric.{m}"));
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("off")]
    [InlineData("retired")]
    [InlineData("lost")]
    public void What_no_measurement_ended_says_so_in_both_languages(string change)
    {
        foreach (var language in new[] { TextBook.Chinese, TextBook.English })
            Assert.DoesNotContain("evidence.", EvidenceWords.Of(language, "pipe", "level", null, null, $$"""{"ruleChange":"{{change}}"}""")!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TextBook.Chinese, "与另一台服务器同时发出的同一预警重复，由系统关闭；以预警 0123 为准。")]
    [InlineData(TextBook.English, "Closed because another host had raised the same alert, which goes on as 0123.")]
    public void One_of_two_alerts_of_a_rule_says_why_it_ended(string language, string sentence) =>
        Assert.Equal(sentence, EvidenceWords.Of(language, "pipe", "", null, null, """{"doubled":"0123"}"""));
}

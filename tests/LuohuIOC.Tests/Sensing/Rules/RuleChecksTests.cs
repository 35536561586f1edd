using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing.Rules;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Rules;

public sealed class RuleChecksTests
{
    private const string Ladder = """{"type":"ladder","id":"x-1","metric":"depth","when":"at-least","hysteresis":0.02,"steps":[{"severity":"yellow","at":0.2},{"severity":"red","at":0.5}]""";

    [Theory]
    [InlineData(Ladder + "}", null)]
    [InlineData(Ladder + ",\"holdSeconds\":-1}", "rule-hold-invalid")]
    [InlineData(Ladder + ",\"holdSamples\":101}", "rule-samples-invalid")]
    [InlineData("""{"type":"ladder","id":"x","metric":"depth","steps":[{"severity":"red","at":0.5}]}""", "rule-id-invalid")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"level","steps":[{"severity":"red","at":0.5}]}""", "rule-metric-unknown")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","steps":[]}""", "rule-steps-missing")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","steps":[{"at":0.5}]}""", "rule-severity-missing")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","steps":[{"severity":"red","at":0.5},{"severity":"red","at":0.6}]}""", "rule-severity-twice")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","steps":[{"severity":"red","at":0.5},{"severity":"blue","at":0.6}]}""", "rule-thresholds-unordered")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","when":"below","steps":[{"severity":"red","at":0.5},{"severity":"blue","at":0.6}]}""", null)]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","steps":[{"severity":"red","at":5.1}]}""", "rule-threshold-out-of-range")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","steps":[{"severity":"red","at":1e400}]}""", "rule-figure-infinite")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","hysteresis":1e400,"steps":[{"severity":"red","at":0.5}]}""", "rule-figure-infinite")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","hysteresis":-0.1,"steps":[{"severity":"red","at":0.5}]}""", "rule-hysteresis-negative")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","hysteresis":0.1,"steps":[{"severity":"blue","at":0.4},{"severity":"red","at":0.5}]}""", "rule-hysteresis-too-large")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","hysteresis":0.5,"steps":[{"severity":"red","at":0.5}]}""", "rule-never-clears-below")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"battery","when":"below","hysteresis":80,"steps":[{"severity":"red","at":20}]}""", "rule-never-clears-above")]
    [InlineData("""{"type":"rise","id":"x-1","metric":"depth","windowSeconds":3600,"hysteresis":0.5,"steps":[{"severity":"red","at":0.5}]}""", "rule-never-clears-below")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","when":"below","absolute":true,"steps":[{"severity":"red","at":0.5}]}""", "rule-absolute-below")]
    [InlineData("""{"type":"no-data","id":"waterlogging-depth","severity":"red"}""", "rule-type-differs")]
    [InlineData("""{"type":"no-data","id":"offline","severity":"red","silenceSeconds":5}""", "rule-silence-invalid")]
    [InlineData("""{"type":"accumulation","id":"x-1","metric":"depth","windowSeconds":10,"steps":[{"severity":"red","at":500}]}""", "rule-window-invalid")]
    [InlineData("""{"type":"rise","id":"x-1","metric":"depth","windowSeconds":600,"steps":[{"severity":"red","at":0}]}""", "rule-threshold-not-positive")]
    [InlineData("""{"type":"repeat","id":"x-1","metric":"depth","at":0.1,"windowSeconds":600,"times":1,"severity":"red"}""", "rule-times-invalid")]
    [InlineData("""{"type":"all-of","id":"x-1","conditions":[{"metric":"depth","when":"above","at":1}],"severity":"red"}""", "rule-conditions-missing")]
    [InlineData("""{"type":"state","id":"x-1","metric":"depth","is":2,"severity":"red"}""", "rule-state-invalid")]
    public void A_rule_that_cannot_work_is_refused_with_a_reason(string json, string? code)
    {
        var rule = JsonSerializer.Deserialize<Rule>(json, RuleJson.Options)!;
        var fault = RuleChecks.FaultOf(rule, Watched.Of(SensorKind.Waterlogging));
        Assert.Equal(code, fault?.Code);
        if (fault is null) return;
        foreach (var language in new[] { TextBook.Chinese, TextBook.English })
            Assert.DoesNotContain("{", TextBook.Get(language, $"problem.{code}.detail", fault.Words(language)));
    }

    [Theory]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","steps":[{"severity":"orange","at":0.275},{"severity":"yellow","at":0.3}]}""", "橙色的阈值 0.275 m 应比黄色的阈值 0.3 m 更严重，请调整。")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"depth","steps":[{"severity":"red","at":5.1}]}""", "阈值 5.1 m 不在该指标的物理范围 0 m 至 5 m 之内。")]
    [InlineData("""{"type":"ladder","id":"x-1","metric":"battery","when":"below","hysteresis":80,"steps":[{"severity":"red","at":20}]}""", "阈值 20 %、回差 80 %：数值须高于 100 % 才解除预警，而最大只能到 100 %。请减小回差。")]
    public void Values_are_told_with_their_units_and_severities_by_name(string json, string detail)
    {
        var fault = RuleChecks.FaultOf(JsonSerializer.Deserialize<Rule>(json, RuleJson.Options)!, Watched.Of(SensorKind.Waterlogging))!;
        Assert.Equal(detail, TextBook.Get(TextBook.Chinese, $"problem.{fault.Code}.detail", fault.Words(TextBook.Chinese)));
    }

    [Theory]
    [InlineData("""{"type":"ladder","threshhold":1}""")]
    [InlineData("""{"type":"leader"}""")]
    [InlineData("""{"metric":"depth"}""")]
    [InlineData("""{"type":"no-data","severity":"purple"}""")]
    [InlineData("""{"type":"no-data","severity":3}""")]
    public void A_typing_error_does_not_pass(string json) =>
        Assert.Throws<JsonException>(() =>
        {
            try
            {
                JsonSerializer.Deserialize<Rule>(json, RuleJson.Options);
            }
            catch (NotSupportedException e)
            {
                throw new JsonException("no type", e);
            }
        });
}

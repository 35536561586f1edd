using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using LuohuIOC.Sensing.Quality;

namespace LuohuIOC.Tests.DeviceProtocol;

/// <summary>Renders <c>firmware-contracts/metrics.md</c> from <c>kinds.json</c> and <c>quality.json</c>, for people who have no JSON reader at hand.</summary>
internal static class MetricTable
{
    private const string Checks = "src/LuohuIOC/Sensing/Quality/quality.json";

    public static string Render()
    {
        var contract = JsonNode.Parse(Repository.Read("firmware-contracts/kinds.json"))!;
        var checks = JsonNode.Parse(Repository.Read(Checks))!["checks"]!.AsArray().ToDictionary(c => ((string)c!["kind"]!, (string)c["metric"]!), c => c!);
        var text = new StringBuilder("# 各类感知设备的指标 · Metrics of each kind of sensor\n\n");
        text.Append(CultureInfo.InvariantCulture, $"由 `kinds.json` 和 `{Checks}` 得出，改动请改那里。单位为 UCUM；范围含两端；变化率为每秒，按不短于 ");
        text.Append(contract["rate_floor_s"]).Append(" 秒的间隔判断，超过的为错误，不用于预警，下一条与之相符时才采信；静默超过所列时间视为离线。");
        text.Append(CultureInfo.InvariantCulture, $"突跳：与上一条之差不小于所列数值，且超过平常变化的 {QualityChecks.SpikeFactor} 倍（连续几条时只标第一条）；卡滞：数值不变，达到所列条数和时长，绝对值不大于括号内数值的除外。突跳、卡滞只标为存疑，仍用于预警，其中向下的突跳不参与快速上涨的判断。\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Made of `kinds.json` and `{Checks}`: change it there. UCUM units; ranges include their ends; rates are per second, judged over at least ");
        text.Append(contract["rate_floor_s"]).Append(" s, and what is quicker is bad and feeds no rule until the next one agrees with it; a sensor silent for longer than stated counts as offline. ");
        text.Append(CultureInfo.InvariantCulture, $"Spike: a step from the reading before of at least so much, and of more than {QualityChecks.SpikeFactor} times the usual one, the first of a run alone. Stuck: so many readings over so long without a change; values of at most the size in brackets may stay. ");
        text.Append("Both are doubtful only, and feed the rules; a spike downwards is left out of rises.\n");
        foreach (var kind in contract["kinds"]!.AsArray())
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## `{kind!["kind"]}` {kind["zh"]} · {kind["en"]}\n\n静默 · silence: {Duration((int)kind["silence_s"]!)}\n");
            if (kind["metrics"]!.AsArray().Count == 0) text.Append("\n指标名由设备自定，无范围检查 · names its own metrics, without range checks\n");
            else Append(text, kind["metrics"]!.AsArray().Concat(kind["added"]?.AsArray() ?? []), metric => checks.GetValueOrDefault(((string)kind["kind"]!, metric)));
        }
        text.Append("\n## 所有种类 · all kinds\n");
        Append(text, contract["common"]!.AsArray(), _ => null);
        return text.ToString();
    }

    private static void Append(StringBuilder text, IEnumerable<JsonNode?> metrics, Func<string, JsonNode?> checkOf)
    {
        text.Append("\n| 指标 metric | 名称 | name | 单位 unit | 最小 min | 最大 max | 变化率 rate | 突跳 spike | 卡滞 stuck | 性质 shape |\n");
        text.Append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var m in metrics)
        {
            var check = checkOf((string)m!["name"]!);
            text.Append(CultureInfo.InvariantCulture, $"| `{m["name"]}` | {m["zh"]} | {m["en"]} | `{m["unit"]}` | {m["minimum"]} | {m["maximum"]} | {m["rate_max"]?.ToString() ?? "—"} ");
            text.Append(CultureInfo.InvariantCulture, $"| {check?["spikeJump"]?.ToString() ?? "—"} | {Stuck(check)} | {Shape((string)m["shape"]!)} |\n");
        }
    }

    private static string Stuck(JsonNode? check)
    {
        if (check?["stuckReadings"] is not { } readings) return "—";
        var rest = check["restMax"] is { } most ? $" ({most})" : "";
        return $"{readings} 条 · {check["stuckHours"]} h{rest}";
    }

    private static string Duration(int seconds) => seconds % 3600 == 0 ? $"{seconds / 3600} h" : $"{seconds / 60} min";

    private static string Shape(string shape) => shape switch
    {
        "level" => "连续 level",
        "state" => "状态 state",
        "amount" => "时段量 amount",
        _ => throw new InvalidDataException($"No shape '{shape}'."),
    };
}

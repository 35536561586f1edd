using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace LuohuIOC.Tests.DeviceProtocol;

/// <summary>Renders <c>firmware-contracts/metrics.md</c> from <c>kinds.json</c>, for people who have no JSON reader at hand.</summary>
internal static class MetricTable
{
    public static string Render()
    {
        var contract = JsonNode.Parse(Repository.Read("firmware-contracts/kinds.json"))!;
        var text = new StringBuilder("# 各类感知设备的指标 · Metrics of each kind of sensor\n\n");
        text.Append("由 `kinds.json` 得出，改动请改那里。单位为 UCUM；范围含两端；变化率为每秒，按不短于 ");
        text.Append(contract["rate_floor_s"]).Append(" 秒的间隔判断；静默超过所列时间视为离线。\n\n");
        text.Append("Made of `kinds.json`: change it there. UCUM units; ranges include their ends; rates are per second, judged over at least ");
        text.Append(contract["rate_floor_s"]).Append(" s; a sensor silent for longer than stated counts as offline.\n");
        foreach (var kind in contract["kinds"]!.AsArray())
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## `{kind!["kind"]}` {kind["zh"]} · {kind["en"]}\n\n静默 · silence: {Duration((int)kind["silence_s"]!)}\n");
            if (kind["metrics"]!.AsArray().Count == 0) text.Append("\n指标名由设备自定，无范围检查 · names its own metrics, without range checks\n");
            else Append(text, kind["metrics"]!.AsArray().Concat(kind["added"]?.AsArray() ?? []));
        }
        text.Append("\n## 所有种类 · all kinds\n");
        Append(text, contract["common"]!.AsArray());
        return text.ToString();
    }

    private static void Append(StringBuilder text, IEnumerable<JsonNode?> metrics)
    {
        text.Append("\n| 指标 metric | 名称 | name | 单位 unit | 最小 min | 最大 max | 变化率 rate | 性质 shape |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (var m in metrics)
            text.Append(CultureInfo.InvariantCulture, $"| `{m!["name"]}` | {m["zh"]} | {m["en"]} | `{m["unit"]}` | {m["minimum"]} | {m["maximum"]} | {m["rate_max"]?.ToString() ?? "—"} | {Shape((string)m["shape"]!)} |\n");
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

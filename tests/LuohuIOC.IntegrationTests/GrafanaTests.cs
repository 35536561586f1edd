using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Sensing.Rules;
using LuohuIOC.Tests;
using LuohuIOC.Tests.History.Influx;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.IntegrationTests;

/// <summary>Grafana's boards, whose queries run on the real InfluxDB as Grafana would send them.</summary>
public sealed partial class GrafanaTests
{
    private const int SensorsOfAKind = 3;

    private static readonly string Boards = Path.Combine(Repository.Root, "dashboards", "grafana", "dashboards");

    [Fact]
    public async Task Every_query_of_every_panel_returns_rows()
    {
        await using var influxd = new Influxd();
        await influxd.StartAsync();
        await using var host = new HostProcess(
            null, "--History:Store=Influx", $"--History:Influx:Url={influxd.Url}", "--History:Influx:Database=city", "--History:Influx:MetersEvery=00:00:01",
            "--Mqtt:AllowAnonymous=true");
        await host.StartAsync();
        await using var simulator = await SimulateAsync(host);
        await using var hub = host.Hub();
        await HostProcess.JoinAsync(hub);
        await PublishAheadAsync(host);

        var waiting = Directory.GetFiles(Boards, "*.json").SelectMany(Queries).ToList();
        Assert.True(waiting.Count > 60, $"{waiting.Count} queries");
        await Wait.UntilAsync(
            async () =>
            {
                foreach (var query in waiting.ToArray())
                    if (await RowsAsync(influxd, query) > 0) waiting.Remove(query);
                return waiting.Count == 0;
            },
            () => $"rows of\n{string.Join('\n', waiting.Select(q => $"{q.Place}: {q.Text}"))}", TimeSpan.FromMinutes(10));
    }

    /// <summary>An officer must not see one limit on the wall and another in Grafana.</summary>
    [Fact]
    public void Limits_drawn_are_those_of_the_default_rules()
    {
        var ladders = DefaultRules.All.Where(k => k.NameContains is null)
            .SelectMany(k => k.Rules.OfType<LadderRule>().Select(r => (Kind: KindCatalogue.Of(k.Kind).Name, Rule: r))).ToList();
        var compared = 0;
        foreach (var file in Directory.GetFiles(Boards, "*.json"))
        {
            foreach (var panel in Json(file).GetProperty("panels").EnumerateArray())
            {
                if (!panel.GetProperty("fieldConfig").GetProperty("defaults").TryGetProperty("thresholds", out var thresholds)) continue;
                if (OfOneMetric().Match(panel.GetProperty("targets")[0].GetProperty("query").GetString()!) is not { Success: true } query) continue;
                if (ladders.FirstOrDefault(l => l.Kind == query.Groups[2].Value && l.Rule.Metric == query.Groups[1].Value).Rule is not { } rule) continue;
                var drawn = thresholds.GetProperty("steps").EnumerateArray().Skip(1).Select(s => s.GetProperty("value").GetDouble());
                Assert.Equal(rule.Steps.Select(s => s.At), drawn);
                compared++;
            }
        }
        Assert.True(compared > 8, $"{compared} panels compared");
    }

    /// <summary>Grafana itself is not at hand: what it would pass over in silence, or fill in by defaults of its own, is found here.</summary>
    [Fact]
    public void Panels_are_whole_by_Grafanas_own_schema()
    {
        // https://github.com/grafana/grafana: packages/grafana-data/src/valueFormats/categories.ts; suffix: is free text.
        var units = new HashSet<string> { "none", "lengthm", "lengthmm", "celsius", "degree", "bytes", "s", "percentunit", "amp", "volt" };
        var source = Repository.Read("dashboards/grafana/provisioning/datasources/influxdb.yml");
        foreach (var file in Directory.GetFiles(Boards, "*.json"))
        {
            var board = Json(file);
            var panels = board.GetProperty("panels").EnumerateArray().ToList();
            Assert.Equal(panels.Count, panels.Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
            foreach (var panel in panels)
            {
                var title = panel.GetProperty("title").GetString()!;
                var place = $"{Path.GetFileName(file)}, {title}";
                Assert.True(Chinese().IsMatch(title), $"{place}: titles are for people who read Chinese");
                var defaults = panel.GetProperty("fieldConfig").GetProperty("defaults");
                var unit = defaults.GetProperty("unit").GetString()!;
                Assert.True(units.Contains(unit) || unit.StartsWith("suffix:", StringComparison.Ordinal), $"{place}: Grafana has no unit {unit}");
                foreach (var asked in panel.GetProperty("targets").EnumerateArray().Append(panel))
                    Assert.Contains($"uid: {asked.GetProperty("datasource").GetProperty("uid").GetString()}\n", source, StringComparison.Ordinal);
                var grid = panel.GetProperty("gridPos");
                Assert.True(grid.GetProperty("x").GetInt32() + grid.GetProperty("w").GetInt32() <= 24, $"{place}: wider than the board");
                // Without steps of its own Grafana draws a number red from 80 on.
                var hasSteps = defaults.TryGetProperty("thresholds", out var thresholds);
                Assert.True(hasSteps || panel.GetProperty("type").GetString() == "timeseries", $"{place}: no thresholds");
                if (!hasSteps) continue;
                var steps = thresholds.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("value")).ToList();
                Assert.Equal(JsonValueKind.Null, steps[0].ValueKind);
                Assert.Equal(steps.Skip(1).Select(s => s.GetDouble()).Order(), steps.Skip(1).Select(s => s.GetDouble()));
            }
            var declared = board.GetProperty("templating").GetProperty("list").EnumerateArray().Select(v => v.GetProperty("name").GetString()!);
            var used = panels.SelectMany(p => Variable().Matches(p.GetProperty("targets").GetRawText())).Select(m => m.Groups[1].Value).Distinct();
            Assert.Equal(declared.Order(), used.Order());
        }
    }

    private static async Task<SimulatedCity.Running> SimulateAsync(HostProcess host)
    {
        var all = Path.Combine(host.Data, "all.csv");
        await SimulatedCity.SaveRegistryAsync(host, all);
        // A few of each kind, so that a day of every one of them passes in seconds.
        var lines = await File.ReadAllLinesAsync(all);
        var kind = Array.IndexOf(lines[0].Split(','), "kind");
        var some = Path.Combine(host.Data, "some.csv");
        await File.WriteAllLinesAsync(some, [lines[0], .. lines.Skip(1).GroupBy(l => l.Split(',')[kind]).SelectMany(g => g.Take(SensorsOfAKind))]);
        return SimulatedCity.Start(host, some, "--speed", "3600", "--seed", "7", "--storm", "chicago", "--return-period", "50", "--storm-start", "1");
    }

    /// <summary>A doubtful reading, of which the simulator makes none: its clock is ten minutes ahead.</summary>
    private static async Task PublishAheadAsync(HostProcess host)
    {
        var sensor = (await host.GetAsync("sensors?kind=pipe&limit=1")).GetProperty("items")[0];
        using var gateway = new MqttClientFactory().CreateMqttClient();
        await gateway.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).WithClientId("ahead").Build(), TestContext.Current.CancellationToken);
        await gateway.PublishStringAsync(
            $"luohu/v1/{sensor.GetProperty("gateway")}/{sensor.GetProperty("id")}/telemetry",
            $$$"""{"ts":{{{DateTimeOffset.UtcNow.AddMinutes(10).ToUnixTimeMilliseconds()}}},"values":{"level":0.3}}""",
            MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: TestContext.Current.CancellationToken);
    }

    private static async Task<int> RowsAsync(Influxd influxd, Query query)
    {
        var text = query.Text;
        foreach (Match variable in Variable().Matches(text))
        {
            var values = await influxd.QueryAsync(query.Variables[variable.Groups[1].Value], "city");
            text = text.Replace(variable.Value, $"({string.Join('|', Rows(values).Select(r => Regex.Escape(r[1].GetString()!)))})");
        }
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        text = text.Replace("$timeFilter", string.Create(CultureInfo.InvariantCulture, $"time >= {now - 6 * 3_600_000}ms and time <= {now + 60_000}ms"))
            .Replace("$__interval", "10s");
        var answer = await influxd.QueryAsync(text, "city");
        // The host makes it with its first write.
        if (answer.Contains("database not found", StringComparison.Ordinal)) return 0;
        Assert.False(JsonDocument.Parse(answer).RootElement.GetProperty("results")[0].TryGetProperty("error", out var error), $"{query.Place}: {error}\n{text}");
        return Rows(answer).Count(row => row.EnumerateArray().Skip(1).All(v => v.ValueKind != JsonValueKind.Null));
    }

    private static IEnumerable<JsonElement> Rows(string answer) =>
        JsonDocument.Parse(answer).RootElement.GetProperty("results")[0] is var result && result.TryGetProperty("series", out var series)
            ? series.EnumerateArray().SelectMany(s => s.GetProperty("values").EnumerateArray())
            : [];

    private static IEnumerable<Query> Queries(string file)
    {
        var board = Json(file);
        var variables = board.GetProperty("templating").GetProperty("list").EnumerateArray()
            .ToDictionary(v => v.GetProperty("name").GetString()!, v => v.GetProperty("query").GetString()!);
        foreach (var (name, text) in variables) yield return new Query($"{Path.GetFileName(file)}, variable {name}", text, variables);
        foreach (var panel in board.GetProperty("panels").EnumerateArray())
            foreach (var target in panel.GetProperty("targets").EnumerateArray())
                yield return new Query($"{Path.GetFileName(file)}, {panel.GetProperty("title")}", target.GetProperty("query").GetString()!, variables);
    }

    private static JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllText(file)).RootElement;

    private sealed record Query(string Place, string Text, Dictionary<string, string> Variables);

    [GeneratedRegex(@"\$\{(\w+):regex\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Chinese();

    [GeneratedRegex("^SELECT (?:mean|max)\\(\"(\\w+)\"\\) FROM \"(\\w+)\" ")]
    private static partial Regex OfOneMetric();
}

using System.Text.Json;
using System.Text.Json.Nodes;
using LuohuIOC.DeviceProtocol;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace LuohuIOC.Tests.DeviceProtocol;

/// <summary>The contract's documents agree with each other and with what the decoder does.</summary>
public sealed class FirmwareContractTests
{
    private const string Folder = "firmware-contracts";
    private static readonly VectorSensor[] Sensors =
        [new("outfall-001", "outfall", "gw-1"), new("rain-007", "rain_gauge", "gw-1"), new("smoke-0042", "smoke", "gw-1")];

    public static TheoryData<string> Schemas =>
        [.. Directory.EnumerateFiles(Repository.PathOf($"{Folder}/schemas"), "*.json").Select(f => Path.GetFileName(f)).Order()];

    [Theory]
    [MemberData(nameof(Schemas))]
    public void A_schema_is_sound(string file)
    {
        var schema = JsonNode.Parse(Repository.Read($"{Folder}/schemas/{file}"))!;
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string)schema["$schema"]!);
        Assert.EndsWith($"/{file}", (string)schema["$id"]!, StringComparison.Ordinal);
        Assert.NotEmpty(schema["examples"]!.AsArray());
        Assert.All(References(schema), r => Assert.Contains(r, Schemas.Select(s => (string)s)));
    }

    [Theory]
    [InlineData("gateway-telemetry.schema.json", "luohu/v1/gw-1/telemetry")]
    [InlineData("sensor-telemetry.schema.json", "luohu/v1/gw-1/outfall-001/telemetry")]
    [InlineData("readings.schema.json", "luohu/v1/gw-1/outfall-001/telemetry")]
    [InlineData("reading.schema.json", "luohu/v1/gw-1/outfall-001/telemetry")]
    public void Examples_of_a_telemetry_schema_decode(string file, string topic)
    {
        var taken = 0;
        foreach (var example in JsonNode.Parse(Repository.Read($"{Folder}/schemas/{file}"))!["examples"]!.AsArray())
        {
            var (readings, rejections) = RecordingSink.Decode(topic, JsonSerializer.SerializeToUtf8Bytes(example), Sensors);
            Assert.Empty(rejections);
            taken += readings.Count;
        }
        Assert.True(taken > 0, $"{file}: no example has a reading.");
    }

    [Fact]
    public void The_limits_of_the_schemas_are_those_of_the_decoder()
    {
        var reading = JsonNode.Parse(Repository.Read($"{Folder}/schemas/reading.schema.json"))!["properties"]!;
        Assert.Equal(TelemetryReader.TsMin, (long)reading["ts"]!["minimum"]!);
        Assert.Equal(TelemetryReader.TsMax, (long)reading["ts"]!["exclusiveMaximum"]!);
        Assert.Equal(TelemetryReader.SequenceMax, (long)reading["seq"]!["maximum"]!);
        Assert.Equal(TelemetryReader.MetricsMax, (int)reading["values"]!["maxProperties"]!);
        var readings = JsonNode.Parse(Repository.Read($"{Folder}/schemas/readings.schema.json"))!;
        Assert.Equal(TelemetryReader.ReadingsMax, (int)readings["oneOf"]![1]!["maxItems"]!);
    }

    [Fact]
    public void AsyncApi_names_every_topic_once_and_each_parses()
    {
        var channels = AsyncApi()["channels"].Map();
        var kinds = channels.Select(c => KindOf(c.Value["address"].Text())).ToArray();
        Assert.Equal(Enum.GetValues<TopicKind>(), kinds.Order());
        foreach (var (name, channel) in channels)
        {
            var places = channel["address"].Text().Split('/').Where(l => l.StartsWith('{')).Select(l => l.Trim('{', '}'));
            Assert.Equal(places.Order(), channel["parameters"].Map().Keys.Order());
            Assert.True(channel["messages"].Map().Count == 1, $"{name}: one message expected.");
        }
    }

    [Fact]
    public void AsyncApi_points_only_to_what_exists()
    {
        var document = AsyncApi();
        var references = document.AllNodes.OfType<YamlMappingNode>()
            .SelectMany(m => m.Children).Where(c => c.Key.Text() == "$ref").Select(c => c.Value.Text()).ToArray();
        Assert.NotEmpty(references);
        foreach (var reference in references)
        {
            if (!reference.StartsWith('#')) Assert.True(File.Exists(Repository.PathOf($"{Folder}/{reference}")), reference);
            else Assert.NotNull(reference[2..].Split('/').Aggregate((YamlNode)document, (node, key) => node[key]));
        }
    }

    [Fact]
    public void AsyncApi_asks_for_QoS_1_and_retains_only_the_status()
    {
        var document = AsyncApi();
        foreach (var (name, operation) in document["operations"].Map())
        {
            var once = name == "receiveStatus" ? "retained" : "once";
            Assert.Equal($"#/components/operationBindings/{once}", operation["bindings"]["$ref"].Text());
        }
        Assert.All(document["components"]["operationBindings"].Map(), b => Assert.Equal("1", b.Value["mqtt"]["qos"].Text()));
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.en.md")]
    public void The_text_explains_every_reason_and_topic(string file)
    {
        var text = Repository.Read($"{Folder}/{file}");
        Assert.All(Enum.GetValues<RejectionReason>().Where(r => r != RejectionReason.None), r => Assert.Contains($"| `{r.WireName()}` |", text, StringComparison.Ordinal));
        Assert.All(AsyncApi()["channels"].Map(), c => Assert.Contains($"| `{c.Value["address"].Text()}` |", text, StringComparison.Ordinal));
    }

    [Fact]
    public void The_table_of_metrics_says_what_kinds_json_says()
    {
        var expected = MetricTable.Render();
        Assert.True(Repository.Read($"{Folder}/metrics.md") == expected, $"metrics.md should read:\n{expected}");
    }

    private static YamlMappingNode AsyncApi()
    {
        var stream = new YamlStream();
        using var text = File.OpenText(Repository.PathOf($"{Folder}/asyncapi.yaml"));
        stream.Load(text);
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    private static TopicKind KindOf(string address)
    {
        var name = address.Replace("{gateway}", "gw-1").Replace("{sensor}", "of-1").Replace("{protocol}", "sl651");
        Assert.True(Topic.TryParse(name, out var topic), address);
        return topic.Kind;
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => m.Key == "$ref" ? [(string)m.Value!] : References(m.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };
}

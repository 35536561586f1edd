using System.Text;
using System.Text.Json.Nodes;
using LuohuIOC.Benchmarks.Decode;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Frames;

/// <summary>Every golden frame of the contract, through the runner that answers outside checks: each member as the vector spells it.</summary>
public sealed class GoldenFrameTests
{
    [Theory]
    [InlineData("sl651")]
    [InlineData("hj212")]
    [InlineData("gb26875")]
    public void Every_golden_frame_decodes_to_its_members(string protocol)
    {
        var vectors = JsonNode.Parse(Repository.Read($"firmware-contracts/vectors/frames-{protocol}.json"))!["vectors"]!.AsArray();
        var answers = Decode(protocol, vectors.Select(v => LineOf(v!)));
        Assert.Equal(vectors.Count, answers.Length);
        for (var i = 0; i < answers.Length; i++)
        {
            var expected = IsIntact(vectors[i]!) ? vectors[i]!["expected"]!.DeepClone().AsObject() : new JsonObject { ["reason"] = "crc" };
            expected["ok"] = IsIntact(vectors[i]!);
            Assert.True(JsonNode.DeepEquals(expected, answers[i]), $"{LineOf(vectors[i]!)}\n{answers[i]!.ToJsonString()}\n{expected.ToJsonString()}");
        }
    }

    [Theory]
    [InlineData("sl651", "7e7e 02 0012345678 000a 2f 0008 02 000c 141205094357 03 fb2d", null)]
    [InlineData("sl651", "7E7E020012345678000A2F000802000C14120509435703FB2E", "crc")]
    [InlineData("sl651", "7E7E020012345678000A2F000802000C141205094357", "truncated")]
    [InlineData("sl651", "7E7E020012345678000A2F000802000C14120509435703FB2D00", "length")]
    [InlineData("sl651", "DEADBEEF", "start")]
    [InlineData("sl651", "7E7E0", "hex")]
    [InlineData("sl651", "", "truncated")]
    [InlineData("hj212", "##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&3240", null)]
    [InlineData("hj212", "##0087QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&3241\\r\\n", "crc")]
    [InlineData("hj212", "##0088QN=20160801085857223;ST=91;CN=9014;PW=123456;MN=010000A8900016F000169DC0;Flag=4;CP=&&&&3240\\r\\n", "length")]
    [InlineData("hj212", "##0087QN=20160801085857223;ST=91;CN=90", "truncated")]
    [InlineData("hj212", "QN=20160801085857223", "start")]
    [InlineData("gb26875", "4040010001000500090207150504030201000B0A09080706000003732323", null)]
    [InlineData("gb26875", "4040010001000500090207150504030201000B0A09080706000003742323", "crc")]
    [InlineData("gb26875", "4040010001000500090207150504030201000B0A09080706000003732324", "end")]
    [InlineData("gb26875", "4040010001000500090207150504030201000B0A0908070600", "truncated")]
    [InlineData("gb26875", "4041", "start")]
    public void Bad_lines_are_refused_with_a_reason(string protocol, string line, string? reason)
    {
        var answer = Decode(protocol, [line]).Single()!;
        Assert.Equal(reason is null, (bool)answer["ok"]!);
        Assert.Equal(reason, (string?)answer["reason"]);
    }

    [Fact]
    public void Each_line_has_one_answer_and_a_fault_leaves_no_trace_of_its_own()
    {
        // The second frame's second object is missing: what its first one gave must not be seen.
        var unit = "0102010102040204000902071500";
        var broken = Sealed($"4040010001000500090207150504030201000B0A090807060E0002{unit}002323");
        var answers = Decode("gb26875", ["4040010001000500090207150504030201000B0A09080706000003732323", broken, "", "zz"]);
        Assert.Equal([true, false, false, false], answers.Select(a => (bool)a!["ok"]!));
        Assert.Equal("""{"ok":false,"reason":"body"}""", answers[1]!.ToJsonString());
    }

    internal static JsonArray DecodeAll(string protocol, IEnumerable<string> lines) => [.. Decode(protocol, lines).Select(a => a!.DeepClone())];

    private static JsonNode?[] Decode(string protocol, IEnumerable<string> lines)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines) + '\n'));
        using var output = new MemoryStream();
        Assert.Equal(0, DecodeRunner.Run(protocol, input, output));
        return [.. Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonNode.Parse(l))];
    }

    private static string LineOf(JsonNode vector) => (string?)vector["hex"] ?? ((string)vector["packet"]!).Replace("\r\n", "\\r\\n");

    private static bool IsIntact(JsonNode vector) => (bool?)(vector["crcOk"] ?? vector["expected"]!["crcOk"]) ?? true;

    private static string Sealed(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        SampleFrames.Seal("gb26875", bytes);
        return Convert.ToHexString(bytes);
    }
}

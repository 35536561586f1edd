using System.Text.Json.Nodes;
using CsCheck;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Ingestion.Frames;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Sl651;

/// <summary>What stations tell of themselves, against frames derived by hand and frames printed in public.</summary>
public sealed class Sl651RecordTests
{
    private static readonly JsonArray Vectors = JsonNode.Parse(Repository.Read("firmware-contracts/vectors/records-sl651.json"))!["vectors"]!.AsArray();

    public static TheoryData<string> Names => [.. Vectors.Select(v => (string)v!["name"]!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_record_reads_as_the_vector_says(string name)
    {
        var vector = Vectors.Single(v => (string)v!["name"]! == name)!;
        var record = Read(string.Concat(vector["frames"]!.AsArray().Select(f => (string)f!)));
        Assert.Equal(((string)vector["kind"]!, (bool)vector["complete"]!), (record.Kind.ToString().ToLowerInvariant(), record.IsComplete));
        if (vector["counts"] is { } counts) Assert.Equal(counts.AsArray().Select(c => (double?)c), record.Items.Select(i => i.Value));
        else Assert.Equal(vector["items"]!.AsArray().Select(Expected), record.Items.Select(i => (i.Id, i.Name?.En, i.Text?.En, i.Value, i.Unit)));
        if (vector["picture"] is not { } picture)
        {
            Assert.Null(record.Picture);
            return;
        }
        Assert.Equal((string)picture["hex"]!, Convert.ToHexString(record.Picture!.Bytes.Span));
        Assert.Equal(((bool)picture["hasStart"]!, (int)picture["bytesBehindEnd"]!), (record.Picture.HasStart, record.Picture.BytesBehindEnd));
    }

    // Function, and the first and last line as the frame's printed bytes say.
    [Theory]
    [InlineData("40", 7, "01 05000000", "0F 1013112345678")]
    [InlineData("41", 8, "01 05000000", "0F 1013112345678")]
    [InlineData("42", 13, "20 1 h", "41 0.2 m")]
    [InlineData("43", 13, "20 1 h", "41 0.2 m")]
    [InlineData("45", 1, " DATA86-SW-V1.2(H)", " DATA86-SW-V1.2(H)")]
    [InlineData("49", 1, "03 ****", "03 ****")]
    [InlineData("50", 32, "ERC1 4369 ", "ERC32 0 ")]
    public void A_printed_frame_reads_as_its_bytes_say(string function, int lines, string first, string last)
    {
        var printed = JsonNode.Parse(Repository.Read("firmware-contracts/vectors/frames-sl651.json"))!["vectors"]!.AsArray()
            .Single(v => (string?)v!["expected"]!["function"] == function)!;
        var record = Read((string)printed["hex"]!);
        Assert.True(record.IsComplete);
        Assert.Equal(lines, record.Items.Count);
        Assert.Equal((first, last), (Line(record.Items[0]), Line(record.Items[^1])));
    }

    [Fact]
    public void Measurements_and_heartbeats_are_no_records()
    {
        Assert.Empty(Sl651Message.Of(Convert.FromHexString("7E7E020012345678000A2F000802000C14120509435703FB2D")));
        Assert.Empty(Sl651Message.Of(Convert.FromHexString("7E7E02001234567804D2330025020008141205105002F1F1001234567848F0F0141205105020190001002619000100381212200317B4")));
        Assert.Empty(Sl651Message.Of("no frame"u8));
    }

    [Fact]
    public void Any_bytes_give_a_record_and_never_an_exception() =>
        Gen.Select(Gen.Byte, Gen.Byte.Array[0, 80], Gen.Bool).Sample((function, bytes, ascii) =>
        {
            byte[] content = [0xF1, 0xF1, 0, 0x12, 0x34, 0x56, 0x78, .. bytes];
            _ = Sl651Record.Read(function, ascii, bytes);
            _ = Sl651Record.Read(function, ascii, content);
        });

    private static Sl651Record Read(string hex)
    {
        var message = Sl651Message.Of(Convert.FromHexString(hex)).Single();
        return Sl651Record.Read(message.Function, message.IsAscii, message.Content);
    }

    private static (string, string?, string?, double?, string?) Expected(JsonNode? item) =>
        ((string)item!["id"]!, (string?)item["en"], (string?)item["text"], (double?)item["value"], (string?)item["unit"]);

    private static string Line(Sl651RecordItem item) => FormattableString.Invariant($"{item.Id} {item.Text?.En}{item.Value}{(item.Value is null ? "" : " " + item.Unit)}");
}

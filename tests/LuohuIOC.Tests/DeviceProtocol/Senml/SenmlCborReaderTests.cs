using CsCheck;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Senml;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Senml;

/// <summary>Packs in CBOR, put together by hand from RFC 8949 and the labels of RFC 8428, table 6; the first has the shape of its example in clause 6.</summary>
public sealed class SenmlCborReaderTests
{
    private const long Received = 1_700_000_000_000;
    private const string Example = "82A721781C75726E3A6465763A6F773A313065323037336130313038303036333A22FB41D303A15B00106223614120050067766F6C7461676501615602FB405E066666666666A3006763757272656E74062402FB3FF3333333333333";

    [Theory]
    [InlineData(Example, "urn:dev:ow:10e2073a01080063:voltage V 1276020076001 120.1|urn:dev:ow:10e2073a01080063:current A 1276020071001 1.2")]
    // Widths of a number: half, single, decimal fraction, integers of one and two bytes, below zero; boolean.
    [InlineData("81 A2 00 6178 02 F93E00", "x  1700000000000 1.5")]
    [InlineData("81 A2 00 6178 02 FAC0200000", "x  1700000000000 -2.5")]
    [InlineData("81 A2 00 6178 02 C48220 1904B1", "x  1700000000000 120.1")]
    [InlineData("81 A2 00 6178 02 C48202 03", "x  1700000000000 300")]
    [InlineData("81 A2 00 6178 02 1903E8", "x  1700000000000 1000")]
    [InlineData("81 A2 00 6178 02 3863", "x  1700000000000 -100")]
    [InlineData("81 A2 00 6178 04 F5", "x  1700000000000 1")]
    // Arrays and maps without a stated length; base value and sums; a field that nobody knows; text, bytes and a sum alone.
    [InlineData("9F BF 00 6178 02 01 FF BF 00 6179 02 02 FF FF", "x  1700000000000 1|y  1700000000000 2")]
    [InlineData("82 A3 24 14 00 6178 02 01 A3 00 6178 05 05 02 20", "x  1700000000000 21|x  1700000000000 19|x sum 1700000000000 5")]
    [InlineData("81 A3 00 6178 02 01 66667574757265 9F A1 01 02 FF", "x  1700000000000 1")]
    [InlineData("83 A2 00 6178 03 6174 A2 00 6179 08 420102 A2 00 617A 05 05", "z sum 1700000000000 5 alone")]
    [InlineData("80", "")]
    // Behind the mark of CBOR; labels spelt as in JSON; a record that is none between two that are.
    [InlineData("D9D9F7 81 A2 00 6178 02 01", "x  1700000000000 1")]
    [InlineData("81 A3 62626E 62613A 616E 6178 6176 02", "a:x  1700000000000 2")]
    [InlineData("83 A2 00 6178 02 01 A2 00 6179 02 6131 A2 00 617A 02 03", "x  1700000000000 1|!WrongShape y 1|z  1700000000000 3")]
    // Refused: must be understood; two values; no value; newer version; cut off; more behind; not a map; NaN; indefinite text; nested too deep.
    [InlineData("81 A3 00 6178 02 01 656D7573745F 01", null)]
    [InlineData("81 A3 00 6178 02 01 04 F5", "!WrongShape x 0")]
    [InlineData("81 A1 00 6178", "!WrongShape x 0")]
    [InlineData("81 A3 20 0B 00 6178 02 01", null)]
    [InlineData("81 A2 00 6178 02 FB3FF4", null)]
    [InlineData("81 A2 00 6178 02 01 00", null)]
    [InlineData("81 01", null)]
    [InlineData("81 A2 00 6178 02 F97E00", "!ValueNotFinite x 0")]
    [InlineData("81 A2 00 7F 6178 FF 02 01", null)]
    [InlineData("81 A3 00 6178 02 01 0A 8181818181818181818181818181818181818181 01", null)]
    [InlineData("9B FFFFFFFFFFFFFFFF", null)]
    [InlineData("81 A2 00 7B FFFFFFFFFFFFFFFF 02 01", null)]
    public void Records_resolve_by_the_rules(string pack, string? expected)
    {
        var sink = new Records();
        var bytes = Convert.FromHexString(pack.Replace(" ", ""));
        Assert.True(SenmlCborReader.IsCbor(bytes));
        var refused = SenmlCborReader.Read(bytes, Received, ref sink);
        Assert.Equal(expected is null, refused != RejectionReason.None);
        if (expected is not null) Assert.Equal(expected, string.Join('|', sink.All));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData(" [{}]")]
    [InlineData("")]
    public void Json_is_told_from_cbor(string pack) => Assert.False(SenmlCborReader.IsCbor(System.Text.Encoding.UTF8.GetBytes(pack)));

    [Fact]
    public void Any_bytes_end_in_a_reason_and_never_in_an_exception() =>
        Gen.Select(Gen.Int[0, 90], Gen.Byte, Gen.Byte.Array[0, 12]).Sample((at, value, tail) =>
        {
            var sink = new Records();
            var mutated = Convert.FromHexString(Example);
            mutated[at % mutated.Length] = value;
            _ = SenmlCborReader.Read(mutated, Received, ref sink);
            _ = SenmlCborReader.Read(mutated.AsSpan(0, at), Received, ref sink);
            _ = SenmlCborReader.Read([0x81, .. tail], Received, ref sink);
            _ = SenmlCborReader.Read([0x9F, 0xBF, .. tail], Received, ref sink);
        });

    private readonly struct Records() : ISenmlSink
    {
        public List<string> All { get; } = [];

        public void Value(string name, string? unit, long unixMs, double value) => All.Add(FormattableString.Invariant($"{name} {unit} {unixMs} {value}"));

        public void Sum(string name, long unixMs, double sum, bool isAlone) => All.Add(FormattableString.Invariant($"{name} sum {unixMs} {sum}{(isAlone ? " alone" : "")}"));

        public void Wordy(string name)
        {
        }

        public void Refused(RejectionReason reason, string name, int record) => All.Add($"!{reason} {name} {record}");
    }
}

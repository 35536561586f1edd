using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Senml;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Senml;

/// <summary>The rules of RFC 8428, clause by clause; the first pack is the shape of its example 5.1.2.</summary>
public sealed class SenmlReaderTests
{
    private const long Received = 1_700_000_000_000;

    [Theory]
    [InlineData("""[{"bn":"urn:dev:ow:10e2073a01080063:","n":"voltage","u":"V","v":120.1},{"n":"current","u":"A","v":1.2}]""",
        "urn:dev:ow:10e2073a01080063:voltage V 1700000000000 120.1|urn:dev:ow:10e2073a01080063:current A 1700000000000 1.2")]
    [InlineData("""[{"bn":"a:","bt":1.6e9,"bu":"Cel","bv":20,"n":"t","v":1},{"n":"t","t":-5,"v":2},{"n":"h","u":"%RH","t":1.5,"v":-20}]""",
        "a:t Cel 1600000000000 21|a:t Cel 1599999995000 22|a:h %RH 1600000001500 0")]
    [InlineData("""[{"bn":"a:","n":"x","v":1},{"bn":"b:","n":"x","v":2},{"n":"y","vb":true}]""", "a:x  1700000000000 1|b:x  1700000000000 2|b:y  1700000000000 1")]
    [InlineData("""[{"n":"x","t":-60,"v":1}]""", "x  1699999940000 1")]
    [InlineData("""[{"n":"x","t":268435456,"v":1}]""", "!TsOutOfRange x 0")]
    [InlineData("""[{"n":"x","vs":"text"},{"n":"y","vd":"AQ"},{"n":"z","s":5}]""", "z sum 1700000000000 5 alone")]
    [InlineData("""[{"bn":"x","v":1,"future":{"deep":[1]}}]""", "x  1700000000000 1")]
    [InlineData("""[{"n":"x","v":1,"must_":1}]""", null)]
    [InlineData("""[{"n":"x","v":1,"vb":true}]""", "!WrongShape x 0")]
    [InlineData("""[{"n":"x"}]""", "!WrongShape x 0")]
    [InlineData("""[{"bver":11,"n":"x","v":1}]""", null)]
    [InlineData("""[{"bver":5,"n":"x","v":1}]""", "x  1700000000000 1")]
    [InlineData("""[{"n":"-x","v":1}]""", "!WrongShape -x 0")]
    [InlineData("""[{"n":"x y","v":1}]""", "!WrongShape x y 0")]
    [InlineData("""[{"n":"x","v":"1"}]""", "!WrongShape x 0")]
    [InlineData("""[{"bn":"a:","n":"x","v":1},{"v":{"deep":[1]},"n":"y"},{"n":"z","v":3}]""", "a:x  1700000000000 1|!WrongShape a:y 1|a:z  1700000000000 3")]
    [InlineData("""[{"n":"x","v":1e400},{"n":"y","v":2,"s":7,"bs":1},{"n":"z","s":1}]""", "!ValueNotFinite x 0|y  1700000000000 2|y sum 1700000000000 8|z sum 1700000000000 2 alone")]
    [InlineData("""[{"bn":5,"n":"x","v":1}]""", null)]
    [InlineData("""[{"n":"x","v":1},{"bt":"now","n":"y","v":2}]""", null)]
    [InlineData("""{"n":"x","v":1}""", null)]
    [InlineData("""[{"n":"x","v":1}""", null)]
    [InlineData("""[]""", "")]
    public void Records_resolve_by_the_rules(string pack, string? expected)
    {
        var sink = new Records();
        var refused = SenmlReader.Read(Encoding.UTF8.GetBytes(pack), Received, ref sink);
        Assert.Equal(expected is null, refused != RejectionReason.None);
        if (expected is not null) Assert.Equal(expected, string.Join('|', sink.All));
    }

    // A base name is written once and belongs to every record: 4,000 records behind one of 200,000 characters are a payload of a quarter of a megabyte and names of 1.6 GB.
    [Fact]
    public void A_name_beyond_all_bounds_is_told_by_its_beginning_and_costs_no_more_than_that()
    {
        var name = new string('x', 200_000);
        var pack = Encoding.UTF8.GetBytes($$"""[{"bn":"{{name}}","n":"a","v":1}{{string.Concat(Enumerable.Repeat(""",{"v":1}""", 4_000))}},{"bn":"","n":"{{name}}","v":2},{"n":"b","v":3}]""");
        var sink = new Records();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(RejectionReason.None, SenmlReader.Read(pack, Received, ref sink));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000);
        Assert.Equal($"!WrongShape {name[..40]}…a 0", sink.All[0]);
        Assert.Equal($"!WrongShape {name[..40]}… 4001", sink.All[^2]);
        Assert.Equal("b  1700000000000 3", sink.All[^1]);
    }

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

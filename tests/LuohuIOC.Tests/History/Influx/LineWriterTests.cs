using System.Text;
using CsCheck;
using LuohuIOC.History.Influx;
using Xunit;

namespace LuohuIOC.Tests.History.Influx;

public sealed class LineWriterTests
{
    private static readonly Gen<string> Name = Gen.String[Gen.Char["abc, =\\\"'#水位.é"], 1, 12].Where(n => n[^1] != '\\' && n[0] != '#');

    private static readonly Gen<object> Value = Gen.OneOf(
        Gen.Double.Where(double.IsFinite).Select(v => (object)v), Gen.Double[-50, 50].Select(v => (object)v), Gen.Long.Select(v => (object)v),
        Gen.Bool.Select(v => (object)v), Gen.String[Gen.Char["ab \n,=\\\"水"], 0, 12].Select(v => (object)v));

    private static readonly Gen<ParsedLine> Line =
        from measurement in Name
        from tags in Gen.Select(Name, Name).Array[0, 3]
        from fields in Gen.Select(Name, Value).Array[1, 5]
        from time in Gen.Long
        select new ParsedLine(measurement, [.. tags], [.. fields], time);

    [Fact]
    public void What_is_written_is_read_back_by_another_parser() => Line.Array[1, 4].Sample(lines =>
    {
        var writer = new LineWriter();
        foreach (var line in lines) Write(writer, line);

        var read = LineParser.Parse(Encoding.UTF8.GetString(writer.Written.Span));

        Assert.Equal(lines.Length, read.Count);
        foreach (var (wanted, got) in lines.Zip(read)) Assert.Equal(Text(wanted), Text(got));
    });

    [Theory]
    [InlineData(1.0, "m v=1 5\n")]
    [InlineData(0.1, "m v=0.1 5\n")]
    [InlineData(-1e300, "m v=-1E+300 5\n")]
    [InlineData(5e-324, "m v=5E-324 5\n")]
    public void Numbers_have_the_fewest_digits_that_read_back(double value, string expected)
    {
        var writer = new LineWriter();
        writer.Measurement("m");
        writer.Field("v", value);
        writer.Time(5);
        Assert.Equal(expected, Encoding.UTF8.GetString(writer.Written.Span));
    }

    [Fact]
    public void What_the_protocol_cannot_say_is_left_out_or_refused()
    {
        var writer = new LineWriter();
        writer.Measurement("m");
        writer.Field("nan", double.NaN);
        writer.Field("v", true);
        writer.Field("inf", double.PositiveInfinity);
        writer.Time(1);
        Assert.Equal("m v=t 1\n", Encoding.UTF8.GetString(writer.Written.Span));
        foreach (var name in new[] { "", "a\\", "a\nb", "#a" }) Assert.Throws<ArgumentException>(() => writer.Measurement(name));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8086", null, false)]
    [InlineData("http://localhost:8086", null, false)]
    [InlineData("http://influx.plant:8086", null, true)]
    [InlineData("http://127.0.0.1:8086", true, true)]
    [InlineData("http://influx.plant:8086", false, false)]
    public void Lines_are_compressed_where_there_is_a_wire(string url, bool? gzip, bool compressed) =>
        Assert.Equal(compressed, new InfluxOptions { Url = url, Gzip = gzip }.Compresses);

    [Theory]
    [InlineData(1_732_233_600_000, 7, 1_732_233_600_000_000_008)]
    [InlineData(1_732_233_600_000, long.MinValue, 1_732_233_600_000_000_000)]
    [InlineData(-1, 0, -999_999)]
    public void A_point_holds_the_sequence_below_its_millisecond(long ms, long sequence, long ns)
    {
        Assert.Equal(ns, PointTime.Of(ms, sequence));
        Assert.Equal(ms, PointTime.MsOf(ns));
    }

    internal static void Write(LineWriter writer, ParsedLine line)
    {
        writer.Measurement(line.Measurement);
        foreach (var (key, value) in line.Tags) writer.Tag(key, value);
        foreach (var (key, value) in line.Fields)
        {
            switch (value)
            {
                case double number: writer.Field(key, number); break;
                case long number: writer.Field(key, number); break;
                case bool truth: writer.Field(key, truth); break;
                case string text: writer.Field(key, text); break;
            }
        }
        writer.Time(line.TimeNs);
    }

    private static string Text(ParsedLine line) =>
        $"{line.Measurement}|{string.Join('|', line.Tags)}|{string.Join('|', line.Fields.Select(f => $"{f.Key}:{f.Value.GetType().Name}:{(f.Value is double d ? d.ToString("R") : f.Value)}"))}|{line.TimeNs}";
}

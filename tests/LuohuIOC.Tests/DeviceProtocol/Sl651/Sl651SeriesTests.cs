using System.Diagnostics;
using System.Text;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Sl651;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Sl651;

/// <summary>How many values follow a time step: as many as there are, though their digits may look like elements.</summary>
public sealed class Sl651SeriesTests
{
    private static readonly long Evening = new DateTimeOffset(2023, 9, 7, 18, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    private const string Head = "F1F1001234567848" + "F0F02309071800";
    private const string Step = "0418000005";

    [Theory]
    [InlineData("4612", 7.12, 0.01)]
    [InlineData("0311", 25.0, 0.1)]
    [InlineData("3812", 12.20, 0)]
    [InlineData("3812", 12.11, 0)]
    [InlineData("3812", 12.08, 0.01)]
    [InlineData("2619", 1234.5, 0)]
    [InlineData("2619", 1225.0, 0.1)]
    [InlineData("4C1A", 123.45, 0)]
    [InlineData("3923", 14.42, 0.001)]
    [InlineData("4712", 4.18, 0.01)]
    public void A_whole_series_is_read_alone_and_before_other_elements(string element, double first, double rise)
    {
        var id = Convert.FromHexString(element)[0];
        var definition = Convert.FromHexString(element)[1];
        var series = new StringBuilder();
        Span<byte> bytes = stackalloc byte[2 + (definition >> 3)];
        for (var i = 0; i < 12; i++)
        {
            Sl651Writer.Element(bytes, id, definition >> 3, definition & 7, first + (i * rise));
            series.Append(Convert.ToHexString(bytes[2..]));
        }
        var expected = Enumerable.Range(0, 12).Select(i => (Element: (int)id, At: Evening + (i * 300_000L), Value: Math.Round(first + (i * rise), 3))).ToList();
        Assert.Equal(expected, Read(Step + element + series));
        Assert.Equal([.. expected, (0x20, Evening, 1.5), (0x70, Evening, 220.1)], Read(Step + element + series + "2019000015" + "7019002201"));
        // A second step begins a second series.
        Assert.Equal([.. expected, (0x36, Evening, 1.25), (0x36, Evening + 3_600_000, 1.26)], Read(Step + element + series + "0418000100" + "361B001250001260"));
    }

    /// <summary>Values whose digits are an element's identifier and definition, missing ones and one below zero among them; what a station adds behind them is far from the last.</summary>
    [Theory]
    [InlineData("4612" + "0790FFFF0805", "7.9 8.05")]
    [InlineData("4612" + "079808100812", "7.98 8.1 8.12")]
    [InlineData("3812" + "129513111312", "12.95 13.11 13.12")]
    [InlineData("3923" + "00000120FF000820", "0.12 -0.82")]
    [InlineData("3923" + "0001425200014269FFFFFFFF0001428400014327", "14.252 14.269 14.284 14.327")]
    [InlineData("3923" + "0001425200014269" + "38121220", "14.252 14.269 12.2")]
    [InlineData("4612" + "07980810" + "38121220", "7.98 8.1 12.2")]
    public void A_series_is_not_cut_where_it_looks_like_an_element(string content, string values) =>
        Assert.Equal(values, string.Join(' ', Read(Step + content).Select(v => v.Value.ToString(System.Globalization.CultureInfo.InvariantCulture))));

    [Fact]
    public void A_long_body_is_read_in_time_that_grows_with_it()
    {
        // 87,000 elements of 256 KiB, and as many that nearly read as elements; both took seconds.
        foreach (var (part, end) in new[] { ("0B0801", ""), ("0B0801", "0B"), (Step + "0B0801", "0B") })
        {
            var body = Convert.FromHexString(Step + string.Concat(Enumerable.Repeat(part, 262_144 / (part.Length / 2))) + end);
            // The best of three: a thread may stand while others run.
            var took = Enumerable.Range(0, 3).Min(_ => TimeOf(body));
            Assert.True(took < TimeSpan.FromSeconds(2), $"{took} for {part}");
        }
    }

    private static TimeSpan TimeOf(byte[] body)
    {
        var began = Stopwatch.GetTimestamp();
        var items = new Sl651Items(body, Sl651Function.Uniform);
        while (items.MoveNext())
        {
        }
        return Stopwatch.GetElapsedTime(began);
    }

    private static List<(int Element, long At, double Value)> Read(string content)
    {
        var sink = new Values();
        var frame = new byte[Sl651Frame.BytesMax];
        var body = Convert.FromHexString("000C230907180003" + Head + content);
        var length = Sl651Writer.Hex(frame, 1, 0x0012345678, 0, Sl651Function.QueryPeriod, false, body, Sl651Mark.Etx);
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(frame.AsSpan(0, length), out var parsed));
        Assert.Equal(FrameFault.None, Sl651Readings.Read(parsed, parsed.Content, ref sink));
        return sink.All;
    }

    internal readonly struct Values() : ISl651Sink
    {
        public List<(int Element, long At, double Value)> All { get; } = [];

        public void Value(ushort element, long unixMs, double value) => All.Add((element, unixMs, value));

        public void NotANumber(ushort element, long unixMs)
        {
        }

        public void Missing(ushort element)
        {
        }

        public void Unknown(scoped ReadOnlySpan<byte> name)
        {
        }
    }
}

using CsCheck;
using LuohuIOC.Benchmarks.Decode;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Sl651;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol.Sl651;

public sealed class Sl651ReadingsTests
{
    // 2023-09-07 18:00 in Beijing.
    private static readonly long Evening = new DateTimeOffset(2023, 9, 7, 18, 0, 0, TimeSpan.FromHours(8)).ToUnixTimeMilliseconds();

    private const string Head = "000C230907180003" + "F1F1001234567848" + "F0F02309071800";

    [Theory]
    [InlineData("0212FF12", 0x02, "-0.12")]
    [InlineData("0219FF0105", 0x02, "-10.5")]
    [InlineData("0211FF05", 0x02, "-0.5")]
    [InlineData("0211FFFF", 0x02, "")]
    [InlineData("3923FFFFFFFF", 0x39, "")]
    [InlineData("3923AAAAAAAA", 0x39, "")]
    [InlineData("3923FF000250", 0x39, "-0.25")]
    [InlineData("392309999999", 0x39, "9999.999")]
    [InlineData("461200712", 0x46, null)]
    [InlineData("46120712", 0x46, "7.12")]
    [InlineData("FF0119000123", 0xFF01, "12.3")]
    [InlineData("272B000012345678", 0x27, null)]
    [InlineData("272B0012345678", 0x27, "12345.678")]
    [InlineData("273B00000012345678", 0x27, "12345.678")]
    [InlineData("2743" + "0000000012345678", 0x27, null)]
    [InlineData("1121" + "00000183", 0x11, "18.3")]
    [InlineData("1129" + "0000000183", 0x11, null)]
    [InlineData("8040" + "0000000000000183", 0x80, "183")]
    [InlineData("8048" + "000000000000000183", 0x80, null)]
    [InlineData("FF0140" + "0000000000000183", 0xFF01, "183")]
    // A card's number is no measurement, and what stands behind it counts.
    [InlineData("FF0550" + "89860446102290301234" + "3923" + "00001250", 0x39, "1.25")]
    public void Values_are_signed_missing_or_of_user_elements(string item, int element, string? expected)
    {
        // Odd digits or a length that lies: refused as a whole.
        var sink = new Values();
        var fault = item.Length % 2 == 1 ? FrameFault.Body : Read(0x32, Head + item, ref sink);
        Assert.Equal(expected is null, fault != FrameFault.None);
        if (expected is null) return;
        Assert.Equal(expected.Length == 0 ? [] : [(element, Evening, double.Parse(expected, System.Globalization.CultureInfo.InvariantCulture))], sink.All);
    }

    [Theory]
    // Sent an hour later, at once, and five minutes later, when two values were there.
    [InlineData("000C230907190003", "F46005FF0000000000000000000A", 0, 11)]
    [InlineData("000C230907185500", "F46005FF0000000000000000000A", 0, 11)]
    [InlineData("000C230907191500", "F46005FF0000000000000000000A", 0, 11)]
    // Later than a station sends that counts from its time on: late, and of the hour that ends there.
    [InlineData("000C230907191501", "F46005FF0000000000000000000A", -55, 11)]
    [InlineData("000C230907230003", "F46005FF0000000000000000000A", -55, 11)]
    [InlineData("000C230908180003", "F5C0000500050005000500050005000500050005000500050005", -55, 12)]
    [InlineData("000C230907180003", "F46005FF0000000000000000000A", -55, 11)]
    [InlineData("000C230907180503", "F46005FF0000000000000000000A", -55, 11)]
    [InlineData("000C230907180503", "F4600505FFFFFFFFFFFFFFFFFFFF", 0, 2)]
    [InlineData("000C230907180003", "F5C0000500050005000500050005000500050005000500050005", -55, 12)]
    public void Series_are_spread_over_the_hour_before_they_are_sent(string heading, string item, int firstMinutes, int count)
    {
        var sink = new Values();
        Assert.Equal(FrameFault.None, Read(0x34, heading + Head[16..] + item, ref sink));
        Assert.Equal(count, sink.All.Count);
        Assert.Equal(Evening + (firstMinutes * 60_000L), sink.All[0].Item2);
        var steps = sink.All.Zip(sink.All.Skip(1), (a, b) => (b.Item2 - a.Item2) / 300_000.0).ToList();
        Assert.All(steps, step => Assert.True(step is 1 or 2));
    }

    /// <summary>A station that writes its first slot, 18:05 … 19:00, and has no line for hours; one whose hour ends at 18:05 sends it then.</summary>
    [Theory]
    [InlineData("000C230907190003", 5)]
    [InlineData("000C230907203003", 5)]
    [InlineData("000C230908180003", 5)]
    [InlineData("000C230907180503", -50)]
    public void An_hour_whose_first_slot_is_five_past_is_of_that_however_late_it_comes(string heading, int firstMinutes)
    {
        var sink = new Values();
        Assert.Equal(FrameFault.None, Read(0x34, heading + Head[16..].Replace("2309071800", "2309071805") + "F460050505050505050505050505", ref sink));
        Assert.Equal(12, sink.All.Count);
        Assert.Equal(Evening + (firstMinutes * 60_000L), sink.All[0].Item2);
    }

    [Theory]
    [InlineData("48" + "452000000400", 0x400)]
    [InlineData("452000000400", 0x400)]
    [InlineData("48" + "F0F02309071800" + "452000000400", 0x400)]
    public void A_state_report_may_name_its_class(string behindStation, int bits)
    {
        var sink = new Values();
        Assert.Equal(FrameFault.None, Read(0x46, "000C230907180003" + "F1F10012345678" + behindStation, ref sink));
        Assert.Equal((0x45, bits), sink.All.Select(v => (v.Item1, (int)v.Item3)).Single());
    }

    [Fact]
    public void A_time_step_spreads_what_follows_it()
    {
        var sink = new Values();
        Assert.Equal(FrameFault.None, Read(0x31, Head + "0418000100" + "3923" + "0000012000000130FFFFFFFF" + "38121220", ref sink));
        Assert.Equal([(0x39, Evening, 0.12), (0x39, Evening + 3_600_000, 0.13), (0x38, Evening, 12.2)], sink.All);
    }

    [Theory]
    [InlineData(0x31, "0418000000")]
    [InlineData(0x31, "04180000A5")]
    [InlineData(0x31, "0418FF0005")]
    [InlineData(0x38, "0418FFFFFF")]
    public void A_time_step_that_is_none_leaves_no_time_for_its_values(byte function, string step)
    {
        var sink = new Values();
        Assert.Equal(FrameFault.Body, Read(function, Head + step + "3923" + "00000120" + "38121220", ref sink));
    }

    [Fact]
    public void A_new_time_holds_for_what_follows_it()
    {
        var sink = new Values();
        Assert.Equal(FrameFault.None, Read(0x32, Head + "2019000010" + "F0F02309071805" + "2019000020", ref sink));
        Assert.Equal([(0x20, Evening, 1.0), (0x20, Evening + 300_000, 2.0)], sink.All);
    }

    [Fact]
    public void Agrees_with_the_slow_reading_of_mutated_frames()
    {
        var samples = SampleFrames.Of("sl651").Where(f => f[0] == 0x7E).ToArray();
        var (refused, read) = (0, 0);
        Gen.Select(Gen.Int[0, samples.Length - 1], Gen.Int).Sample((sample, seed) =>
        {
            var frame = FrameFuzz.Mutate(samples[sample], new byte[8192], new Random(seed)).ToArray();
            SampleFrames.Seal("sl651", frame);
            Interlocked.Increment(ref Compare(frame) ? ref read : ref refused);
        }, iter: 30_000);
        Assert.True(read > 1_500 && refused > 1_500, $"{read} read, {refused} refused: the mutations prove nothing.");
    }

    [Fact]
    public void Agrees_with_the_slow_reading_of_composed_bodies()
    {
        // Three bytes fit every element; some have more than theirs allow.
        var lengths = Gen.Frequency((12, Gen.Int[1, 3]), (1, Gen.Int[4, 9]));
        var number = Gen.Select(lengths, Gen.Int[0, 7], Gen.Byte.Array[9], Gen.Int[0, 9]).Select((length, decimals, bytes, fill) =>
            ((length << 3) | decimals).ToString("X2") + (fill == 0 ? new string('F', 2 * length) : (fill == 1 && length > 1 ? "FF" : "")
                + string.Concat(bytes.Take(fill == 1 && length > 1 ? length - 1 : length).Select(b => (b % 100).ToString("D2")))));
        var value = Gen.Select(Gen.Int[1, 0x75].Where(i => i is not (4 or 0x45)), number).Select((id, n) => id.ToString("X2") + n);
        var extension = Gen.Select(Gen.Byte, number).Select((id, n) => $"FF{id:X2}{n}");
        var rain = Gen.Byte.Array[12].Select(b => "F460" + Convert.ToHexString(b));
        var level = Gen.Select(Gen.Int[0xF5, 0xFC], Gen.Byte.Array[24]).Select((id, b) => $"{id:X2}C0" + Convert.ToHexString(b));
        var time = Gen.Int[0, 28].Select(d => $"F0F02309{d:D2}1800");
        var step = Gen.Int[1, 59].Select(m => $"04180000{m:D2}");
        var items = Gen.OneOf(value, extension, rain, level, time, step).Array[0, 12];
        Gen.Select(items, Gen.Int[0, 5].Select(i => (byte)(new[] { 0x30, 0x31, 0x32, 0x34, 0x38, 0x46 })[i])).Sample((parts, function) =>
        {
            var buffer = new byte[Sl651Frame.BytesMax];
            var body = Convert.FromHexString(Head + string.Concat(parts));
            Compare(buffer[..Sl651Writer.Hex(buffer, 1, 0x0012345678, 0x1234, function, false, body, Sl651Mark.Etx)]);
        }, iter: 20_000);
    }

    // True when both read it, false when both refuse it.
    private static bool Compare(byte[] frame)
    {
        var expected = SlowSl651.Read(frame);
        var sink = new Values();
        var fault = Sl651Frame.TryParse(frame, out var parsed);
        if (fault == FrameFault.None) fault = Sl651Readings.Read(parsed, parsed.Content, ref sink);
        Assert.Equal(expected is null, fault != FrameFault.None);
        if (expected is null) return false;
        Assert.Equal(expected.Select(v => (v.Element, v.At)), sink.All.Select(v => (v.Item1, v.Item2)));
        foreach (var (slow, fast) in expected.Zip(sink.All)) Assert.Equal(slow.Value, fast.Item3, Math.Abs(slow.Value) * 1e-14);
        return true;
    }

    private static FrameFault Read(byte function, string body, ref Values sink)
    {
        var buffer = new byte[Sl651Frame.BytesMax];
        var length = Sl651Writer.Hex(buffer, 1, 0x0012345678, 0x1234, function, false, Convert.FromHexString(body), Sl651Mark.Etx);
        Assert.Equal(FrameFault.None, Sl651Frame.TryParse(buffer.AsSpan(0, length), out var frame));
        return Sl651Readings.Read(frame, frame.Content, ref sink);
    }

    private readonly struct Values() : ISl651Sink
    {
        public List<(int, long, double)> All { get; } = [];

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

using System.Buffers;
using System.Text;
using CsCheck;
using LuohuIOC.DeviceProtocol;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol;

public sealed class TelemetryWriterTests
{
    private const string IdCharacters = "ABCXYZabcxyz0189._:-";
    private static readonly Gen<string> Ids = Gen.String[Gen.Char[IdCharacters], 1, 64];
    private static readonly Gen<string> Metrics = Gen.Select(Gen.Char['a', 'z'], Gen.String[Gen.Char["abz019_"], 0, 63], (first, rest) => first + rest);

    private static readonly Gen<double> Numbers = Gen.OneOf(
        Gen.Double.Where(double.IsFinite), Gen.Int.Select(i => i / 1000.0), Gen.OneOf(Gen.Const(0.0), Gen.Const(-0.0), Gen.Const(double.Epsilon), Gen.Const(double.MaxValue), Gen.Const(double.MinValue)));

    private static readonly Gen<long?> Sequences = Gen.OneOf(Gen.Const((long?)null), Gen.Long[0, TelemetryReader.SequenceMax].Select(s => (long?)s));

    // Small enough that no sensor comes to more metrics than a generic one may have.
    private static readonly Gen<(long Ts, long? Seq, Dictionary<string, double> Values)> Readings = Gen.Select(
        Gen.Long[TelemetryReader.TsMin, TelemetryReader.TsMax - 1], Sequences, Gen.Dictionary(Metrics, Numbers)[1, 4]);

    [Fact]
    public void A_gateway_payload_reads_back_as_written() =>
        Gen.Select(Ids, Readings.Array[0, 5]).Array[0, 3].Sample(sensors =>
        {
            var registered = sensors.Select(s => s.Item1).Distinct().Select(id => new VectorSensor(id, "generic", "gw-1")).ToArray();
            var payload = Write(writer =>
            {
                foreach (var (id, readings) in sensors)
                {
                    writer.Sensor(id);
                    foreach (var reading in readings) WriteReading(writer, reading);
                }
            });
            var expected = sensors.SelectMany(s => s.Item2.Select(r => new VectorReading(s.Item1, r.Ts, r.Seq, r.Values).ToString()));
            AssertDecodes("luohu/v1/gw-1/telemetry", payload, registered, expected);
        });

    [Fact]
    public void A_sensor_payload_reads_back_as_written() =>
        Gen.Select(Ids, Readings.Array[1, 12]).Sample((id, readings) =>
        {
            var payload = Write(writer =>
            {
                foreach (var reading in readings) WriteReading(writer, reading);
            });
            var expected = readings.Select(r => new VectorReading(id, r.Ts, r.Seq, r.Values).ToString());
            AssertDecodes($"luohu/v1/gw-1/{id}/telemetry", payload, [new VectorSensor(id, "generic", "gw-1")], expected);
        });

    [Fact]
    public void What_is_bad_stands_behind_the_values()
    {
        var payload = Write(writer =>
        {
            writer.Sensor("wq-1");
            writer.Reading(1732262400000);
            writer.Value("ph", 7.1);
            writer.Value("turbidity", 3);
            writer.Bad(["ph", "turbidity"]);
            writer.Reading(1732262460000);
            writer.Value("ph", 7.2);
            writer.Bad([]);
            writer.Sensor("wq-2");
            writer.Reading(1732262400000);
            writer.Value("ph", 7);
            writer.Bad(["ph"]);
        });
        Assert.Equal(
            """{"wq-1":[{"ts":1732262400000,"values":{"ph":7.1,"turbidity":3},"bad":["ph","turbidity"]},{"ts":1732262460000,"values":{"ph":7.2}}],"wq-2":[{"ts":1732262400000,"values":{"ph":7},"bad":["ph"]}]}""",
            Encoding.UTF8.GetString(payload));
    }

    [Fact]
    public void Writes_the_example_of_the_contract()
    {
        var payload = Write(writer =>
        {
            writer.Sensor("of-1");
            writer.Reading(1732262400000, 17);
            writer.Value("level", 0.312);
            writer.Value("velocity", double.NaN);
            writer.Value("flow", 1.25);
        });
        Assert.Equal("""{"of-1":[{"ts":1732262400000,"seq":17,"values":{"level":0.312,"flow":1.25}}]}""", Encoding.UTF8.GetString(payload));
    }

    [Fact]
    public void Writes_payload_after_payload_and_an_empty_one()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new TelemetryWriter(buffer);
        writer.End();
        writer.Reading(1732262400000);
        writer.Value("depth", 1);
        writer.End();
        writer.Sensor("a");
        writer.Sensor("b");
        writer.End();
        Assert.Equal("""{}[{"ts":1732262400000,"values":{"depth":1}}]{"a":[],"b":[]}""", Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    [Fact]
    public void Refuses_what_the_contract_does_not_allow()
    {
        var writer = new TelemetryWriter(new ArrayBufferWriter<byte>());
        Assert.Throws<InvalidOperationException>(() => writer.Value("depth", 1));
        Assert.Throws<ArgumentException>(() => writer.Sensor("a/b"));
        writer.Reading(1732262400000);
        Assert.Throws<InvalidOperationException>(() => writer.Sensor("a"));
        Assert.Throws<ArgumentException>(() => writer.Value("Depth", 1));
        Assert.Throws<ArgumentException>(() => writer.Value("水深", 1));
        Assert.Throws<ArgumentException>(() => writer.Value("depth", double.PositiveInfinity));
    }

    private static byte[] Write(Action<TelemetryWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new TelemetryWriter(buffer);
        write(writer);
        writer.End();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteReading(TelemetryWriter writer, (long Ts, long? Seq, Dictionary<string, double> Values) reading)
    {
        writer.Reading(reading.Ts, reading.Seq ?? TelemetryReader.NoSequence);
        foreach (var (metric, value) in reading.Values) writer.Value(metric, value);
    }

    private static void AssertDecodes(string topic, byte[] payload, VectorSensor[] sensors, IEnumerable<string> expected)
    {
        var (readings, rejections) = RecordingSink.Decode(topic, payload, sensors);
        Assert.Empty(rejections);
        Assert.Equal(expected, readings.Select(r => r.ToString()));
    }
}

using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Registry;
using LuohuIOC.Spatial;
using LuohuIOC.Tests.DeviceProtocol;
using Microsoft.Extensions.Options;
using Xunit;

namespace LuohuIOC.Tests.Ingestion;

/// <summary>The product's decoder, registry and group layout against the contract's golden vectors.</summary>
public sealed class PublishDecoderTests
{
    private const long ReceivedMs = 1732262400000;

    public static TheoryData<string> ValidNames => [.. GoldenVectors.Valid.Cases.Select(c => c.Name)];

    public static TheoryData<string> InvalidNames => [.. GoldenVectors.Invalid.Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(ValidNames))]
    public void Takes_a_valid_vector_whole(string name) => Check(GoldenVectors.Valid, name);

    [Theory]
    [MemberData(nameof(InvalidNames))]
    public void Refuses_of_an_invalid_vector_what_the_contract_says(string name) => Check(GoldenVectors.Invalid, name);

    [Theory]
    [InlineData("""{"depth":0.1,"battery":"low","signal":[]}""", RejectionReason.ValueNotANumber, "battery")]
    [InlineData("""{"depth":1e999}""", RejectionReason.ValueNotFinite, "depth")]
    [InlineData("""{"\u0064epth":{}}""", RejectionReason.ValueNotANumber, "depth")]
    [InlineData("""{"depth":0.1},"values":{"level":"9"}""", RejectionReason.ValueNotANumber, "level")]
    [InlineData("""{"depth":"9"},"values":{"depth":1}""", RejectionReason.ValueNotANumber, "depth")]
    [InlineData("""{}""", RejectionReason.ValuesEmpty, "")]
    [InlineData("""{"depth":"9"},"ts":1""", RejectionReason.ValueNotANumber, "depth")]
    public void A_reading_refused_for_a_value_says_of_which_metric(string values, RejectionReason reason, string metric)
    {
        var (refused, refusals) = Decode(RegistryOf(GoldenVectors.Invalid.SensorsOf(GoldenVectors.Invalid["a value as a string"])), false,
            $$$"""{"wl-1":[{"ts":1732262400000,"values":{{{values}}}},{"values":{"depth":1}}]}""", out _);
        Assert.Equal(RejectionReason.None, refused);
        Assert.Equal([(reason, 0, metric), (RejectionReason.TsMissing, 1, "")], refusals.Select(r => (r.Reason, r.Index, r.Metric)));
    }

    /// <summary>What the device does not stand for is marked, whatever order its members have; other things under that name are passed over.</summary>
    [Theory]
    [InlineData("""{"ts":1732262400000,"values":{"depth":0.1,"battery":90},"bad":["depth"]}""", 1)]
    [InlineData("""{"bad":["depth","nosuch",7],"ts":1732262400000,"values":{"depth":0.1,"battery":90}}""", 1)]
    [InlineData("""{"ts":1732262400000,"values":{"depth":0.1},"bad":["battery"]}""", 0)]
    [InlineData("""{"ts":1732262400000,"values":{"depth":0.1},"bad":[]}""", 0)]
    [InlineData("""{"ts":1732262400000,"values":{"depth":0.1},"bad":true}""", 0)]
    [InlineData("""{"ts":1732262400000,"values":{"depth":0.1},"bad":{"depth":["depth"]}}""", 0)]
    [InlineData("""{"ts":1732262400000,"values":{"depth":0.1},"bad":["\u0064epth"]}""", 1)]
    public void A_value_that_the_device_does_not_stand_for_is_marked(string reading, int flagged)
    {
        var registry = RegistryOf(GoldenVectors.Invalid.SensorsOf(GoldenVectors.Invalid["a value as a string"]));
        Assert.Equal(RejectionReason.None, Decode(registry, false, $$"""{"wl-1":[{{reading}}]}""", out var group).Refused);
        Assert.Equal((1, flagged > 0), (group.Count, group.FlaggedOf(0) != 0));
        if (flagged > 0) Assert.Equal(1UL << (registry.TryFind("wl-1", out var sensor) ? sensor.Layout.SlotOf("depth"u8) : -1), group.FlaggedOf(0));
    }

    [Theory]
    [InlineData("""{"new-1":[]}""", RejectionReason.None)]
    [InlineData("""{"new-1":[{"values":{"level":1}}],"new-2":7}""", RejectionReason.None)]
    [InlineData("""{"new-1":[{"ts":1732262400000,"values":{"Not A Name":1}}]}""", RejectionReason.None)]
    [InlineData("""{"new-1":[{"ts":1732262400000,"values":{"level":1}}]""", RejectionReason.NotJson)]
    [InlineData("""[]""", RejectionReason.WrongShape)]
    public void Of_a_payload_that_is_refused_nobody_is_registered(string payload, RejectionReason whole)
    {
        var registry = new SensorRegistry();
        var (refused, refusals) = Decode(registry, true, payload, out var group);
        Assert.Equal((whole, 0, 0), (refused, group.Count, registry.Count));
        Assert.DoesNotContain(refusals, r => r.Reason == RejectionReason.SensorUnknown);
    }

    [Fact]
    public void Who_brings_something_that_is_accepted_is_registered_and_nobody_else()
    {
        var registry = new SensorRegistry();
        registry.AutoRegister("old-1", "gw-1");
        var (refused, refusals) = Decode(registry, true,
            """
            {"old-1":{"ts":1732262400000,"values":{"level":1}},
             "bad-1":[{"ts":1,"values":{"level":1}},{"ts":1732262400000,"values":{"level":"1"}}],
             "new-1":[{"ts":1732262400000,"seq":7,"values":{"flow":2,"level":1}},{"ts":1732262400001,"values":{"level":3,"Bad":1}}]}
            """, out var group);
        Assert.Equal(RejectionReason.None, refused);
        Assert.Equal(
            [("bad-1", RejectionReason.TsOutOfRange), ("bad-1", RejectionReason.ValueNotANumber), ("new-1", RejectionReason.MetricUnknown)],
            refusals.Select(r => (r.Sensor, r.Reason)));
        Assert.Equal(["old-1", "new-1"], registry.All.ToArray().Select(s => s.Id));
        Assert.Equal(3, group.Count);
        var flow = new VectorReading("new-1", 1732262400000, 7, new() { ["flow"] = 2, ["level"] = 1 });
        Assert.Contains(flow.ToString(), ReadingsOf(group, registry));
    }

    private static (RejectionReason Refused, List<Refusal> Refusals) Decode(SensorRegistry registry, bool autoRegister, string payload, out ReadingGroup group)
    {
        var decoder = new PublishDecoder(registry, new FrameMetrics(), Options.Create(new RegistrationOptions { AutoRegister = autoRegister }));
        var refusals = new List<Refusal>();
        return (decoder.Decode(PayloadForm.Json, "gw-1", default, Encoding.UTF8.GetBytes(payload), ReceivedMs, group = new ReadingGroup(), refusals), refusals);
    }

    private static void Check(GoldenVectors vectors, string name)
    {
        var vector = vectors[name];
        var registry = RegistryOf(vectors.SensorsOf(vector));
        var decoder = new PublishDecoder(registry, new FrameMetrics(), Options.Create(new RegistrationOptions()));
        Assert.True(Topic.TryParse(vector.Topic, out var topic));
        var group = new ReadingGroup();
        var refusals = new List<Refusal>();
        var refused = decoder.Decode(PayloadForm.Json, topic.Gateway.ToString(), Encoding.ASCII.GetBytes(topic.Sensor.ToString()), vector.Bytes(), ReceivedMs, group, refusals);

        var rejections = refused != RejectionReason.None
            ? [new VectorRejection(refused.WireName())]
            : refusals.Select(r => new VectorRejection(r.Reason.WireName(), r.Sensor, r.Index < 0 ? null : r.Index)).ToArray();
        Assert.Equal(vector.Rejections.Select(Shortened), rejections);
        var readings = ReadingsOf(group, registry);
        if (vector.ReadingCount is { } count) Assert.Equal(count, readings.Count);
        else Assert.Equal(vector.Readings!.Select(r => r.ToString()), readings);
    }

    private static SensorRegistry RegistryOf(VectorSensor[] sensors)
    {
        var registry = new SensorRegistry();
        var drafts = sensors.Select((s, i) => new SensorDraft
        {
            Line = i + 1,
            Id = s.Id,
            Kind = s.KindOf(),
            Name = s.Id,
            Place = new GeoPoint(114.13, 22.55),
            Gateway = s.Gateway,
            Given = SensorFields.RetiredAt,
            RetiredAt = s.Retired ? DateTimeOffset.FromUnixTimeMilliseconds(ReceivedMs - 1) : null,
        });
        registry.Apply([.. drafts]);
        Assert.Equal(sensors.Length, registry.Count);
        return registry;
    }

    private static List<string> ReadingsOf(ReadingGroup group, SensorRegistry registry)
    {
        var readings = new List<string>();
        for (var i = 0; i < group.Count; i++)
        {
            var sensor = registry[group.Sensors[i]];
            var values = new Dictionary<string, double>();
            for (var v = 0; v < group.SlotsOf(i).Length; v++) values.Add(sensor.Layout.Names[group.SlotsOf(i)[v]], group.ValuesOf(i)[v]);
            long? sequence = group.Sequences[i] == ReadingGroup.NoSequence ? null : group.Sequences[i];
            readings.Add(new VectorReading(sensor.Id, group.DeviceTimes[i], sequence, values).ToString());
        }
        return readings;
    }

    // The product keeps no more of a refused id than an id may have.
    private static VectorRejection Shortened(VectorRejection rejection) =>
        rejection with { Sensor = rejection.Sensor is { Length: > Topic.IdLengthMax } id ? id[..Topic.IdLengthMax] : rejection.Sensor };
}

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

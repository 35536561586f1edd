using System.Text.Json;
using System.Text.Unicode;
using LuohuIOC.DeviceProtocol;
using Xunit;

namespace LuohuIOC.Tests.DeviceProtocol;

/// <summary>A million mutated payloads, half on each kind of topic: no crash, each entry a reading or a counted rejection.</summary>
public sealed class TelemetryReaderMutationTests
{
    private const int Payloads = 1_000_000;

    [Fact]
    public void Ends_a_million_mutated_payloads_as_readings_or_counted_rejections()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("LUOHU_SEED"), out var given) ? given : Random.Shared.Next();
        var mutations = new TelemetryMutations(new Random(seed));
        var tally = new int[Enum.GetValues<RejectionReason>().Length];
        for (var i = 0; i < Payloads; i++)
        {
            var payload = mutations.Next();
            try
            {
                tally[(int)Check(payload, ofGateway: i % 2 == 0)]++;
            }
            catch (Exception e)
            {
                Assert.Fail($"LUOHU_SEED={seed}, payload {i}, hex {Convert.ToHexString(payload)}: {e}");
            }
        }

        // Mutations that all broke the JSON would test little.
        Assert.All([RejectionReason.None, RejectionReason.NotJson, RejectionReason.WrongShape, RejectionReason.PayloadEmpty], r => Assert.True(tally[(int)r] > 1_000, $"{r}: {tally[(int)r]}, LUOHU_SEED={seed}"));
    }

    private static RejectionReason Check(ReadOnlySpan<byte> payload, bool ofGateway)
    {
        var sink = new CheckingSink();
        var refused = ofGateway ? TelemetryReader.ReadGateway(payload, ref sink) : TelemetryReader.ReadSensor(payload, ref sink);
        if (payload.IsEmpty) Assert.Equal(RejectionReason.PayloadEmpty, refused);
        else if (!TryCount(payload, ofGateway, out var shapeIsRight, out var entries)) Assert.Equal(RejectionReason.NotJson, refused);
        else if (!shapeIsRight) Assert.Equal(RejectionReason.WrongShape, refused);
        else Assert.Equal((RejectionReason.None, entries), (refused, sink.Readings + sink.Refused));
        return refused;
    }

    /// <summary>Counts independently of the decoder, over the document tree. False: not JSON.</summary>
    private static bool TryCount(ReadOnlySpan<byte> payload, bool ofGateway, out bool shapeIsRight, out int entries)
    {
        shapeIsRight = false;
        entries = 0;
        if (!Utf8.IsValid(payload)) return false;
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = TelemetryReader.DepthMax });
        try
        {
            using var document = JsonDocument.ParseValue(ref reader);
            if (reader.Read()) return false;
            var root = document.RootElement;
            shapeIsRight = root.ValueKind == JsonValueKind.Object || (!ofGateway && root.ValueKind == JsonValueKind.Array);
            if (!shapeIsRight) return true;
            if (ofGateway)
                foreach (var sensor in root.EnumerateObject()) entries += EntriesOf(sensor.Value);
            else
                entries = EntriesOf(root);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static int EntriesOf(JsonElement readings) => readings.ValueKind == JsonValueKind.Array ? readings.GetArrayLength() : 1;

    /// <summary>Takes every sensor and holds the decoder to what it promises of readings.</summary>
    private struct CheckingSink : ITelemetrySink
    {
        private int _values;

        public int Readings { get; private set; }

        public int Refused { get; private set; }

        public readonly bool BeginSensor(scoped ReadOnlySpan<byte> id)
        {
            _ = Topic.IsId(id);
            return true;
        }

        public void BeginReading() => _values = 0;

        public void Value(scoped ReadOnlySpan<byte> name, double value)
        {
            if (!double.IsFinite(value)) throw new InvalidOperationException($"A value of {value}.");
            _ = Topic.IsMetricName(name);
            _values++;
        }

        public readonly void Flag(scoped ReadOnlySpan<byte> name) => _ = Topic.IsMetricName(name);

        public readonly void Blame(scoped ReadOnlySpan<byte> name) => _ = Topic.IsMetricName(name);

        public void EndReading(int index, long tsMs, long sequence)
        {
            if (_values is < 1 or > TelemetryReader.MetricsMax) throw new InvalidOperationException($"A reading of {_values} values.");
            if (tsMs is < TelemetryReader.TsMin or >= TelemetryReader.TsMax) throw new InvalidOperationException($"ts {tsMs}.");
            if (sequence != TelemetryReader.NoSequence && sequence is < 0 or > TelemetryReader.SequenceMax) throw new InvalidOperationException($"seq {sequence}.");
            Readings++;
        }

        public void Refuse(int index, RejectionReason reason)
        {
            if (reason == RejectionReason.None) throw new InvalidOperationException("Refused without a reason.");
            Refused++;
        }
    }
}

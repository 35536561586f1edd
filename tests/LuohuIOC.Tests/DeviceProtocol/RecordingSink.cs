using System.Text;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Tests.DeviceProtocol;

/// <summary>
/// What the contract says about sensors and metrics, in its plainest form: keeps readings and rejections as the vectors
/// list them. The product's own sink is faster and must come to the same.
/// </summary>
internal struct RecordingSink(string gateway, VectorSensor[] sensors) : ITelemetrySink
{
    private readonly List<VectorReading> _readings = [];
    private readonly List<VectorRejection> _rejections = [];
    private readonly Dictionary<string, HashSet<string>> _ownNames = [];
    private Dictionary<string, double> _values = [];
    private VectorSensor? _sensor;
    private bool _unknown;
    private string _id = "";

    /// <summary>Decodes one payload as the product would: topic, sensor of the topic, payload.</summary>
    public static (IReadOnlyList<VectorReading> Readings, IReadOnlyList<VectorRejection> Rejections) Decode(string topicName, ReadOnlySpan<byte> payload, VectorSensor[] sensors)
    {
        if (!Topic.TryParse(topicName, out var topic)) return ([], [new VectorRejection(RejectionReason.TopicInvalid.WireName())]);
        var sink = new RecordingSink(topic.Gateway.ToString(), sensors);
        RejectionReason refused;
        if (topic.Kind == TopicKind.SensorTelemetry)
        {
            if (!sink.BeginSensor(Encoding.UTF8.GetBytes(topic.Sensor.ToString()))) return ([], sink._rejections);
            refused = TelemetryReader.ReadSensor(payload, ref sink);
        }
        else
        {
            refused = TelemetryReader.ReadGateway(payload, ref sink);
        }
        return refused == RejectionReason.None ? (sink._readings, sink._rejections) : ([], [new VectorRejection(refused.WireName())]);
    }

    public bool BeginSensor(scoped ReadOnlySpan<byte> id)
    {
        var text = _id = Encoding.UTF8.GetString(id);
        _sensor = sensors.SingleOrDefault(s => s.Id == text);
        var refused =
            !Topic.IsId(id) ? RejectionReason.SensorIdInvalid
            : _sensor is null ? RejectionReason.SensorUnknown
            : _sensor.Gateway != gateway ? RejectionReason.SensorOfOtherGateway
            : _sensor.Retired ? RejectionReason.SensorRetired
            : RejectionReason.None;
        if (refused != RejectionReason.None) Refuse(-1, refused);
        return refused == RejectionReason.None;
    }

    public void BeginReading()
    {
        _values = [];
        _unknown = false;
    }

    // The contract's vectors list values, and none has a mark.
    public readonly void Flag(scoped ReadOnlySpan<byte> name)
    {
    }

    public void Value(scoped ReadOnlySpan<byte> name, double value)
    {
        if (IsKnown(name)) _values[Encoding.UTF8.GetString(name)] = value;
        else _unknown = true;
    }

    public readonly void Blame(scoped ReadOnlySpan<byte> name)
    {
    }

    public readonly void EndReading(int index, long tsMs, long sequence)
    {
        if (_unknown) Refuse(index, RejectionReason.MetricUnknown);
        if (_values.Count > 0) _readings.Add(new VectorReading(_id, tsMs, sequence == TelemetryReader.NoSequence ? null : sequence, _values));
    }

    public readonly void Refuse(int index, RejectionReason reason) =>
        _rejections.Add(new VectorRejection(reason.WireName(), _id, index < 0 ? null : index));

    // A generic sensor has battery and signal, and room for 62 names of its own: first come, first kept.
    private readonly bool IsKnown(scoped ReadOnlySpan<byte> name)
    {
        if (KindCatalogue.Of(_sensor!.KindOf()).IndexOf(name) >= 0) return true;
        if (_sensor.KindOf() != SensorKind.Generic || !Topic.IsMetricName(name)) return false;
        if (!_ownNames.TryGetValue(_id, out var own)) _ownNames[_id] = own = [];
        var text = Encoding.UTF8.GetString(name);
        return own.Contains(text) || (own.Count < TelemetryReader.MetricsMax - 2 && own.Add(text));
    }
}

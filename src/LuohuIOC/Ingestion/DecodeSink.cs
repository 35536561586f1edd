using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;

namespace LuohuIOC.Ingestion;

/// <summary>What a decoder refused, as it stands in the payload. Made for refused parts only, so it may allocate.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Sensor">Whose it is, as sent.</param>
/// <param name="Index">Index of the reading among the sensor's, −1 for all of them.</param>
/// <param name="Metric">The metric, element or factor; empty when not one.</param>
/// <param name="Stretch">The bytes of a payload of frames that were passed over; null when the payload as a whole is meant.</param>
public readonly record struct Refusal(RejectionReason Reason, string Sensor, int Index, string Metric, Range? Stretch = null);

/// <summary>
/// Turns decoded telemetry into a group's readings: finds the sensor, checks whose it is, gives metrics their slots. Readings that were
/// acknowledged already are taken whatever the registry says today: the sensor may have moved or retired since.
/// </summary>
internal ref struct DecodeSink(
    SensorRegistry registry, bool autoRegister, string gateway, ReadingGroup into, List<Refusal> refusals, long receivedMs, bool acknowledged = false)
    : ITelemetrySink
{
    private Sensor? _sensor;
    private ulong _seen;
    private bool _begun;
    private int _nextSlot;
    private string? _unknownMetric;
    private string? _blamed;
    private ulong _flagged;
    private ulong _named;
    private List<string>? _newcomers;

    public bool BeginSensor(scoped ReadOnlySpan<byte> id)
    {
        _sensor = null;
        if (!Topic.IsId(id)) return RefuseSensor(id, RejectionReason.SensorIdInvalid);
        if (!registry.TryFind(id, out var sensor))
        {
            if (!autoRegister || registry.IsFull) return RefuseSensor(id, RejectionReason.SensorUnknown);
            sensor = SensorRegistry.Stranger(Encoding.ASCII.GetString(id), gateway);
        }
        if (acknowledged)
        {
            _sensor = sensor;
            return true;
        }
        if (sensor.Gateway != gateway) return RefuseSensor(id, RejectionReason.SensorOfOtherGateway);
        if (sensor.IsRetired(receivedMs)) return RefuseSensor(id, RejectionReason.SensorRetired);
        _sensor = sensor;
        return true;
    }

    public void BeginReading()
    {
        if (_begun) into.RemoveLast();
        into.Add(_sensor!.Number, 0, 0, receivedMs);
        _begun = true;
        _seen = 0;
        _flagged = 0;
        _named = 0;
        _nextSlot = 0;
        _unknownMetric = null;
    }

    /// <summary>The sensor that was begun; null when it is refused.</summary>
    public readonly Sensor? Begun => _sensor;

    /// <summary>
    /// Strangers have brought readings that are accepted. Theirs stand in the group under no sensor's number: once the payload is known to be good they
    /// are admitted (<see cref="Admit"/>), and it is decoded anew.
    /// </summary>
    public readonly bool HasNewcomers => _newcomers is not null;

    private readonly bool IsStranger => _sensor!.Number < 0;

    /// <summary>Registers the newcomers, as far as there is room.</summary>
    public readonly void Admit()
    {
        foreach (var id in _newcomers ?? [])
            if (!registry.IsFull) registry.AutoRegister(id, gateway);
    }

    public void Value(scoped ReadOnlySpan<byte> name, double value) => Value(name, value, good: true);

    /// <summary>Unix ms.</summary>
    public readonly long ReceivedMs => receivedMs;

    /// <summary>One metric; not good: the device marks it itself as no ordinary measurement.</summary>
    public void Value(scoped ReadOnlySpan<byte> name, double value, bool good)
    {
        var slot = _sensor!.Layout.SlotOf(name, _nextSlot);
        if (slot < 0)
        {
            if (_sensor.Layout.Kind is not null || !Topic.IsMetricName(name) || _sensor.Layout.Names.Count >= MetricLayout.MetricsMax)
            {
                // A reading of 64 wrong metrics is one line for people, not 64; one that is refused for itself is told as that only.
                _unknownMetric ??= Printable(name);
                return;
            }
            var metric = Encoding.ASCII.GetString(name);
            _sensor = IsStranger ? _sensor with { Layout = _sensor.Layout.With(metric) } : registry.WithMetric(_sensor, metric);
            slot = _sensor.Layout.SlotOf(name);
        }
        _nextSlot = slot + 1;
        var bit = 1UL << slot;
        if ((_seen & bit) != 0) into.ReplaceValue((byte)slot, value);
        else into.AddValue((byte)slot, value);
        _seen |= bit;
        _flagged = good ? _flagged & ~bit : _flagged | bit;
    }

    // A name that the sensor has no metric for, not even from the values before it, flags nothing.
    public void Flag(scoped ReadOnlySpan<byte> name)
    {
        if (_sensor!.Layout.SlotOf(name) is var slot and >= 0) _named |= 1UL << slot;
    }

    // The first is told: the reading is one line for people.
    public void Blame(scoped ReadOnlySpan<byte> name) => _blamed ??= Printable(name);

    public void EndReading(int index, long tsMs, long sequence)
    {
        _begun = false;
        if (_unknownMetric is not null) refusals.Add(new Refusal(RejectionReason.MetricUnknown, _sensor!.Id, index, _unknownMetric));
        if (_seen == 0)
        {
            into.RemoveLast();
            return;
        }
        if (IsStranger && !(_newcomers ??= []).Contains(_sensor!.Id)) _newcomers.Add(_sensor.Id);
        into.SetIdentity(tsMs, sequence);
        if ((_flagged | (_named & _seen)) is var flagged and not 0) into.Flag(flagged);
    }

    /// <summary>The reading ended last tells this of one of the sensor's components.</summary>
    public readonly void Tell(long component, bool isOn)
    {
        if (_seen != 0) into.Tell(component, isOn);
    }

    /// <summary>The rain of the reading ended last is of so many minutes (<see cref="ReadingGroup.RainMinutesOf"/>).</summary>
    public readonly void SetRainMinutes(int minutes)
    {
        if (_seen != 0) into.SetRainMinutes(minutes);
    }

    /// <summary>The reading ended last is of the time of its receipt, because its device said none.</summary>
    public readonly void DoubtTime()
    {
        if (_seen != 0) into.DoubtTime();
    }

    public void Refuse(int index, RejectionReason reason)
    {
        if (_begun) into.RemoveLast();
        _begun = false;
        // Another fault may have come before the value's.
        refusals.Add(new Refusal(reason, _sensor!.Id, index, reason is RejectionReason.ValueNotANumber or RejectionReason.ValueNotFinite ? _blamed ?? "" : ""));
        _blamed = null;
    }

    /// <summary>One metric of the payload is refused; the readings stay.</summary>
    public readonly void RefuseMetric(RejectionReason reason, string name) =>
        refusals.Add(new Refusal(reason, _sensor!.Id, -1, name[..Math.Min(name.Length, Topic.IdLengthMax)]));

    /// <summary>Bytes of the payload that are no frame, or one that may not be believed; what stands before and behind them stays.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="from">Where they begin.</param>
    /// <param name="bytes">How many they are.</param>
    public readonly void RefuseStretch(RejectionReason reason, int from, int bytes) => refusals.Add(new Refusal(reason, _sensor!.Id, -1, "", from..(from + bytes)));

    private bool RefuseSensor(scoped ReadOnlySpan<byte> id, RejectionReason reason)
    {
        refusals.Add(new Refusal(reason, Printable(id), -1, ""));
        return false;
    }

    private static string Printable(scoped ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text[..Math.Min(text.Length, Topic.IdLengthMax)]);
}

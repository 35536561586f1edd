using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Sparkplug;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Seeds;

namespace LuohuIOC.Simulator.Wire;

/// <summary>
/// A gateway as an edge node of Sparkplug B: births at every connection, data by alias, death as the connection's will, and the births again
/// when the host asks. A message takes its sequence when it leaves; a lossy line swallows some of those behind it, so that the host sees a gap.
/// </summary>
public sealed class SparkplugEdge(string group, string node, double loss, int seed, TimeProvider clock)
{
    // Aliases are unique in the node: device and slot.
    private const ulong SlotsMax = 64;

    private readonly List<(string Id, KindDefinition Kind)> _devices = [];
    private readonly Dictionary<string, ulong> _indexById = [];
    private Seeded _chance = new(seed, $"{node} line");
    private byte _sequence;
    private ulong _session;

    public string CommandFilter => Topic(SparkplugMessage.NodeCommand, null);

    /// <summary>Births that the host has asked for.</summary>
    public long Rebirths { get; private set; }

    /// <summary>Data messages that the line has swallowed.</summary>
    public long Lost { get; private set; }

    public void Add(string device, KindDefinition kind)
    {
        _indexById[device] = (ulong)_devices.Count;
        _devices.Add((device, kind));
    }

    public bool Has(CitySensor sensor) => _indexById.ContainsKey(sensor.Id);

    /// <summary>The will of the connection that <see cref="Births"/> follows.</summary>
    public GatewayMessage Death(bool ofNewSession)
    {
        if (ofNewSession) _session++;
        var payload = new SparkplugWriter(null);
        payload.BirthSequence(_session & 0xFF);
        return new GatewayMessage(Topic(SparkplugMessage.NodeDeath, null), payload.Bytes, 0);
    }

    /// <summary>The node's birth and those of its devices: which metrics there are, under which aliases; values follow as data.</summary>
    public IReadOnlyList<GatewayMessage> Births()
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var payload = new SparkplugWriter(now);
        payload.BirthSequence(_session & 0xFF);
        payload.RebirthControl();
        var births = new List<GatewayMessage> { new(Topic(SparkplugMessage.NodeBirth, null), payload.Bytes, 0) };
        foreach (var (id, kind) in _devices)
        {
            payload = new SparkplugWriter(now);
            for (var slot = 0; slot < kind.Metrics.Count; slot++) payload.Number(kind.Metrics[slot].Name, AliasOf(id, slot), now, null);
            births.Add(new GatewayMessage(Topic(SparkplugMessage.DeviceBirth, id), payload.Bytes, 0));
        }
        return births;
    }

    /// <summary>One reading; null when nothing was measured.</summary>
    public GatewayMessage? Data(string device, ReadOnlySpan<double> values, long unixMs)
    {
        var payload = new SparkplugWriter(clock.GetUtcNow().ToUnixTimeMilliseconds());
        var any = false;
        for (var slot = 0; slot < values.Length; slot++)
        {
            if (double.IsNaN(values[slot])) continue;
            payload.Number(null, AliasOf(device, slot), unixMs, values[slot]);
            any = true;
        }
        return any ? new GatewayMessage(Topic(SparkplugMessage.DeviceData, device), payload.Bytes, 1) : null;
    }

    /// <summary>The payload as it leaves; null when the line swallows it. Other than Sparkplug's stay as they are.</summary>
    public byte[]? Leave(GatewayMessage message)
    {
        if (SparkplugTopic.Parse(message.Topic) is not { } topic || topic.Message == SparkplugMessage.NodeDeath) return message.Payload;
        _sequence = topic.Message == SparkplugMessage.NodeBirth ? (byte)0 : (byte)(_sequence + 1);
        if (topic.Message == SparkplugMessage.DeviceData && _chance.Chance(loss))
        {
            Lost++;
            return null;
        }
        return SparkplugWriter.Sequenced(message.Payload, _sequence);
    }

    /// <summary>True, and counted, for the host's wish to see the births again.</summary>
    public bool IsRebirth(string topic, ReadOnlySpan<byte> payload)
    {
        if (topic != CommandFilter || SparkplugPayload.Parse(payload) is not { } command) return false;
        if (!command.Metrics.Any(m => m is { Name: "Node Control/Rebirth", Value: 1 })) return false;
        Rebirths++;
        return true;
    }

    private ulong AliasOf(string device, int slot) => (_indexById[device] * SlotsMax) + (ulong)slot + 1;

    private string Topic(SparkplugMessage message, string? device) => new SparkplugTopic(group, message, node, device).ToString();
}

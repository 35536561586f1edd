namespace LuohuIOC.DeviceProtocol.Sparkplug;

/// <summary>One value of a device (of the node itself when <paramref name="Device"/> is null) under its full name.</summary>
public readonly record struct SparkplugValue(string? Device, string Name, long UnixMs, double Value, bool IsHistorical, bool IsGood = true);

/// <summary>What a message changed.</summary>
/// <param name="Values">Numbers with their names and times.</param>
/// <param name="WantsRebirth">Something is missing (a birth, a message): the node has to give its births again.</param>
/// <param name="Died">Devices whose values are stale from now on; the node itself, and with it all its devices, is the empty string.</param>
/// <param name="Born">The device whose values hold again, the empty string for the node; null when nothing was born.</param>
/// <param name="HasUnknown">Values came under an alias that no birth has given a name: nobody can say what they are.</param>
public sealed record SparkplugStep(IReadOnlyList<SparkplugValue> Values, bool WantsRebirth, IReadOnlyList<string> Died, string? Born = null, bool HasUnknown = false);

/// <summary>
/// What a host knows of one edge node: its births (which metric an alias is, and of which type), whether it lives, and the last sequence number. Messages
/// count 0–255 and around; a gap, data before birth and an unknown alias ask for a rebirth, and what such a message holds by name is taken.
/// </summary>
public sealed class SparkplugNode
{
    /// <summary>Devices that a node may have; what one beyond them says by alias is unknown.</summary>
    public const int DevicesMax = 5_000;

    // Beyond what telemetry may say, so that it is refused and not lost; moments later still have room.
    private const ulong MomentMax = long.MaxValue / 2;

    // A node has one table of names by alias for each device, and one of its own.
    private readonly Dictionary<string, Dictionary<ulong, string>> _names = [];

    // Which of its metrics may be negative, by name: data does not say its type. Few have any, so that a device without has no table.
    private readonly Dictionary<string, Dictionary<string, uint>> _signed = [];
    private readonly HashSet<string> _alive = [];
    private byte? _sequence;
    private ulong? _birth;

    /// <summary>When its readings were.</summary>
    public SparkplugMoments Moments { get; } = new();

    /// <summary>True once a birth of the node has been seen.</summary>
    public bool WasBorn { get; private set; }

    public bool IsAlive => _alive.Contains("");

    public bool IsDeviceAlive(string device) => _alive.Contains(device);

    public SparkplugStep Take(SparkplugTopic topic, SparkplugPayload payload)
    {
        var device = topic.Device ?? "";
        switch (topic.Message)
        {
            case SparkplugMessage.NodeDeath:
                return Die(payload);
            case SparkplugMessage.NodeBirth:
                _names.Clear();
                _signed.Clear();
                _alive.Clear();
                Moments.Clear();
                _birth = BirthOf(payload);
                WasBorn = true;
                _sequence = (byte)(payload.Sequence ?? 0);
                Learn("", payload);
                return new SparkplugStep(ValuesOf("", payload, out _), false, [], "");
            case SparkplugMessage.DeviceBirth:
                var missedBirth = Missed(payload) || !IsAlive;
                Learn(device, payload);
                return new SparkplugStep(ValuesOf(device, payload, out _), missedBirth, [], device);
            case SparkplugMessage.DeviceDeath:
                var missedDeath = Missed(payload);
                // A host that began later knows no birth, and the death is true all the same.
                _alive.Remove(device);
                return new SparkplugStep([], missedDeath, [device]);
            case SparkplugMessage.NodeData or SparkplugMessage.DeviceData:
                var missed = Missed(payload) || !_alive.Contains(device);
                var values = ValuesOf(device, payload, out var unknown);
                return new SparkplugStep(values, missed || unknown, [], HasUnknown: unknown);
            default:
                return new SparkplugStep([], false, []);
        }
    }

    // The will of an earlier session arrives late: it names another birth.
    private SparkplugStep Die(SparkplugPayload payload)
    {
        if (_birth is not null && BirthOf(payload) is { } died && died != _birth) return new SparkplugStep([], false, []);
        string[] all = ["", .. _alive.Where(d => d.Length > 0)];
        _alive.Clear();
        _sequence = null;
        return new SparkplugStep([], false, all);
    }

    private static ulong? BirthOf(SparkplugPayload payload) => payload.Metrics.FirstOrDefault(m => m.Name == "bdSeq")?.Value is { } value ? (ulong)value : null;

    private bool Missed(SparkplugPayload payload)
    {
        var expected = _sequence is { } last ? (byte)(last + 1) : (byte?)null;
        if (payload.Sequence is not { } came) return true;
        _sequence = (byte)came;
        return expected != (byte)came;
    }

    private void Learn(string device, SparkplugPayload payload)
    {
        if (_names.Count > DevicesMax && !_names.ContainsKey(device)) return;
        _alive.Add(device);
        var names = _names[device] = [];
        _signed.Remove(device);
        foreach (var metric in payload.Metrics)
        {
            if (metric is { Name: { } name, Alias: { } alias }) names[alias] = name;
            if (metric is not { Name: { } signed, DataType: { } type } || !SparkplugMetric.IsSigned(type)) continue;
            if (!_signed.TryGetValue(device, out var types)) _signed[device] = types = [];
            types[signed] = type;
        }
    }

    private List<SparkplugValue> ValuesOf(string device, SparkplugPayload payload, out bool unknown)
    {
        unknown = false;
        var values = new List<SparkplugValue>();
        foreach (var metric in payload.Metrics)
        {
            var name = metric.Name;
            if (name is null && metric.Alias is { } alias && _names.TryGetValue(device, out var names)) names.TryGetValue(alias, out name);
            var type = 0u;
            if (name is not null && _signed.TryGetValue(device, out var types)) types.TryGetValue(name, out type);
            // Minus five, or four billion: before its birth nobody can say.
            if (name is null || (type == 0 && metric.IsAmbiguous && !_alive.Contains(device)))
            {
                unknown = true;
                continue;
            }
            var number = type != 0 ? metric.ValueAs(type) : metric.Value;
            if (name == "bdSeq" || name.StartsWith("Node Control/", StringComparison.Ordinal) || number is not { } value) continue;
            if ((metric.Timestamp ?? payload.Timestamp) is { } at)
                values.Add(new SparkplugValue(device.Length == 0 ? null : device, name, (long)Math.Min(at, MomentMax), value, metric.IsHistorical, metric.IsGood));
        }
        return values;
    }
}

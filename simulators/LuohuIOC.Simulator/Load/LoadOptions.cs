namespace LuohuIOC.Simulator.Load;

/// <summary>Which topic a load message of several readings takes.</summary>
public enum LoadShape
{
    /// <summary>One sensor's topic for a single reading, the gateway's topic for several.</summary>
    Auto,

    /// <summary><c>luohu/v1/{gateway}/{sensor}/telemetry</c>; several readings go as an array of one sensor.</summary>
    Sensor,

    /// <summary><c>luohu/v1/{gateway}/telemetry</c>; several readings are one reading each of several sensors.</summary>
    Gateway,
}

/// <summary>What the load source sends, and how hard.</summary>
public sealed record LoadOptions
{
    public string Host { get; init; } = "127.0.0.1";

    public int Port { get; init; } = 1883;

    /// <summary>Several brokers of one city: connection <c>i</c> goes to port <c>i mod Ports.Count</c>. Null: all go to <see cref="Port"/>.</summary>
    public IReadOnlyList<int>? Ports { get; init; }

    /// <summary>Messages a second over all connections; 0 = as fast as acknowledgements come back.</summary>
    public double MessagesPerSecond { get; init; }

    public int Connections { get; init; } = 50;

    /// <summary>Unacknowledged messages a connection may have; a slower broker makes a slower source, never a longer queue.</summary>
    public int InFlight { get; init; } = 20;

    public int ReadingsPerMessage { get; init; } = 1;

    public int MetricsPerReading { get; init; } = 3;

    public LoadShape Shape { get; init; } = LoadShape.Auto;

    /// <summary>How long to send. Messages in flight at the end are waited for, at most <see cref="Drain"/>.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Who publishes, and for which sensors. Connection <c>i</c> takes gateway <c>i mod Gateways.Count</c>.</summary>
    public required IReadOnlyList<LoadGateway> Gateways { get; init; }

    /// <summary>Called for each acknowledged message on the source's thread, which must not be held up. Tests keep a record with it.</summary>
    public Action<AcknowledgedMessage>? OnAcknowledged { get; init; }

    /// <summary>Throws with the option's name when a value makes no sense.</summary>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MessagesPerSecond);
        ArgumentOutOfRangeException.ThrowIfLessThan(Connections, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(InFlight, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(InFlight, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReadingsPerMessage, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MetricsPerReading, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Gateways.Count, 1);
        if (Gateways.FirstOrDefault(g => g.Sensors.Count == 0) is { } empty)
            throw new ArgumentException($"Gateway {empty.Id} has no sensors to send for.");
    }
}

/// <summary>A gateway of the load source; a null secret connects without user name, as a server with anonymous loopback allows.</summary>
public sealed record LoadGateway(string Id, string? Secret, IReadOnlyList<LoadSensor> Sensors)
{
    /// <summary>Gateways <c>gw-load-01…</c> with sensors <c>load-00001…</c>, dealt out in turn, for a server that registers what it meets.</summary>
    public static IReadOnlyList<LoadGateway> Anonymous(int gateways, int sensors, int metrics)
    {
        var values = Enumerable.Range(1, metrics).Select(m => new LoadMetric($"m{m}", $"{10 + m}.###")).ToArray();
        return
        [
            .. Enumerable.Range(0, Math.Min(gateways, sensors)).Select(g => new LoadGateway(
                $"gw-load-{g + 1:00}",
                null,
                [.. Enumerable.Range(0, sensors).Where(s => s % gateways == g).Select(s => new LoadSensor($"load-{s + 1:00000}", values))])),
        ];
    }
}

public sealed record LoadSensor(string Id, IReadOnlyList<LoadMetric> Metrics);

/// <param name="Name">Wire name.</param>
/// <param name="Pattern">The value as JSON; <c>###</c> in it stands for three digits that vary from reading to reading: <c>11.###</c>.</param>
public readonly record struct LoadMetric(string Name, string Pattern);

/// <summary>
/// One message that the broker has acknowledged: reading <c>k</c> of it has the sensor <c>Sensors[k]</c>, the device time
/// <paramref name="UnixMilliseconds"/> and the sequence <c>FirstSequence + k</c>.
/// </summary>
public readonly record struct AcknowledgedMessage(IReadOnlyList<string> Sensors, long UnixMilliseconds, long FirstSequence);

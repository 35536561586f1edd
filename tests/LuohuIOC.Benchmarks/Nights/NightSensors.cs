using System.Collections.Concurrent;
using LuohuIOC.Benchmarks.Ladder;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.Benchmarks.Nights;

/// <summary>One reading that a host has acknowledged. Times in Unix ms.</summary>
internal sealed record NightReading(long TimeMs, bool Fault, int Host, long AcknowledgedMs);

/// <summary>A sensor whose fault comes and goes, and all that hosts have acknowledged of it.</summary>
internal sealed class NightSensor(string id, string gateway, Random random)
{
    private long _turnsMs;
    private bool _fault = true;
    private long _sequence;
    private long _timeMs;

    public string Id => id;

    public string Gateway => gateway;

    public List<NightReading> Acknowledged { get; } = [];

    /// <summary>The next reading. A fault lasts 1 to 10 s, what lies between 2 to 15 s.</summary>
    public (long TimeMs, long Sequence, bool Fault) Next(long nowMs, bool ends)
    {
        if (nowMs >= _turnsMs)
        {
            _fault = !_fault;
            _turnsMs = nowMs + (_fault ? random.Next(1_000, 10_000) : random.Next(2_000, 15_000));
        }
        _timeMs = Math.Max(_timeMs + 1, nowMs);
        return (_timeMs, ++_sequence, _fault && !ends);
    }
}

/// <summary>
/// A gateway with some of the sensors, each reading twice a second, in order. What nobody acknowledges within three seconds goes to the next host, the same reading;
/// now and then it returns to its own host.
/// </summary>
internal sealed class NightGateway(int home, List<NightSensor> sensors, IReadOnlyList<ServedRung> hosts, int seed)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private readonly Random _random = new(seed);
    private readonly ConcurrentQueue<string> _faults = new();
    private IMqttClient? _client;
    private readonly int _home = home;
    private int _at = home;

    /// <summary>Connections that were given up.</summary>
    public int GivenUp => _faults.Count;

    /// <summary>Until it is stopped; then each sensor says once more that all is well.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(500.0 / sensors.Count));
        for (var turn = 0; !stop.IsCancellationRequested; turn++)
        {
            await pace.WaitForNextTickAsync(CancellationToken.None);
            if (_at != _home && _random.Next(1_000) == 0) Leave(_home);
            await SendAsync(sensors[turn % sensors.Count], ends: false);
        }
        foreach (var sensor in sensors) await SendAsync(sensor, ends: true);
        Leave(_home);
    }

    private async Task SendAsync(NightSensor sensor, bool ends)
    {
        var (timeMs, sequence, fault) = sensor.Next(Now(), ends);
        while (true)
        {
            try
            {
                _client ??= await ConnectAsync(hosts[_at].MqttPort);
                using var patience = new CancellationTokenSource(Patience);
                var answer = await _client.PublishStringAsync(
                    $"luohu/v1/{sensor.Gateway}/{sensor.Id}/telemetry", $$$"""{"ts":{{{timeMs}}},"seq":{{{sequence}}},"values":{"fault":{{{(fault ? 1 : 0)}}}}}""",
                    MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: patience.Token);
                if (!answer.IsSuccess) throw new IOException($"{answer.ReasonCode}");
                sensor.Acknowledged.Add(new NightReading(timeMs, fault, _at, Now()));
                return;
            }
            catch (Exception e)
            {
                _faults.Enqueue(e.Message);
                Leave((_at + 1) % hosts.Count);
                await Task.Delay(100);
            }
        }
    }

    private void Leave(int host)
    {
        _client?.Dispose();
        (_client, _at) = (null, host);
    }

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static async Task<IMqttClient> ConnectAsync(int port)
    {
        var client = new MqttClientFactory().CreateMqttClient();
        try
        {
            await client.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithClientId($"night-{Guid.NewGuid():N}").WithTimeout(Patience).Build());
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}

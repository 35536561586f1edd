using System.Buffers;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Wire;

namespace LuohuIOC.Simulator.Replay;

/// <summary>
/// Sends measurements in order of time through their sensors' gateways: each at its distance from the first divided by the speed, or all at
/// once when the speed is 0. Sequences count per sensor in the order of the file, so that replaying a file again is seen as the same readings.
/// </summary>
public sealed class ReplayRun(IReadOnlyList<Measurement> rows, double speed, TimeSpan shift, TimeProvider clock)
{
    private const int ReadingsPerMessageMax = 100;
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, long> _sequence = [];

    /// <summary>Rows handed to the gateways so far.</summary>
    public int Sent { get; private set; }

    /// <summary>Returns when every message has been acknowledged or refused, or when stopped.</summary>
    public async Task RunAsync(Func<string, string> gatewayOf, IReadOnlyDictionary<string, GatewayLink> links, CancellationToken stop)
    {
        var running = links.Values.Select(l => l.RunAsync(stop)).ToArray();
        try
        {
            var started = clock.GetTimestamp();
            while (Sent < rows.Count)
            {
                await UntilDueAsync(rows[Sent].Time - rows[0].Time, started, stop);
                await SendDueAsync(Due(started), gatewayOf, links, stop);
            }
            foreach (var link in links.Values) link.Complete();
        }
        catch (OperationCanceledException)
        {
            // Stopped by the person: the links stop by the same token.
        }
        await Task.WhenAll(running);
    }

    private async Task UntilDueAsync(TimeSpan sinceFirst, long started, CancellationToken stop)
    {
        if (speed <= 0) return;
        var wait = (sinceFirst / speed) - clock.GetElapsedTime(started);
        if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, stop);
    }

    // Index after the last row that is due now, or within a moment that is not worth a message of its own.
    private int Due(long started)
    {
        var due = Sent + 1;
        var until = speed <= 0 ? TimeSpan.MaxValue : (clock.GetElapsedTime(started) + Together) * speed;
        while (due < rows.Count && due - Sent < ReadingsPerMessageMax && rows[due].Time - rows[0].Time <= until) due++;
        return due;
    }

    private async Task SendDueAsync(int end, Func<string, string> gatewayOf, IReadOnlyDictionary<string, GatewayLink> links, CancellationToken stop)
    {
        foreach (var group in Enumerable.Range(Sent, end - Sent).GroupBy(i => gatewayOf(rows[i].Sensor)))
        {
            var message = new GatewayMessage(Topic.Telemetry(group.Key), Payload(group.Select(i => rows[i])), group.Count());
            await links[group.Key].SendAsync(message, stop);
        }
        Sent = end;
    }

    private byte[] Payload(IEnumerable<Measurement> readings)
    {
        var bytes = new ArrayBufferWriter<byte>(4096);
        var writer = new TelemetryWriter(bytes);
        foreach (var reading in readings)
        {
            writer.Sensor(reading.Sensor);
            var sequence = _sequence.GetValueOrDefault(reading.Sensor);
            _sequence[reading.Sensor] = sequence + 1;
            writer.Reading((reading.Time + shift).ToUnixTimeMilliseconds(), sequence);
            foreach (var (metric, value) in reading.Values) writer.Value(metric, value);
        }
        writer.End();
        return bytes.WrittenSpan.ToArray();
    }
}

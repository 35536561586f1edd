namespace LuohuIOC.Simulator.Load;

/// <summary>
/// Publishes readings at QoS 1 over many connections, each with a bounded number in flight, and measures publish → PUBACK.
/// Used by the <c>load</c> command and, in process, by the benchmarks.
/// </summary>
public sealed class LoadSource : IDisposable
{
    /// <summary>How often a paced source looks what is due. Coarser would bunch messages, finer would burn the server's processor.</summary>
    private static readonly TimeSpan PaceTick = TimeSpan.FromMilliseconds(1);

    private readonly LoadOptions _options;
    private readonly TimeProvider _clock;
    private readonly LoadConnection[] _connections;

    /// <exception cref="ArgumentException">An option makes no sense; the message names it.</exception>
    public LoadSource(LoadOptions options, TimeProvider clock)
    {
        options.Validate();
        _options = options;
        _clock = clock;
        var templates = options.Gateways.Select(g => Templates(g, options)).ToArray();
        _connections = new LoadConnection[options.Connections];
        for (var i = 0; i < _connections.Length; i++)
        {
            var gateway = i % options.Gateways.Count;
            _connections[i] = new LoadConnection(options, options.Gateways[gateway], templates[gateway], i, clock);
        }
    }

    public long Sent => _connections.Sum(c => c.Sent);

    public long Acknowledged => _connections.Sum(c => c.Acknowledged);

    public long AcknowledgedReadings => _connections.Sum(c => c.Readings);

    /// <summary>Connects and logs every connection in.</summary>
    /// <exception cref="InvalidOperationException">The broker refused; the message has the client and the return code.</exception>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        foreach (var connection in _connections) await connection.ConnectAsync(cancellation);
    }

    /// <summary>Sends until the duration is over or <paramref name="stop"/> is asked for, waits for what is in flight, and sums up.</summary>
    public async Task<LoadSummary> RunAsync(CancellationToken stop)
    {
        var started = _clock.GetTimestamp();
        using var drained = new CancellationTokenSource();
        using var sending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var loops = Task.WhenAll(_connections.Select(c => c.RunAsync(drained.Token)));
        var pacer = _options.MessagesPerSecond > 0 ? PaceAsync(sending.Token) : Task.CompletedTask;

        await Task.WhenAny(loops, Task.Delay(_options.Duration, _clock, stop));
        await sending.CancelAsync();
        await pacer;
        foreach (var connection in _connections) connection.Stop();
        await Task.WhenAny(loops, Task.Delay(_options.Drain, _clock, CancellationToken.None));
        await drained.CancelAsync();
        await loops;
        return Summarize(started);
    }

    public void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
    }

    /// <summary>Deals out what is due, one message a connection in turn, so that a rate is spread and not sent by the first connection.</summary>
    private async Task PaceAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(PaceTick, _clock);
        var started = _clock.GetTimestamp();
        double offered = 0;
        var next = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                var due = (int)((_clock.GetElapsedTime(started).TotalSeconds * _options.MessagesPerSecond) - offered);
                var share = Math.Max(1, due / _connections.Length);
                for (var asked = 0; asked < _connections.Length && due > 0; asked++)
                {
                    var taken = _connections[next].Offer(Math.Min(share, due));
                    next = (next + 1) % _connections.Length;
                    due -= taken;
                    offered += taken;
                }
                // What the windows did not take is not saved up for a burst later: the source is closed-loop.
                offered += due;
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private LoadSummary Summarize(long started)
    {
        var latencies = new LatencyHistogram();
        foreach (var connection in _connections) latencies.Add(connection.Latencies);
        var last = _connections.Max(c => c.LastAcknowledgedAt);
        var seconds = last == 0 ? _clock.GetElapsedTime(started).TotalSeconds : _clock.GetElapsedTime(started, last).TotalSeconds;
        var (messages, readings) = (Acknowledged, AcknowledgedReadings);
        return new LoadSummary(
            messages,
            readings,
            Math.Round(seconds, 3),
            Math.Round(messages / seconds, 1),
            Math.Round(readings / seconds, 1),
            Math.Round(latencies.Percentile(0.5).TotalMilliseconds, 3),
            Math.Round(latencies.Percentile(0.99).TotalMilliseconds, 3),
            Math.Round(latencies.Largest.TotalMilliseconds, 3),
            Sent - messages,
            _connections.Count(c => c.Lost));
    }

    private static MessageTemplate[] Templates(LoadGateway gateway, LoadOptions options)
    {
        var readings = options.ReadingsPerMessage;
        var shape = options.Shape == LoadShape.Auto ? readings == 1 ? LoadShape.Sensor : LoadShape.Gateway : options.Shape;
        if (shape == LoadShape.Sensor) return [.. gateway.Sensors.Select(s => MessageTemplate.ForSensor(gateway.Id, s, readings))];
        if (gateway.Sensors.Count < readings)
            throw new ArgumentException($"Gateway {gateway.Id} has {gateway.Sensors.Count} sensors, fewer than the {readings} readings a message.");
        // Whole windows over the sensors; the last one overlaps the one before so that every message is full.
        var starts = Enumerable.Range(0, (gateway.Sensors.Count + readings - 1) / readings)
            .Select(w => Math.Min(w * readings, gateway.Sensors.Count - readings));
        return [.. starts.Select(start => MessageTemplate.ForGateway(gateway.Id, [.. gateway.Sensors.Skip(start).Take(readings)]))];
    }
}

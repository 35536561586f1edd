namespace LuohuIOC.Simulator.Load;

/// <summary>
/// Publishes readings at QoS 1 over many connections, each with a bounded number in flight, and measures publish → PUBACK.
/// Used by the <c>load</c> command and, in process, by the benchmarks.
/// Arithmetic: one thread sweeps over all connections about once a millisecond. At 60,000 messages/s over 50 of them it finds some 60
/// acknowledgements a sweep; 50 receives (0.5 µs) and ten sends of five messages (6 µs) make 2 µs a message with what is patched. A thread or
/// an asynchronous loop for each connection wakes for every acknowledgement and costs 9 to 20 µs of the server's processor.
/// Latencies are therefore read on a grid of a millisecond.
/// </summary>
public sealed class LoadSource : IDisposable
{
    private const int SweepMilliseconds = 1;

    private readonly LoadOptions _options;
    private readonly TimeProvider _clock;
    private readonly LoadConnection[] _connections;
    private int _next;

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
    public Task ConnectAsync(CancellationToken cancellation) => Task.Factory.StartNew(
        () =>
        {
            foreach (var connection in _connections)
            {
                cancellation.ThrowIfCancellationRequested();
                connection.Connect();
            }
        },
        cancellation,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>Sends until the duration is over or <paramref name="stop"/> is asked for, waits for what is in flight, and sums up.</summary>
    public Task<LoadSummary> RunAsync(CancellationToken stop) =>
        Task.Factory.StartNew(() => Run(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
    }

    private LoadSummary Run(CancellationToken stop)
    {
        var started = _clock.GetTimestamp();
        var paced = _options.MessagesPerSecond > 0;
        double offered = 0;
        while (!stop.IsCancellationRequested && _clock.GetElapsedTime(started) < _options.Duration && !Array.TrueForAll(_connections, c => c.Lost))
        {
            foreach (var connection in _connections) connection.Receive();
            if (paced) offered = Pace(offered, _clock.GetElapsedTime(started));
            else Refill();
            Thread.Sleep(SweepMilliseconds);
        }
        var ended = _clock.GetTimestamp();
        while (!Array.TrueForAll(_connections, c => c.Drained) && _clock.GetElapsedTime(ended) < _options.Drain)
        {
            foreach (var connection in _connections)
            {
                connection.Publish(0);
                connection.Receive();
            }
            Thread.Sleep(SweepMilliseconds);
        }
        return Summarize(started);
    }

    // As fast as acknowledgements come back, a quarter of the window at a time: a send costs ten times what a message in it costs.
    private void Refill()
    {
        var worthSending = Math.Max(1, _options.InFlight / 4);
        foreach (var connection in _connections)
            if (connection.Room >= worthSending) connection.Publish(int.MaxValue);
    }

    // Deals out what is due, a share a connection in turn, so that a rate is spread and not sent by the first connection.
    private double Pace(double offered, TimeSpan elapsed)
    {
        var due = (int)((elapsed.TotalSeconds * _options.MessagesPerSecond) - offered);
        var share = (due + _connections.Length - 1) / _connections.Length;
        var total = due;
        for (var asked = 0; asked < _connections.Length && due > 0; asked++)
        {
            due -= _connections[_next].Publish(Math.Min(share, due));
            _next = (_next + 1) % _connections.Length;
        }
        // What the windows did not take is not saved up for a burst later: the source is closed-loop.
        return offered + total;
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

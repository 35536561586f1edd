namespace LuohuIOC.Ingestion.Broker;

/// <summary>
/// One connection of a gateway: who it is, what it still waits for, and how fast it sends. The inbound loop adds what an
/// acknowledgement waits for, the outbound loop takes it when the acknowledgement is about to leave; both in order of the publishes.
/// </summary>
internal sealed class GatewaySession(string? gateway, object? right, string clientId, int ratePerSecond, TimeProvider time) : PublishSource
{
    public static readonly object Key = new();

    /// <summary>Filters of one connection: its commands, sensor by sensor, with room to spare.</summary>
    public const int FiltersMax = 10_000;

    private readonly HashSet<string> _filters = new(StringComparer.Ordinal);
    private readonly Queue<Task> _pending = new();
    private double _tokens = ratePerSecond;
    private long _refilledAt = time.GetTimestamp();
    private string? _lastGateway;

    /// <summary>The gateway that showed its secret; null for an anonymous loopback client, which may be any.</summary>
    public override string? Gateway { get; } = gateway;

    /// <summary>The right that was valid when the secret was shown; see <c>GatewaySecrets.RightOf</c>.</summary>
    public object? Right { get; } = right;

    /// <summary>The broker's name of the connection.</summary>
    public string ClientId { get; } = clientId;

    /// <summary>Where it comes from.</summary>
    public System.Net.EndPoint? Remote { get; init; }

    /// <summary>Acknowledgements that have not left yet.</summary>
    public int Pending
    {
        get
        {
            lock (_pending) return _pending.Count;
        }
    }

    /// <summary>Counts a filter that the connection is to be subscribed to; false when it has as many as it may have.</summary>
    public bool Subscribe(string filter)
    {
        lock (_filters) return _filters.Contains(filter) || (_filters.Count < FiltersMax && _filters.Add(filter));
    }

    public void Unsubscribe(string filter)
    {
        lock (_filters) _filters.Remove(filter);
    }

    /// <summary>The gateway of a topic as a string, made once while it stays the same.</summary>
    public override string NameOf(ReadOnlySpan<char> topicGateway)
    {
        if (Gateway is not null && topicGateway.SequenceEqual(Gateway)) return Gateway;
        if (_lastGateway is null || !topicGateway.SequenceEqual(_lastGateway)) _lastGateway = topicGateway.ToString();
        return _lastGateway;
    }

    /// <summary>The next acknowledgement of this connection may leave when the task completes.</summary>
    public void Expect(Task durable)
    {
        lock (_pending) _pending.Enqueue(durable);
    }

    public Task TakeNext()
    {
        lock (_pending) return _pending.TryDequeue(out var durable) ? durable : Task.CompletedTask;
    }

    public Task Oldest()
    {
        lock (_pending) return _pending.TryPeek(out var durable) ? durable : Task.CompletedTask;
    }

    /// <summary>Takes one message from the rate's budget; returns how long to wait before the next is read.</summary>
    public TimeSpan Spend()
    {
        if (_tokens >= 1)
        {
            _tokens--;
            return TimeSpan.Zero;
        }
        var now = time.GetTimestamp();
        _tokens = Math.Min(ratePerSecond, _tokens + (time.GetElapsedTime(_refilledAt, now).TotalSeconds * ratePerSecond));
        _refilledAt = now;
        _tokens--;
        return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / ratePerSecond);
    }
}

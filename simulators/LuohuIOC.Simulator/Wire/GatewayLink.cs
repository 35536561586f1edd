using System.Text.Json;
using System.Threading.Channels;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Seeds;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace LuohuIOC.Simulator.Wire;

/// <summary>One message on its way; readings is how many it carries, for the counters.</summary>
public sealed record GatewayMessage(string Topic, byte[] Payload, int Readings);

/// <summary>
/// One gateway's connection, MQTT 5, QoS 1: a bounded outbox, one message in flight, and a message leaves the outbox only when the broker
/// has acknowledged it; so what was lost with a connection is sent again after the next. The readings of a message keep time and sequence.
/// </summary>
public sealed class GatewayLink
{
    /// <summary>Messages a gateway keeps while the broker is away; newer ones are then dropped and counted, as a device's memory is finite.</summary>
    public const int OutboxMessages = 2000;

    private static readonly TimeSpan RetryLongest = TimeSpan.FromSeconds(30);
    private static readonly MqttClientFactory Factory = new();

    private readonly BrokerAddress _broker;
    private readonly string? _secret;
    private readonly TimeProvider _clock;
    private readonly Channel<GatewayMessage> _outbox = Channel.CreateBounded<GatewayMessage>(new BoundedChannelOptions(OutboxMessages) { SingleReader = true });
    private Seeded _jitter;
    private long _acknowledged;
    private long _acknowledgedReadings;
    private long _refused;
    private long _dropped;
    private long _offered;

    public GatewayLink(BrokerAddress broker, string gateway, string? secret, int seed, TimeProvider clock)
    {
        (_broker, Gateway, _secret, _clock) = (broker, gateway, secret, clock);
        _jitter = new Seeded(seed, $"{gateway} jitter");
    }

    public string Gateway { get; }

    public bool Connected { get; private set; }

    /// <summary>Why the last connection could not be made or was lost; null after a good one.</summary>
    public string? Trouble { get; private set; }

    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public long AcknowledgedReadings => Interlocked.Read(ref _acknowledgedReadings);

    /// <summary>Messages that the broker answered with a failure; they are not sent again.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public long Dropped => Interlocked.Read(ref _dropped);

    public long Offered => Interlocked.Read(ref _offered);

    /// <summary>Called with the sensor's id when a command for it has been answered.</summary>
    public Action<string>? OnCommand { get; init; }

    /// <summary>Set for a gateway that is an edge node of Sparkplug B as well.</summary>
    public SparkplugEdge? Edge { get; init; }

    /// <summary>Puts a message into the outbox; false and counted as dropped when it is full.</summary>
    public bool Offer(GatewayMessage message)
    {
        Interlocked.Increment(ref _offered);
        if (_outbox.Writer.TryWrite(message)) return true;
        Interlocked.Increment(ref _dropped);
        return false;
    }

    /// <summary>Waits for room in the outbox.</summary>
    public async ValueTask SendAsync(GatewayMessage message, CancellationToken cancellation)
    {
        await _outbox.Writer.WriteAsync(message, cancellation);
        Interlocked.Increment(ref _offered);
    }

    /// <summary>Empties the outbox; only for a link that is not running.</summary>
    public IEnumerable<GatewayMessage> TakeUnsent()
    {
        while (_outbox.Reader.TryRead(out var message)) yield return message;
    }

    /// <summary>No more messages: <see cref="RunAsync"/> ends when all are acknowledged.</summary>
    public void Complete() => _outbox.Writer.TryComplete();

    /// <summary>Connects, sends, and connects again, until completed and drained or cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var client = Factory.CreateMqttClient();
        client.ApplicationMessageReceivedAsync += AnswerAsync;
        client.DisconnectedAsync += e =>
        {
            Connected = false;
            if (e.Exception is not null) Trouble = e.Exception.Message;
            return Task.CompletedTask;
        };
        GatewayMessage? unacknowledged = null;
        var failures = 0;
        try
        {
            while (unacknowledged is not null || await _outbox.Reader.WaitToReadAsync(cancellation))
            {
                if (!client.IsConnected && !await ConnectAsync(client, cancellation))
                {
                    await PauseAsync(++failures, cancellation);
                    continue;
                }
                failures = 0;
                if (unacknowledged is null && !_outbox.Reader.TryRead(out unacknowledged)) continue;
                if (await PublishAsync(client, unacknowledged, cancellation)) unacknowledged = null;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopped: what is still in the outbox stays unsent, as with a gateway that is switched off.
        }
        await LeaveAsync(client);
    }

    private async Task<bool> ConnectAsync(IMqttClient client, CancellationToken cancellation)
    {
        var status = Topic.Status(Gateway);
        // A connection has one will: the node's death says what "offline" would.
        var will = Edge?.Death(true) ?? new GatewayMessage(status, "offline"u8.ToArray(), 0);
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(_broker.Host, _broker.Port)
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithClientId(Gateway)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(60))
            .WithTimeout(TimeSpan.FromSeconds(20))
            .WithWillTopic(will.Topic).WithWillPayload(will.Payload).WithWillRetain(Edge is null).WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        if (_secret is not null) options = options.WithCredentials(Gateway, _secret);
        try
        {
            var answer = await client.ConnectAsync(options.Build(), cancellation);
            if (answer.ResultCode != MqttClientConnectResultCode.Success)
            {
                Trouble = answer.ResultCode.ToString();
                return false;
            }
            await client.SubscribeAsync(
                new MqttClientSubscribeOptions { TopicFilters = [new MqttTopicFilter { Topic = Topic.Command(Gateway, "+"), QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce }] },
                cancellation);
            if (Edge is not null)
            {
                await client.SubscribeAsync(Edge.CommandFilter, MqttQualityOfServiceLevel.AtMostOnce, cancellation);
                foreach (var birth in Edge.Births()) await client.PublishBinaryAsync(birth.Topic, Edge.Leave(birth), MqttQualityOfServiceLevel.AtLeastOnce, false, cancellation);
            }
            await client.PublishStringAsync(status, "online", MqttQualityOfServiceLevel.AtLeastOnce, retain: true, cancellation);
            Connected = true;
            Trouble = null;
            return true;
        }
        catch (Exception e) when (IsTemporary(e, cancellation))
        {
            Trouble = e.Message;
            return false;
        }
    }

    private async Task<bool> PublishAsync(IMqttClient client, GatewayMessage message, CancellationToken cancellation)
    {
        var payload = Edge is null ? message.Payload : Edge.Leave(message);
        if (payload is null) return true;
        try
        {
            var result = await client.PublishAsync(
                new MqttApplicationMessageBuilder().WithTopic(message.Topic).WithPayload(payload)
                    .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(),
                cancellation);
            if (!result.IsSuccess) Interlocked.Increment(ref _refused);
            else
            {
                Interlocked.Increment(ref _acknowledged);
                Interlocked.Add(ref _acknowledgedReadings, message.Readings);
            }
            return true;
        }
        catch (Exception e) when (IsTemporary(e, cancellation))
        {
            Trouble = e.Message;
            return false;
        }
    }

    /// <summary>
    /// <c>{"id":"c-1","action":"report"} &gt;&gt; {"id":"c-1","result":"done"}</c>; what is no JSON object is answered with
    /// <c>{"id":null,"result":"not_understood"}</c>.
    /// </summary>
    private Task AnswerAsync(MqttApplicationMessageReceivedEventArgs e)
    {
        var topic = e.ApplicationMessage.Topic;
        if (Edge?.IsRebirth(topic, System.Buffers.BuffersExtensions.ToArray(e.ApplicationMessage.Payload)) == true)
        {
            foreach (var birth in Edge.Births()) Offer(birth);
            return Task.CompletedTask;
        }
        if (!Topic.TryParse(topic, out var parsed) || parsed.Kind != TopicKind.Command) return Task.CompletedTask;
        var sensor = parsed.Sensor.ToString();
        var id = "null";
        var result = "not_understood";
        try
        {
            using var command = JsonDocument.Parse(e.ApplicationMessage.Payload);
            if (command.RootElement.ValueKind == JsonValueKind.Object)
            {
                result = "done";
                if (command.RootElement.TryGetProperty("id", out var given)) id = given.GetRawText();
            }
        }
        catch (JsonException)
        {
            result = "not_understood";
        }
        Offer(new GatewayMessage($"{topic}/reply", System.Text.Encoding.UTF8.GetBytes($$"""{"id":{{id}},"result":"{{result}}"}"""), 0));
        if (result == "done") OnCommand?.Invoke(sensor);
        return Task.CompletedTask;
    }

    private async Task LeaveAsync(IMqttClient client)
    {
        if (!client.IsConnected) return;
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), _clock);
            if (Edge?.Death(false) is { } death) await client.PublishBinaryAsync(death.Topic, death.Payload, MqttQualityOfServiceLevel.AtLeastOnce, false, patience.Token);
            await client.PublishStringAsync(Topic.Status(Gateway), "offline", MqttQualityOfServiceLevel.AtLeastOnce, retain: true, patience.Token);
            await client.DisconnectAsync(cancellationToken: patience.Token);
        }
        catch (Exception e) when (IsTemporary(e, CancellationToken.None))
        {
            Trouble = e.Message;
        }
    }

    // 1, 2, 4 … 30 s, each times 0.5 to 1.5, so that 200 gateways do not come back in the same second.
    private Task PauseAsync(int failures, CancellationToken cancellation)
    {
        var seconds = Math.Min(RetryLongest.TotalSeconds, Math.Pow(2, Math.Min(failures - 1, 10)));
        return Task.Delay(TimeSpan.FromSeconds(seconds * _jitter.Between(0.5, 1.5)), _clock, cancellation);
    }

    // Whatever the network or the broker does is temporary to a gateway, which has nowhere else to go; being stopped is not.
    private static bool IsTemporary(Exception e, CancellationToken cancellation) =>
        !cancellation.IsCancellationRequested && e is MqttCommunicationException or MqttProtocolViolationException or OperationCanceledException
            or TimeoutException or System.Net.Sockets.SocketException or IOException or InvalidOperationException;
}

using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace LuohuIOC.Ingestion.Outside;

/// <summary>
/// One connection, from connect to its end. After that it is thrown away with all that it has not acknowledged: a packet identifier means
/// something only to the connection that it came by.
/// </summary>
internal sealed class OutsideConnection : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IMqttClient _client;
    private readonly OutsideSetup _setup;
    private readonly TaskCompletionSource<OutsideFault> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OutsideConnection(OutsideSetup setup)
    {
        _setup = setup;
        _client = new MqttClientFactory().CreateMqttClient();
        _client.DisconnectedAsync += gone =>
        {
            _ended.TrySetResult(gone.Reason == MqttClientDisconnectReason.SessionTakenOver
                ? new OutsideFault(OutsideFaultKind.TakenOver, "another client has connected with the same client id")
                : new OutsideFault(OutsideFaultKind.Closed, $"the connection has ended ({gone.ReasonString ?? gone.Exception?.InnerException?.Message ?? gone.Exception?.Message ?? gone.Reason.ToString()})"));
            return Task.CompletedTask;
        };
    }

    /// <summary>Completes with the reason when the connection has ended.</summary>
    public Task<OutsideFault> Ended => _ended.Task;

    /// <summary>What the broker said to the connect.</summary>
    public MqttClientConnectResult Answer { get; private set; } = null!;

    /// <exception cref="OutsideFaultException">There is no connection; the fault says why.</exception>
    public static async Task<OutsideConnection> OpenAsync(
        OutsideSetup setup, string clientId, Action<MqttClientOptionsBuilder> more, Func<MqttApplicationMessageReceivedEventArgs, Task> take, CancellationToken cancellation)
    {
        var trust = setup.Trust();
        var connection = new OutsideConnection(setup);
        // Messages of the session may follow the answer at once.
        connection._client.ApplicationMessageReceivedAsync += take;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            var builder = setup.ForClient(clientId, trust);
            more(builder);
            connection.Answer = await connection._client.ConnectAsync(builder.Build(), patience.Token);
            if (connection.Answer.ResultCode != MqttClientConnectResultCode.Success) throw new OutsideFaultException(OutsideFault.OfAnswer(connection.Answer, setup.Options));
            return connection;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            connection._client.Dispose();
            throw new OutsideFaultException(OutsideFault.OfError(e, setup.Address, setup.Options, trust));
        }
        catch (Exception)
        {
            connection._client.Dispose();
            throw;
        }
    }

    /// <exception cref="OutsideFaultException">The broker refuses one of them.</exception>
    public async Task SubscribeAsync(IEnumerable<string> filters, MqttQualityOfServiceLevel quality, CancellationToken cancellation)
    {
        var builder = new MqttClientSubscribeOptionsBuilder();
        foreach (var filter in filters) builder.WithTopicFilter(f => f.WithTopic(filter).WithQualityOfServiceLevel(quality));
        var answer = await _client.SubscribeAsync(builder.Build(), cancellation).WaitAsync(Patience, cancellation);
        if (answer.Items.FirstOrDefault(i => i.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2) is { } refused)
            throw new OutsideFaultException(new OutsideFault(
                OutsideFaultKind.Subscription,
                $"the broker does not let user '{_setup.Options.User}' subscribe to '{refused.TopicFilter.Topic}' ({refused.ResultCode}). Allow it in the broker's access list"));
    }

    /// <summary>Ends subscriptions that the session may have kept.</summary>
    public async Task UnsubscribeAsync(IEnumerable<string> filters, CancellationToken cancellation)
    {
        var builder = new MqttClientUnsubscribeOptionsBuilder();
        foreach (var filter in filters) builder.WithTopicFilter(filter);
        await _client.UnsubscribeAsync(builder.Build(), cancellation).WaitAsync(Patience, cancellation);
    }

    /// <summary>Completes when the broker has acknowledged it.</summary>
    public async Task PublishAsync(MqttApplicationMessage message, CancellationToken cancellation)
    {
        MqttClientPublishResult answer;
        try
        {
            answer = await _client.PublishAsync(message, cancellation).WaitAsync(Patience, cancellation);
        }
        catch (Exception e) when (e is MqttCommunicationException or TimeoutException or ObjectDisposedException)
        {
            throw new OutsideFaultException(new OutsideFault(OutsideFaultKind.Closed, $"the connection has ended ({e.Message})"));
        }
        // 0x10: nobody is subscribed just now, which is no fault.
        if (!answer.IsSuccess && answer.ReasonCode != MqttClientPublishReasonCode.NoMatchingSubscribers)
            throw new OutsideFaultException(new OutsideFault(
                OutsideFaultKind.Refused, $"the broker does not let user '{_setup.Options.User}' publish to '{message.Topic}' ({answer.ReasonCode}). Allow it in the broker's access list"));
    }

    /// <summary>Ends it because of a fault on this side: the broker keeps what was not acknowledged and sends it again.</summary>
    public void Abort(OutsideFault fault)
    {
        _ended.TrySetResult(fault);
        _client.Dispose();
    }

    /// <summary>Says goodbye, so that no last will is published; the session stays with the broker.</summary>
    public async Task CloseAsync()
    {
        try
        {
            if (!_client.IsConnected) return;
            var goodbye = new MqttClientDisconnectOptions { Reason = MqttClientDisconnectOptionsReason.NormalDisconnection };
            if (_setup.Options.IsVersion5) goodbye.SessionExpiryInterval = (uint)_setup.Options.SessionExpiry.TotalSeconds;
            await _client.DisconnectAsync(goodbye, CancellationToken.None).WaitAsync(Patience);
        }
        catch (Exception e) when (e is MqttCommunicationException or TimeoutException or OperationCanceledException or IOException)
        {
            // It had ended by itself in the meantime.
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}

using LuohuIOC.DeviceProtocol.Sparkplug;
using LuohuIOC.Ingestion.Sparkplug;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Protocol;

namespace LuohuIOC.Ingestion.Outside;

/// <summary>
/// One session of the share, this host's own or one that it serves for a dead host, or the one that guards the share, takes raw frames or takes
/// Sparkplug: connected again whenever it is lost, until it is stopped.
/// </summary>
internal sealed class OutsideSession(
    SessionName name, OutsideSetup setup, PublishIntake intake, OutsideLink link, SparkplugHost sparkplug, Func<CancellationToken, Task<bool>> shareStands,
    TimeProvider time, ILogger log)
{
    private readonly CancellationTokenSource _stop = new();
    private readonly OutsideSource _source = new(() => true);
    private Deliveries? _deliveries;
    private ShareGuard? _guard;
    private OutsideConnection? _subscribed;
    private Task _running = Task.CompletedTask;
    private long _receivedBefore;
    private long _redeliveredBefore;
    private bool _wasKept;

    public SessionName Name => name;

    public string ClientId { get; } = name.ClientId(setup.Options.ClientIdPrefix);

    /// <summary>When the present connection began; null while there is none.</summary>
    public DateTimeOffset? ConnectedSince { get; private set; }

    /// <summary>Why there is no connection; null while there is one.</summary>
    public OutsideFault? Fault { get; private set; }

    public long Received => _receivedBefore + (_deliveries?.Received ?? 0);

    public long Redelivered => _redeliveredBefore + (_deliveries?.Redelivered ?? 0);

    public int Unacknowledged => _deliveries?.Unacknowledged ?? 0;

    /// <summary>Connections lost or not come about.</summary>
    public int Failures { get; private set; }

    /// <summary>Of the guard: true when the share brings everything, and what comes by the guard is acknowledged unread.</summary>
    public bool IsWhole => _guard is { IsWhole: true };

    /// <summary>True when the broker says so now that this session is subscribed.</summary>
    public async Task<bool> IsSubscribedAsync(CancellationToken cancellation)
    {
        if (_subscribed is not { } connection) return false;
        if (setup.Options.SharedFilters.Count == 0) return true;
        try
        {
            // The same subscription once more changes nothing, and its answer comes from the broker that runs now.
            await connection.SubscribeAsync(setup.Options.SharedFilters, MqttQualityOfServiceLevel.AtLeastOnce, cancellation);
            return true;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && e is OutsideFaultException or MqttCommunicationException or TimeoutException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }

    public void Start() => _running = RunAsync();

    /// <summary>Takes no more, acknowledges what is durable, and leaves the session to the broker.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var backoff = new Backoff(Random.Shared);
        try
        {
            while (true)
            {
                // Only a host that the others can see alive may take messages: else one of them is taking over this session just now.
                await link.Confirmed.WaitAsync(_stop.Token);
                var began = time.GetTimestamp();
                if (await ServeAsync() is not { } fault) return;
                Failures++;
                backoff.Held(time.GetElapsedTime(began));
                var wait = backoff.Next();
                log.LogWarning("Outside broker {Address}, session {Client}: {What}. Trying again in {Seconds:0.0} s", setup.Address, ClientId, fault.What, wait.TotalSeconds);
                await Task.Delay(wait, time, _stop.Token);
            }
        }
        catch (Exception e) when (_stop.IsCancellationRequested)
        {
            // MQTTnet wraps the end of a connection that was being made into an exception of its own.
            if (e is not OperationCanceledException) log.LogDebug(e, "Outside broker {Address}, session {Client}: ended while it connected", setup.Address, ClientId);
            ConnectedSince = null;
        }
    }

    // Null when it was stopped.
    private async Task<OutsideFault?> ServeAsync()
    {
        using var deliveries = new Deliveries(intake, _source, setup.Options.InFlightMax);
        _deliveries = deliveries;
        _guard = name.IsGuard ? new ShareGuard(setup, deliveries, shareStands, time) : null;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        try
        {
            // Hosts have one session of Sparkplug and one name in it: who takes it over throws the one before out, whose will then comes first.
            var state = name == SessionName.Sparkplug ? sparkplug.NewState() : null;
            await using var connection = await OutsideConnection.OpenAsync(setup, ClientId, client => state?.AddWill(client), TakerFor(deliveries), _stop.Token);
            Look(connection);
            await SubscribeAsync(connection);
            await SayAsync(connection, state, true);
            _wasKept = true;
            Fault = null;
            ConnectedSince = time.GetUtcNow();
            if (name.IsOfShare) _subscribed = connection;
            if (!name.IsGuard) log.LogInformation("Outside broker {Address}: session {Client} takes messages", setup.Address, ClientId);
            var stopped = Task.Delay(Timeout.InfiniteTimeSpan, time, _stop.Token);
            var first = await Task.WhenAny(connection.Ended, deliveries.Failed, _guard?.FailedAsync(connection, over.Token) ?? connection.Ended, stopped);
            if (first != stopped)
            {
                Fault = await (Task<OutsideFault>)first;
                connection.Abort(Fault);
                return Fault;
            }
            await deliveries.DrainAsync(time);
            await SayAsync(connection, state, false);
            await connection.CloseAsync();
            return null;
        }
        catch (OutsideFaultException e)
        {
            return Fault = e.Fault;
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            return Fault = OutsideFault.OfLoss(e, log);
        }
        finally
        {
            ConnectedSince = null;
            _subscribed = null;
            await over.CancelAsync();
            _receivedBefore += deliveries.Received;
            _redeliveredBefore += deliveries.Redelivered;
            _deliveries = null;
        }
    }

    private Func<MqttApplicationMessageReceivedEventArgs, Task> TakerFor(Deliveries deliveries) => name switch
    {
        { IsGuard: true } => _guard!.TakeAsync,
        // A retained one was taken when it was sent: each new subscription would bring it again.
        { IsRaw: true } => received => received.ApplicationMessage.Retain ? deliveries.PassAsync(received) : deliveries.TakeAsync(received),
        _ => deliveries.TakeAsync,
    };

    private async Task SubscribeAsync(OutsideConnection connection)
    {
        var options = setup.Options;
        if (_guard is not null)
        {
            // Switched off after it was on: the broker must not go on filling it.
            if (!options.Guard) await connection.UnsubscribeAsync(_guard.Filters, _stop.Token);
            else await connection.SubscribeAsync(_guard.Filters, MqttQualityOfServiceLevel.AtLeastOnce, _stop.Token);
            return;
        }
        if (name.IsOfShare && options.OldFilters.Count > 0) await connection.UnsubscribeAsync(options.OldFilters, _stop.Token);
        // A host that does not ask for these itself serves them for those that do.
        var filters = name.IsOfShare ? options.SharedFilters
            : name.IsRaw ? options.RawFilters is { Count: > 0 } raw ? raw : OutsideOptions.DefaultRawFilters
            : options.SparkplugFilters is { Count: > 0 } own ? own : [$"{SparkplugTopic.Prefix}#"];
        if (filters.Count > 0) await connection.SubscribeAsync(filters, MqttQualityOfServiceLevel.AtLeastOnce, _stop.Token);
    }

    private async Task SayAsync(OutsideConnection connection, HostState? state, bool isOnline)
    {
        if (state is null) return;
        try
        {
            await connection.PublishAsync(state.Message(isOnline), CancellationToken.None);
        }
        catch (OutsideFaultException e) when (e.Fault.Kind == OutsideFaultKind.Refused)
        {
            // An access list from before this topic: nodes that look for no primary host lose nothing.
            log.LogWarning("Outside broker {Address}, session {Client}: {What}", setup.Address, ClientId, e.Fault.What);
        }
    }

    private void Look(OutsideConnection connection)
    {
        var answer = connection.Answer;
        if (_wasKept && !answer.IsSessionPresent)
            log.LogError(
                "Outside broker {Address} has forgotten session {Client}, a new one is made: what it had acknowledged to gateways and not yet given to this host is lost. "
                + "Let it keep sessions on disk and save them often (mosquitto: persistence true, autosave_interval 10)", setup.Address, ClientId);
        if (!setup.Options.IsVersion5) return;
        if (!answer.SharedSubscriptionAvailable)
            throw new OutsideFaultException(new OutsideFault(OutsideFaultKind.Subscription, "the broker offers no shared subscriptions. Use another broker, or let the embedded one take the messages"));
        // 0 stands for no answer: then what was asked for holds.
        if (answer.SessionExpiryInterval is > 0 and var seconds && seconds < setup.Options.SessionExpiry.TotalSeconds)
            log.LogWarning("Outside broker {Address} keeps sessions for {Seconds} s only, less than Mqtt:Outside:SessionExpiry: a host that is away longer loses what waits for it", setup.Address, seconds);
    }
}

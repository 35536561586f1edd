using System.Buffers;
using System.Globalization;
using System.Text;
using LuohuIOC.DeviceProtocol;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.Ingestion.Outside;

/// <summary>
/// This host's own connection to the broker beside those of the share: by it the host says that it lives and hears who else does, hears every
/// gateway's status and every reply, and sends commands. Nobody ever takes it over.
/// </summary>
internal sealed class OutsideLink(OutsideSetup setup, PublishIntake intake, TimeProvider time, ILogger<OutsideLink> log)
{
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EchoMax = TimeSpan.FromSeconds(10);

    private const string Online = "online";
    private const string Offline = "offline";
    private const string DroppedTopic = "$SYS/broker/publish/messages/dropped";

    private readonly HostRoster _roster = new(setup.Host, setup.Options.SilenceMax);
    private readonly Lock _gate = new();
    private readonly long _born = time.GetTimestamp();
    // Tells two hosts of one name apart, and this one's word from what an earlier start has left.
    private readonly string _instance = Guid.NewGuid().ToString("N");
    private TaskCompletionSource _confirmed = NewSource();
    private TaskCompletionSource _echo = NewSource();
    private volatile OutsideConnection? _connection;
    private long _dropped = -1;

    /// <summary>Completes once the broker has told every other host that this one lives; a new one after every loss.</summary>
    public Task Confirmed => Volatile.Read(ref _confirmed).Task;

    public bool IsConfirmed => Confirmed.IsCompletedSuccessfully;

    /// <summary>Why there is no connection; null while there is one.</summary>
    public OutsideFault? Fault { get; private set; }

    /// <summary>Connections lost or not come about.</summary>
    public int Failures { get; private set; }

    /// <summary>Messages that the broker says it has thrown away, for all its clients; null when it does not say.</summary>
    public long? Dropped => Interlocked.Read(ref _dropped) is >= 0 and var dropped ? dropped : null;

    /// <summary>Called when who lives or who has how many sessions has changed.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>The sessions that this host is to serve now.</summary>
    public IReadOnlySet<SessionName> Serves()
    {
        lock (_gate) return _roster.Serves(Now);
    }

    public bool IsAlive(string host)
    {
        lock (_gate) return _roster.IsAlive(host, Now);
    }

    // Nobody's own: one of the living hosts serves each.
    private IEnumerable<SessionName> CommonSessions
    {
        get
        {
            if (setup.Options.SparkplugFilters.Count > 0) yield return SessionName.Sparkplug;
            if (setup.Options.RawFilters.Count > 0) yield return SessionName.RawOf(setup.Options.Group);
            if (setup.Options is { Guard: true, PlainFilters.Count: > 0 }) yield return SessionName.GuardOf(setup.Options.Group);
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_born);

    /// <summary>Sends a message; completes when the broker has it.</summary>
    /// <exception cref="OutsideFaultException">There is no connection, or the broker refuses it.</exception>
    public Task PublishAsync(MqttApplicationMessage message, CancellationToken cancellation) =>
        _connection is { } connection
            ? connection.PublishAsync(message, cancellation)
            : Task.FromException(new OutsideFaultException(Fault ?? new OutsideFault(OutsideFaultKind.Closed, "there is no connection yet")));

    /// <summary>Runs until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var backoff = new Backoff(Random.Shared);
        while (!stop.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            if (await ServeAsync(stop) is not { } fault) return;
            Failures++;
            backoff.Held(time.GetElapsedTime(began));
            var wait = backoff.Next();
            log.LogWarning("Outside broker {Address}: {What}. Trying again in {Seconds:0.0} s; gateways' messages wait at the broker", setup.Address, fault.What, wait.TotalSeconds);
            await Task.Delay(wait, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Null when it was stopped.
    private async Task<OutsideFault?> ServeAsync(CancellationToken stop)
    {
        using var deliveries = new Deliveries(intake, new OutsideSource(() => HasOthers), setup.Options.InFlightMax);
        _echo = NewSource();
        try
        {
            await using var connection = await OutsideConnection.OpenAsync(
                setup, $"{setup.Options.ClientIdPrefix}-{setup.Host}",
                will => will.WithWillTopic(setup.HostTopic(setup.Host, "presence")).WithWillPayload(Offline).WithWillRetain().WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce),
                received => TakeAsync(received, deliveries), stop);
            await SubscribeAsync(connection, stop);
            await IntroduceAsync(connection, stop);
            await BeatAsync(connection, deliveries, stop);
            if (!stop.IsCancellationRequested) return Fault;
            await deliveries.DrainAsync(time);
            await SayAsync(connection, setup.Host, "presence", Offline, CancellationToken.None);
            await connection.CloseAsync();
            return null;
        }
        catch (OutsideFaultException e)
        {
            return Fault = e.Fault;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            return Fault = OutsideFault.OfLoss(e, log);
        }
        finally
        {
            _connection = null;
            if (IsConfirmed) Volatile.Write(ref _confirmed, NewSource());
        }
    }

    private async Task SubscribeAsync(OutsideConnection connection, CancellationToken stop)
    {
        lock (_gate) _roster.Anew(Now);
        // Without quality of service, so that a host which was away hears how things are and not how they were.
        await connection.SubscribeAsync([setup.HostTopic("+", "presence"), setup.HostTopic("+", "sessions"), $"{Topic.Prefix}+/status"], MqttQualityOfServiceLevel.AtMostOnce, stop);
        // Not shared: the host that sent a command is the one that knows it.
        await connection.SubscribeAsync([$"{Topic.Prefix}+/+/command/reply"], MqttQualityOfServiceLevel.AtLeastOnce, stop);
        try
        {
            await connection.SubscribeAsync([DroppedTopic], MqttQualityOfServiceLevel.AtMostOnce, stop);
        }
        catch (OutsideFaultException)
        {
            // Not every broker has it or shows it; then nobody can know here what it throws away.
        }
    }

    // The order matters: what was retained comes before the echo, so behind it this host knows who there is.
    private async Task IntroduceAsync(OutsideConnection connection, CancellationToken stop)
    {
        await SayAsync(connection, setup.Host, "presence", $"{Online} {_instance}", stop);
        try
        {
            await _echo.Task.WaitAsync(EchoMax, time, stop);
        }
        catch (TimeoutException)
        {
            throw new OutsideFaultException(new OutsideFault(
                OutsideFaultKind.Subscription, $"the broker does not let user '{setup.Options.User}' read what it writes under luohu/ioc/. Allow it 'readwrite luohu/ioc/#' in the broker's access list"));
        }
        int sessions;
        lock (_gate)
        {
            sessions = Math.Max(_roster.SessionsOf(setup.Host), setup.Options.Connections);
            _roster.HasSessions(setup.Host, sessions, Now);
            foreach (var common in CommonSessions) _roster.HasSessions(common.Host, common.Number, Now);
        }
        if (sessions > setup.Options.Connections)
            log.LogWarning("Outside broker {Address} still keeps {Sessions} sessions of this host, more than Mqtt:Outside:Connections; all are served, so that nothing in them waits for ever", setup.Address, sessions);
        // Each time: a broker that was killed may have forgotten it, and who starts later could not take over what it has not heard of.
        await SayAsync(connection, setup.Host, "sessions", sessions.ToString(CultureInfo.InvariantCulture), stop);
        foreach (var common in CommonSessions) await SayAsync(connection, common.Host, "sessions", common.Number.ToString(CultureInfo.InvariantCulture), stop);
        _connection = connection;
        Fault = null;
        log.LogInformation("Outside broker {Address}: connected as host '{Host}' of group '{Group}'", setup.Address, setup.Host, setup.Options.Group);
        Volatile.Read(ref _confirmed).TrySetResult();
        Changed();
    }

    private async Task BeatAsync(OutsideConnection connection, Deliveries deliveries, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var first = await Task.WhenAny(connection.Ended, deliveries.Failed, Task.Delay(BeatEvery, time, stop));
            if (first is Task<OutsideFault> over)
            {
                Fault = await over;
                if (Fault.Kind == OutsideFaultKind.TakenOver)
                    log.LogError("Outside broker {Address}: another host calls itself '{Host}'. Give each its own Mqtt:Outside:Host", setup.Address, setup.Host);
                connection.Abort(Fault);
                return;
            }
            if (!stop.IsCancellationRequested) await SayAsync(connection, setup.Host, "presence", $"{Online} {_instance}", stop);
        }
    }

    private Task SayAsync(OutsideConnection connection, string host, string leaf, string word, CancellationToken cancellation) => connection.PublishAsync(
        new MqttApplicationMessageBuilder().WithTopic(setup.HostTopic(host, leaf)).WithPayload(word).WithRetainFlag()
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build(),
        cancellation);

    private Task TakeAsync(MqttApplicationMessageReceivedEventArgs received, Deliveries deliveries)
    {
        var message = received.ApplicationMessage;
        if (message.Topic == DroppedTopic) LookAtDropped(Word(message));
        // luohu/ioc/ioc/host-a/presence
        else if (message.Topic.Split('/') is ["luohu", "ioc", _, var host, var leaf]) Hear(host, leaf, Word(message), message.Retain);
        // A status that was taken back says nothing.
        else if (!message.Payload.IsEmpty || !message.Retain) return deliveries.TakeAsync(received);
        return Task.CompletedTask;
    }

    private void Hear(string host, string leaf, string word, bool retained)
    {
        bool news;
        lock (_gate)
        {
            if (leaf == "sessions")
                news = int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && _roster.HasSessions(host, count, Now);
            else if (host == setup.Host)
                news = HearSelf(word, retained);
            else
                news = word.Length > 0 && _roster.Heard(host, word.StartsWith(Online, StringComparison.Ordinal), Now);
        }
        if (news) Changed();
    }

    private bool HearSelf(string word, bool retained)
    {
        if (word == $"{Online} {_instance}") _echo.TrySetResult();
        else if (!retained && word.StartsWith(Online, StringComparison.Ordinal))
            log.LogError("Outside broker {Address}: another host calls itself '{Host}'. Give each its own Mqtt:Outside:Host", setup.Address, setup.Host);
        return false;
    }

    private void LookAtDropped(string word)
    {
        if (!long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var dropped)) return;
        var before = Interlocked.Exchange(ref _dropped, dropped);
        if (before >= 0 && dropped > before)
            log.LogError("Outside broker {Address} has thrown {Count} messages away. Raise its bound on waiting messages (mosquitto: max_queued_messages 0)", setup.Address, dropped - before);
    }

    private bool HasOthers
    {
        get
        {
            lock (_gate) return _roster.Others > 0;
        }
    }

    private static string Word(MqttApplicationMessage message) => message.Payload.Length <= 256 ? Encoding.UTF8.GetString(message.Payload.ToArray()) : "";

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

using System.Collections;
using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Identity;
using LuohuIOC.Ingestion.Commands;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Ingestion.Sparkplug;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace LuohuIOC.Ingestion.Broker;

/// <summary>Who may connect and subscribe, and where the broker hands publishes and acknowledgements over.</summary>
public sealed class BrokerEvents(
    BrokerIntake intake, SparkplugHost sparkplug, GatewaySecrets secrets, GatewayCertificates certificates, RefusedConnections refused, GatewayBoard gateways, ReaderTopics readers, IOptions<MqttOptions> options, TimeProvider time, ILogger<BrokerEvents> log)
{
    /// <summary>Connections of one gateway, or of readers with one token; a gateway needs one, and a second while the first hangs.</summary>
    public const int ConnectionsMax = 1_000;

    /// <summary>Longest client name and longest filter; the contract's filters are shorter.</summary>
    public const int NameLengthMax = 256;

    /// <summary>Lines in the log about filters that one connection was refused; all of them are answered.</summary>
    private const int RefusedFiltersToldMax = 10;

    private static readonly object RefusedFilters = new();

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    // Every gateway's connection, anonymous ones too.
    private readonly ConcurrentDictionary<GatewaySession, bool> _sessions = new();
    private MqttServer? _server;
    private HostState? _state;
    private volatile bool _closing;

    public void Attach(MqttServer server)
    {
        _server = server;
        secrets.Withdrawn += Withdraw;
        readers.Attach(server);
        server.ClientConnectedAsync += Connected;
        server.ValidatingConnectionAsync += Validate;
        server.InterceptingInboundPacketAsync += CheckPublish;
        server.InterceptingPublishAsync += intake.Take;
        server.InterceptingOutboundPacketAsync += intake.BeforeSend;
        server.InterceptingSubscriptionAsync += CheckSubscription;
        server.ClientUnsubscribedTopicAsync += Unsubscribed;
        server.ClientDisconnectedAsync += Disconnected;
        server.StartedAsync += _ => SayOnline(server);
        sparkplug.Publish = message => Inject(server, message);
    }

    // The key and not a client's name tells the broker's own messages apart: any client may call itself anything.
    private static Task Inject(MqttServer server, MqttApplicationMessage message) => server.InjectApplicationMessage(
        new InjectedMqttApplicationMessage(message) { SenderClientId = "luohu-ioc", CustomSessionItems = new Hashtable { [CommandPublisher.Key] = true } });

    private Task SayOnline(MqttServer server) => Inject(server, (_state = sparkplug.NewState()).Message(true));

    /// <summary>True when a gateway may subscribe to the filter: its own commands, of one sensor or of all, those of Sparkplug, and the state of Sparkplug's hosts.</summary>
    internal static bool MaySubscribe(string filter, string? gateway)
    {
        // luohu/v1/gw-1/+/command, luohu/v1/gw-1/outfall-001/command
        var levels = filter.Split('/');
        // spBv1.0/STATE/luohu-ioc, spBv1.0/STATE/+, spBv1.0/STATE/#
        if (levels is ["spBv1.0", "STATE", { Length: > 0 }]) return true;
        // spBv1.0/water/NCMD/gw-1, spBv1.0/water/DCMD/gw-1/+, spBv1.0/water/DCMD/gw-1/#: nobody else's are below a node's own
        if (levels is ["spBv1.0", not ("+" or "#"), "NCMD" or "DCMD", var node, .. var device])
            return Topic.IsId(node) && (gateway is null || node == gateway) && (device is ["#"] || device.Length == (levels[2] == "DCMD" ? 1 : 0));
        return levels is ["luohu", "v1", var own, var sensor, "command"] && Topic.IsId(own) && (gateway is null || own == gateway)
            && (sensor == "+" || Topic.IsId(sensor));
    }

    /// <summary>
    /// Takes no connection and no publish any more, lets the acknowledgements leave that are owed, then ends the connections: a gateway that waits for
    /// none has lost nothing, and Kestrel need not wait for connections that would never end of themselves.
    /// </summary>
    /// <param name="owed">Completes when everything taken is durable.</param>
    /// <param name="cancellation">Ends the waiting; the connections are ended all the same.</param>
    public async Task CloseAsync(Func<Task> owed, CancellationToken cancellation)
    {
        if (_server is null) return;
        _closing = true;
        intake.Close();
        if (_server.IsStarted && _state is { } state) await Inject(_server, state.Message(false));
        try
        {
            await owed().WaitAsync(cancellation);
            while (_sessions.Keys.Any(s => s.Pending > 0)) await Task.Delay(BetweenLooks, time, cancellation);
            // What has been taken from the queue is on its way to the socket.
            await Task.Delay(BetweenLooks, time, cancellation);
        }
        catch (OperationCanceledException)
        {
            log.LogWarning("MQTT: {Connections} connections are ended with acknowledgements owed; their gateways send again.", _sessions.Keys.Count(s => s.Pending > 0));
        }
        await _server.StopAsync(new MqttServerStopOptions { DefaultClientDisconnectOptions = new() { ReasonCode = MqttDisconnectReasonCode.ServerShuttingDown } });
    }

    private Task Validate(ValidatingConnectionEventArgs connection)
    {
        if (_closing)
        {
            connection.ReasonCode = MqttConnectReasonCode.ServerUnavailable;
            return Task.CompletedTask;
        }
        // A connection that comes while the one before it still hangs would be given that one's session, with who it was and what it waits for, and acknowledgements
        // would leave for commits that were another's. Nothing is kept for those who are away, so each connection begins anew, and is told so.
        PacketOf(connection).CleanSession = true;
        // Before anything is refused: of a client without a name MQTTnet would say that its name is not valid, whatever the reason was.
        var clientId = PacketOf(connection).ClientId = NameOf(connection);
        // It stands in log lines, and in memory as long as the connection lives.
        if (clientId.Length > NameLengthMax || clientId.Any(char.IsControl))
        {
            connection.ReasonCode = MqttConnectReasonCode.ClientIdentifierNotValid;
            return Task.CompletedTask;
        }
        string? gateway = null;
        object? right = null;
        if ((string.IsNullOrEmpty(connection.UserName) || !secrets.Knows(connection.UserName)) && readers.Open(connection.Password, clientId, out var isFull) is { } reader)
        {
            PacketOf(connection).ClientId = reader.ClientId;
            if (isFull) return Full(connection, reader.ClientId);
            connection.SessionItems[ReaderSession.Key] = reader;
            return Task.CompletedTask;
        }
        if (connection.ClientCertificate is { } certificate)
        {
            gateway = GatewayCertificates.GatewayOf(certificate, connection.UserName);
            if (gateway is null || !secrets.MayConnect(gateway))
            {
                connection.ReasonCode = MqttConnectReasonCode.NotAuthorized;
                certificates.Refuse(RejectionReason.CertificateName, certificate, connection.RemoteEndPoint);
                return Task.CompletedTask;
            }
            right = secrets.RightOf(gateway);
        }
        else if (!(options.Value.AllowAnonymous && IsLoopback(connection.RemoteEndPoint)))
        {
            gateway = connection.UserName;
            right = string.IsNullOrEmpty(gateway) ? null : secrets.RightOf(gateway);
            if (string.IsNullOrEmpty(gateway) || connection.RawPassword is null || !secrets.Verify(gateway, connection.RawPassword))
            {
                connection.ReasonCode = MqttConnectReasonCode.BadUserNameOrPassword;
                refused.Refuse(gateway is null || !secrets.Knows(gateway) ? RejectionReason.GatewayUnknown : secrets.IsDisabled(gateway) ? RejectionReason.GatewayDisabled : RejectionReason.SecretWrong,
                    gateway ?? "", connection.RemoteEndPoint);
                return Task.CompletedTask;
            }
        }
        // Within the broker a name is the gateway's own: nobody throws another gateway's connection out by taking its name.
        if (gateway is not null) clientId = $"{gateway}/{clientId}";
        // One that comes again under its name takes its own place.
        if (gateway is not null && gateways.ConnectionsOf(gateway) is { Length: >= ConnectionsMax } open && !Array.Exists(open, s => s.ClientId == clientId)) return Full(connection, clientId);
        PacketOf(connection).ClientId = clientId;
        connection.SessionItems[GatewaySession.Key] = new GatewaySession(gateway, right, clientId, options.Value.RateMax, time) { Remote = connection.RemoteEndPoint };
        return Task.CompletedTask;
    }

    private Task CheckPublish(InterceptingPacketEventArgs inbound)
    {
        if (inbound.Packet is not MqttPublishPacket publish) return Task.CompletedTask;
        // No acknowledgement could name it, and its sender would send it for ever (MQTT 5, 2.2.1).
        if (publish is { PacketIdentifier: 0, QualityOfServiceLevel: not MqttQualityOfServiceLevel.AtMostOnce })
            return EndAsync(inbound, MqttDisconnectReasonCode.ProtocolError, $"a publish of QoS {(int)publish.QualityOfServiceLevel} with packet identifier 0");
        // Before the broker remembers it; a publish that has come through says nothing of its alias any more.
        return publish.TopicAlias > BrokerIntake.TopicAliasMax || (publish.TopicAlias > 0 && publish.Topic?.Length > BrokerIntake.AliasedTopicLengthMax)
            ? EndAsync(inbound, MqttDisconnectReasonCode.TopicAliasInvalid, $"topic alias {publish.TopicAlias} for a topic of {publish.Topic?.Length ?? 0} characters")
            : Task.CompletedTask;
    }

    private async Task EndAsync(InterceptingPacketEventArgs inbound, MqttDisconnectReasonCode reason, string what)
    {
        inbound.ProcessPacket = false;
        log.LogWarning("MQTT: client {Client} is disconnected: {What}", inbound.ClientId, what);
        await _server!.DisconnectClientAsync(inbound.ClientId, new MqttServerClientDisconnectOptions { ReasonCode = reason });
    }

    private Task Full(ValidatingConnectionEventArgs connection, string clientId)
    {
        connection.ReasonCode = MqttConnectReasonCode.QuotaExceeded;
        log.LogDebug("MQTT: client {Client} is turned away: {Max} connections of its kind are open", clientId, ConnectionsMax);
        return Task.CompletedTask;
    }

    // MQTT lets a client leave its name to the server (3.1.1, 3.1.3.1), and mosquitto_pub does; MQTTnet allows it in MQTT 5 only.
    private static string NameOf(ValidatingConnectionEventArgs connection) =>
        string.IsNullOrEmpty(connection.ClientId) ? connection.AssignedClientIdentifier = $"auto-{Guid.NewGuid():N}" : connection.ClientId;

    private Task Connected(ClientConnectedEventArgs client)
    {
        if (client.SessionItems[GatewaySession.Key] is not GatewaySession session) return Task.CompletedTask;
        _sessions[session] = true;
        if (session.Gateway is not { } gateway) return Task.CompletedTask;
        gateways.Connected(gateway, session, time.GetUtcNow());
        // The secret may have been withdrawn since it was shown, before this connection could be found.
        return ReferenceEquals(secrets.RightOf(gateway), session.Right) ? Task.CompletedTask : DisconnectAsync(session);
    }

    private async Task DisconnectAsync(GatewaySession session)
    {
        log.LogWarning("MQTT: client {Client} is disconnected: the secret of gateway '{Gateway}' was replaced or disabled", session.ClientId, session.Gateway);
        await _server!.DisconnectClientAsync(
            session.ClientId, new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.NotAuthorized });
    }

    /// <summary>
    /// The connection has announced a packet that is too large: a client of MQTT 5 is told why it ends (0x95). Gives the gateway whose it is; null when nobody
    /// has shown a secret on it.
    /// </summary>
    internal async Task<string?> EndTooLargeAsync(EndPoint? remote)
    {
        if (_server is null || _sessions.Keys.FirstOrDefault(s => s.Remote is not null && s.Remote.Equals(remote)) is not { } session) return null;
        await _server.DisconnectClientAsync(session.ClientId, new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.PacketTooLarge });
        return session.Gateway;
    }

    private void Withdraw(string gateway)
    {
        foreach (var session in gateways.ConnectionsOf(gateway)) _ = Guarded(session);
    }

    private async Task Guarded(GatewaySession session)
    {
        try
        {
            await DisconnectAsync(session);
        }
        catch (Exception e)
        {
            log.LogError(e, "MQTT: client {Client} could not be disconnected", session.ClientId);
        }
    }

    private Task CheckSubscription(InterceptingSubscriptionEventArgs subscription)
    {
        var filter = subscription.TopicFilter.Topic;
        var session = subscription.SessionItems[GatewaySession.Key] as GatewaySession;
        var may = filter.Length <= NameLengthMax && (session is null ? readers.Exists(filter) : MaySubscribe(filter, session.Gateway));
        if (may && (session is null || session.Subscribe(filter))) return Task.CompletedTask;
        subscription.ProcessSubscription = false;
        subscription.Response.ReasonCode = may ? MqttSubscribeReasonCode.QuotaExceeded : MqttSubscribeReasonCode.NotAuthorized;
        var refused = (subscription.SessionItems[RefusedFilters] as int? ?? 0) + 1;
        subscription.SessionItems[RefusedFilters] = refused;
        if (refused <= RefusedFiltersToldMax)
            log.LogWarning("MQTT: client {Client} may not subscribe to {Filter}{More}", subscription.ClientId, Rejection.Cut(filter, NameLengthMax), may ? ": it has as many filters as it may have" : "");
        return Task.CompletedTask;
    }

    private static Task Unsubscribed(ClientUnsubscribedTopicEventArgs unsubscribed)
    {
        (unsubscribed.SessionItems[GatewaySession.Key] as GatewaySession)?.Unsubscribe(unsubscribed.TopicFilter);
        return Task.CompletedTask;
    }

    private Task Disconnected(ClientDisconnectedEventArgs client)
    {
        if (client.SessionItems[GatewaySession.Key] is not GatewaySession session) return Task.CompletedTask;
        _sessions.TryRemove(session, out _);
        if (session.Gateway is { } gateway) gateways.Disconnected(gateway, session, time.GetUtcNow());
        return Task.CompletedTask;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_connectPacket")]
    private static extern ref MqttConnectPacket PacketOf(ValidatingConnectionEventArgs connection);

    private static bool IsLoopback(EndPoint? remote) => remote is IPEndPoint ip && IPAddress.IsLoopback(ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address);
}

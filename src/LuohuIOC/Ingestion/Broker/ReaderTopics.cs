using System.Collections;
using System.Collections.Concurrent;
using LuohuIOC.Identity;
using LuohuIOC.Ingestion.Commands;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace LuohuIOC.Ingestion.Broker;

/// <summary>
/// What readers (<see cref="ReaderSession"/>) are subscribed to, and the way to them. Only whole topics are subscribed to, so whoever publishes
/// can ask what is wanted and make nothing else. A reader that does not keep up loses its oldest messages (MQTTnet's bound, 250 a client).
/// </summary>
public sealed class ReaderTopics(TokenBook tokens, TimeProvider time, ILogger<ReaderTopics> log)
{
    private static readonly TimeSpan LookAtTokensEvery = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Client, string Topic), byte> _subscriptions = new();
    private readonly ConcurrentDictionary<string, ReaderSession> _sessions = new(StringComparer.Ordinal);
    private volatile string[] _topics = [];
    private MqttServer? _server;
    private long _lookedAt;

    /// <summary>Which topics there are to subscribe to; none until a feature says so.</summary>
    public Func<string, bool> Exists { get; set; } = _ => false;

    /// <summary>Topics that somebody is subscribed to at this moment; another array after every change.</summary>
    public string[] Wanted => _topics;

    internal void Attach(MqttServer server)
    {
        _server = server;
        server.ClientSubscribedTopicAsync += Subscribed;
        server.ClientUnsubscribedTopicAsync += Unsubscribed;
        server.SessionDeletedAsync += Deleted;
        tokens.Revoked += id => EndWhere(s => s.TokenId == id);
    }

    /// <summary>
    /// The session of a connection whose password is a token; null when it is none. Any role may read. <paramref name="isFull"/> is true when the token has as
    /// many connections as it may have; one that comes again under its name takes its own place.
    /// </summary>
    internal ReaderSession? Open(string? password, string clientId, out bool isFull)
    {
        isFull = false;
        if (password is null || tokens.Check(password, out var token) != TokenVerdict.Valid) return null;
        var session = new ReaderSession(token!.Id, $"reader:{token.Id}/{clientId}");
        isFull = !_sessions.ContainsKey(session.ClientId) && _sessions.Values.Count(s => s.TokenId == session.TokenId) >= BrokerEvents.ConnectionsMax;
        if (!isFull) _sessions[session.ClientId] = session;
        return session;
    }

    /// <summary>Sends a message to all who are subscribed to its topic, each with the quality of service it asked for, at most 1.</summary>
    public Task PublishAsync(string topic, byte[] payload)
    {
        if (_server is not { } server) return Task.CompletedTask;
        EndExpired();
        var message = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build();
        return server.InjectApplicationMessage(
            new InjectedMqttApplicationMessage(message) { SenderClientId = "luohu-ioc", CustomSessionItems = new Hashtable { [CommandPublisher.Key] = true } });
    }

    private Task Subscribed(ClientSubscribedTopicEventArgs subscribed)
    {
        if (subscribed.SessionItems[ReaderSession.Key] is not ReaderSession session) return Task.CompletedTask;
        _sessions[session.ClientId] = session;
        if (_subscriptions.TryAdd((session.ClientId, subscribed.TopicFilter.Topic), 0)) Publish();
        return Task.CompletedTask;
    }

    private Task Unsubscribed(ClientUnsubscribedTopicEventArgs unsubscribed)
    {
        if (_subscriptions.TryRemove((unsubscribed.ClientId, unsubscribed.TopicFilter), out _)) Publish();
        return Task.CompletedTask;
    }

    private Task Deleted(SessionDeletedEventArgs deleted)
    {
        _sessions.TryRemove(deleted.Id, out _);
        foreach (var key in _subscriptions.Keys.Where(k => k.Client == deleted.Id)) _subscriptions.TryRemove(key, out _);
        Publish();
        return Task.CompletedTask;
    }

    private void Publish() => _topics = [.. _subscriptions.Keys.Select(k => k.Topic).Distinct(StringComparer.Ordinal)];

    private void EndExpired()
    {
        var looked = Interlocked.Read(ref _lookedAt);
        if (time.GetElapsedTime(looked) < LookAtTokensEvery || Interlocked.CompareExchange(ref _lookedAt, time.GetTimestamp(), looked) != looked) return;
        var now = time.GetUtcNow();
        EndWhere(s => tokens.Find(s.TokenId)?.IsUsable(now) != true);
    }

    private void EndWhere(Func<ReaderSession, bool> ended)
    {
        foreach (var session in _sessions.Values.Where(ended)) _ = EndAsync(session);
    }

    private async Task EndAsync(ReaderSession session)
    {
        try
        {
            log.LogWarning("MQTT: reader {Client} is disconnected: its token is no longer valid", session.ClientId);
            await _server!.DisconnectClientAsync(session.ClientId, new MqttServerClientDisconnectOptions { ReasonCode = MqttDisconnectReasonCode.NotAuthorized });
            _sessions.TryRemove(session.ClientId, out _);
        }
        catch (Exception e)
        {
            log.LogError(e, "MQTT: reader {Client} could not be disconnected", session.ClientId);
        }
    }
}

using LuohuIOC.DeviceProtocol;
using MQTTnet.Server;

namespace LuohuIOC.Ingestion.Commands;

/// <summary>Which command topics clients of the embedded broker are subscribed to, one device's or a gateway's all; an anonymous client counts as its gateway.</summary>
public sealed class CommandSubscribers
{
    private readonly Dictionary<string, HashSet<string>> _clientsByFilter = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>A gateway, and one of its sensors or null for all, whose commands somebody has just subscribed to.</summary>
    public event Action<string, string?>? Subscribed;

    public void Attach(MqttServer server)
    {
        server.ClientSubscribedTopicAsync += e => Add(e.ClientId, e.TopicFilter.Topic);
        server.ClientUnsubscribedTopicAsync += e => Remove(e.ClientId, e.TopicFilter);
        server.SessionDeletedAsync += e => Remove(e.Id, null);
    }

    public bool Any(string gateway, string sensor)
    {
        lock (_gate) return _clientsByFilter.ContainsKey(Topic.Command(gateway, "+")) || _clientsByFilter.ContainsKey(Topic.Command(gateway, sensor));
    }

    private Task Add(string client, string filter)
    {
        // luohu/v1/gw-1/+/command, luohu/v1/gw-1/outfall-001/command
        if (filter.Split('/') is not ["luohu", "v1", var gateway, var sensor, "command"]) return Task.CompletedTask;
        lock (_gate)
        {
            if (!_clientsByFilter.TryGetValue(filter, out var clients)) _clientsByFilter[filter] = clients = new HashSet<string>(StringComparer.Ordinal);
            clients.Add(client);
        }
        Subscribed?.Invoke(gateway, sensor == "+" ? null : sensor);
        return Task.CompletedTask;
    }

    private Task Remove(string client, string? filter)
    {
        lock (_gate)
        {
            foreach (var (known, clients) in _clientsByFilter)
                if ((filter is null || known == filter) && clients.Remove(client) && clients.Count == 0) _clientsByFilter.Remove(known);
        }
        return Task.CompletedTask;
    }
}

using System.Buffers;
using System.Collections.Concurrent;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Sparkplug;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Registry;
using LuohuIOC.Storage;
using Microsoft.Extensions.Options;
using MQTTnet;
using MQTTnet.Protocol;

namespace LuohuIOC.Ingestion.Sparkplug;

/// <summary>
/// The host application's side of Sparkplug B. A node is a gateway, its devices are sensors of the same ids. Values become telemetry of the
/// contract before they are journalled, because an alias means something only behind its birth; a node that missed a message or a
/// birth is asked for its births again, at most once in <see cref="AskAgain"/>. A death makes the gateway offline until the next birth.
/// </summary>
public sealed class SparkplugHost(
    FrameMetrics metrics, SensorRegistry registry, GatewayBoard gateways, IOptions<SparkplugOptions> options, TimeProvider time, ILogger<SparkplugHost> log)
{
    /// <summary>Nodes that are known at once: beyond it the one that has been silent longest is forgotten, and asked for its births when it speaks again.</summary>
    internal const int NodesMax = 20_000;

    /// <summary>Groups that one gateway may speak in at once: inventing more, it has its own oldest forgotten and nobody else's.</summary>
    internal const int GroupsMax = 16;

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Node> _nodes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _nodesOf = new(StringComparer.Ordinal);

    /// <summary>Told of every sensor that has died (false) and been born (true): its latest values are stale in between.</summary>
    public Action<string, bool>? LivenessChanged { get; set; }

    /// <summary>Set once the broker runs: how a command leaves.</summary>
    public Func<MqttApplicationMessage, Task>? Publish { get; set; }

    /// <summary>True when the gateway may publish the message: it is the node's own, and from the node upwards.</summary>
    public static bool MayPublish(SparkplugTopic topic, string? gateway) =>
        (gateway is null || topic.Node == gateway) && topic.Message is not (SparkplugMessage.NodeCommand or SparkplugMessage.DeviceCommand);

    /// <summary>What a broker is told from now on.</summary>
    public HostState NewState() => new(options.Value.HostId, time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Forgets every birth: what was seen of the nodes has an end here, and each is asked for its births with its next message.</summary>
    public void Forget()
    {
        _nodes.Clear();
        _nodesOf.Clear();
    }

    /// <summary>
    /// Takes a message; gives the telemetry of the contract that it amounts to (none: empty), the metrics that cannot be any of their sensors' (of each
    /// device the first), and a reason when something in it was not understood. What says no time is of its receipt.
    /// </summary>
    public RejectionReason Take(SparkplugTopic topic, ReadOnlySpan<byte> payload, IBufferWriter<byte> telemetry, List<Refusal> refusals)
    {
        if (SparkplugPayload.Parse(payload) is not { } parsed) return RejectionReason.FrameInvalid;
        parsed = parsed with { Timestamp = parsed.Timestamp ?? (ulong)time.GetUtcNow().ToUnixTimeMilliseconds() };
        var node = NodeOf(topic);
        SparkplugStep step;
        bool isWhole;
        lock (node)
        {
            step = node.State.Take(topic, parsed);
            if (step.WantsRebirth) Ask(topic, node);
            isWhole = Write(topic, step, node.State.Moments, telemetry, refusals);
        }
        if (topic.Message is SparkplugMessage.NodeBirth) gateways.Set(topic.Node, true, time.GetUtcNow());
        if (topic.Message is SparkplugMessage.NodeDeath && step.Died.Contains("")) gateways.SayAway(topic.Node, time.GetUtcNow(), isSparkplug: true);
        Tell(topic, step, node.State.WasBorn);
        if (step.Died.Count > 0) log.LogInformation("Sparkplug: {Node} says that {Devices} is gone, its values are stale", topic.Node, step.Died.Contains("") ? "it" : step.Died[0]);
        return !isWhole ? RejectionReason.SensorIdInvalid : step.HasUnknown ? RejectionReason.AliasUnknown : RejectionReason.None;
    }

    private Node NodeOf(SparkplugTopic topic)
    {
        var key = $"{topic.Group}/{topic.Node}";
        if (!_nodes.TryGetValue(key, out var node))
        {
            if (_nodes.Count >= NodesMax && _nodes.MinBy(n => n.Value.SpokeAt) is { Key: { } silent } && _nodes.TryRemove(silent, out _))
                log.LogWarning("Sparkplug: over {Max} nodes, {Node} is forgotten until it speaks again", NodesMax, silent);
            var own = _nodesOf.GetOrAdd(topic.Node, static _ => new ConcurrentQueue<string>());
            own.Enqueue(key);
            if (own.Count > GroupsMax && own.TryDequeue(out var oldest)) _nodes.TryRemove(oldest, out _);
            node = _nodes.GetOrAdd(key, _ => new Node());
        }
        node.SpokeAt = time.GetTimestamp();
        return node;
    }

    // A node's death is that of the sensors born through it; when this host saw no birth, of all of the gateway's.
    private void Tell(SparkplugTopic topic, SparkplugStep step, bool wasBorn)
    {
        if (step.Born is { } born) Tell(born, true);
        foreach (var device in step.Died) Tell(device, false);
        if (!step.Died.Contains("") || wasBorn) return;
        foreach (var sensor in registry.All)
            if (sensor.Gateway == topic.Node) Tell(sensor.Id, false);

        // A device that is another gateway's is not this node's to declare dead.
        void Tell(string device, bool alive)
        {
            if (registry.TryFind(device.Length == 0 ? topic.Node : device, out var sensor) && sensor.Gateway == topic.Node) LivenessChanged?.Invoke(sensor.Id, alive);
        }
    }

    // False when the device's id is none of ours: its values are not taken.
    private bool Write(SparkplugTopic topic, SparkplugStep step, SparkplugMoments moments, IBufferWriter<byte> telemetry, List<Refusal> refusals)
    {
        if (!Topic.IsId(topic.Device ?? topic.Node)) return false;
        if (step.Values.Count == 0) return true;
        var writer = new TelemetryWriter(telemetry);
        var written = false;
        // A birth says again what held before it, and this host asks for births: rain of an interval would fall once more with each.
        var isBirth = topic.Message is SparkplugMessage.NodeBirth or SparkplugMessage.DeviceBirth;
        foreach (var device in step.Values.GroupBy(v => v.Device ?? topic.Node))
        {
            var kind = registry.TryFind(device.Key, out var sensor) ? sensor.Kind : SensorKind.Generic;
            if (device.Select(v => v.Name).FirstOrDefault(n => !IsOfProtocol(n) && Metric(kind, n) is null) is { } unknown)
                refusals.Add(new Refusal(RejectionReason.MetricUnknown, device.Key, -1, unknown[..Math.Min(unknown.Length, Topic.IdLengthMax)]));
            if (device.Select(v => v.Value is double.NaN or double.PositiveInfinity or double.NegativeInfinity ? Metric(kind, v.Name)?.Name : null).FirstOrDefault(n => n is not null) is { } infinite)
                refusals.Add(new Refusal(RejectionReason.ValueNotFinite, device.Key, -1, infinite));
            foreach (var moment in device.Where(v => double.IsFinite(v.Value)).GroupBy(v => v.UnixMs).OrderBy(m => m.Key))
            {
                var values = moment.Select(v => (Metric: Metric(kind, v.Name), v.Value, v.IsGood)).Where(v => v.Metric is not null && !(isBirth && IsAmount(kind, v.Metric.Value.Name)))
                    .Select(v => (v.Metric!.Value.Name, Value: v.Value * v.Metric.Value.Factor, v.IsGood)).ToList();
                if (values.Count == 0) continue;
                writer.Sensor(device.Key);
                writer.Reading(moments.TimeOf(device.Key, moment.Key, values.Select(v => (v.Name, v.Value))));
                foreach (var (name, value, _) in values) writer.Value(name, value);
                writer.Bad([.. values.Where(v => !v.IsGood).Select(v => v.Name)]);
                written = true;
            }
        }
        if (written) writer.End();
        return true;
    }

    // waterlog/depth_cm >> depth_cm, which the table translates to depth in metres; of a generic sensor pump1/speed >> pump1_speed, because pump2 has one, too
    private (string Name, double Factor)? Metric(SensorKind kind, string path)
    {
        var name = kind == SensorKind.Generic ? path.Replace('/', '_') : path[(path.LastIndexOf('/') + 1)..];
        if (kind != SensorKind.Generic && metrics.Of(PayloadForm.Senml, kind, name) is { } known) return (System.Text.Encoding.UTF8.GetString(known.Name), known.Factor);
        var plain = name.Replace('-', '_').Replace('.', '_').Replace(' ', '_').ToLowerInvariant();
        var bytes = System.Text.Encoding.UTF8.GetBytes(plain);
        return (kind == SensorKind.Generic ? Topic.IsMetricName(bytes) : KindCatalogue.Of(kind).IndexOf(bytes) >= 0) ? (plain, 1) : null;
    }

    private static bool IsAmount(SensorKind kind, string metric) => KindCatalogue.Of(kind).Metrics.Any(m => m.Shape == MetricShape.Amount && m.Name == metric);

    // What the specification itself names is in every birth, and no sensor's.
    private static bool IsOfProtocol(string name) =>
        name.StartsWith("Device Control/", StringComparison.Ordinal) || name.StartsWith("Properties/", StringComparison.Ordinal);

    private void Ask(SparkplugTopic topic, Node node)
    {
        var now = time.GetUtcNow();
        if (!node.AskAt.HasCome(time) || Publish is not { } publish) return;
        node.AskAt = Moment.After(time, AskAgain);
        var command = new SparkplugTopic(topic.Group, SparkplugMessage.NodeCommand, topic.Node, null);
        log.LogInformation("Sparkplug: {Node} missed something, asked for its births", topic.Node);
        var message = new MqttApplicationMessageBuilder().WithTopic(command.ToString()).WithPayload(SparkplugPayload.Rebirth(now.ToUnixTimeMilliseconds()))
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtMostOnce).Build();
        publish(message).ContinueWith(sent => log.LogWarning(sent.Exception, "Sparkplug: the command to {Node} did not leave", topic.Node), TaskContinuationOptions.OnlyOnFaulted);
    }

    private sealed class Node
    {
        public SparkplugNode State { get; } = new();

        /// <summary>When it may be asked again.</summary>
        public Moment AskAt { get; set; }

        public long SpokeAt { get; set; }
    }
}

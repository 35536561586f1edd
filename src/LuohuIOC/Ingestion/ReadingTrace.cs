using System.Diagnostics;
using MQTTnet.Packets;

namespace LuohuIOC.Ingestion;

/// <summary>
/// One publish that is followed on its way: <c>publish</c> from its receipt to its acknowledgement, and below it <c>journal</c>, <c>sensor</c> with
/// <c>alert</c>, and <c>history</c>. Few are, and while nobody listens none: then a publish costs one look at a field.
/// </summary>
public sealed class ReadingTrace
{
    public const string SourceName = "LuohuIOC.Readings";

    /// <summary>Of so many publishes that carry no <c>traceparent</c> one is followed; 0 for none.</summary>
    public static int OneIn { get; set; } = 10_000;

    private static readonly ActivitySource Source = new(SourceName);
    private static int _passed;

    private readonly Activity _publish;
    private readonly Activity? _journal;

    private ReadingTrace(Activity publish)
    {
        _publish = publish;
        _journal = Stage("journal");
    }

    /// <summary>Index of its first reading in the group.</summary>
    public int First { get; private set; }

    /// <summary>Index behind its last one.</summary>
    public int End { get; private set; }

    /// <summary>Follows a publish, or not.</summary>
    /// <param name="properties">User properties of an MQTT 5 publish; <c>traceparent</c> (W3C) with its sampled flag asks to be followed and continues the sender's trace.</param>
    /// <param name="gateway">Who published.</param>
    public static ReadingTrace? Begin(List<MqttUserProperty>? properties, string gateway)
    {
        if (!Source.HasListeners()) return null;
        var parent = ParentOf(properties);
        if (parent.TraceFlags == ActivityTraceFlags.None && (OneIn == 0 || (uint)Interlocked.Increment(ref _passed) % (uint)OneIn != 0)) return null;
        var publish = Start("publish", ActivityKind.Consumer, parent);
        return publish is null ? null : new ReadingTrace(publish.SetTag("gateway", gateway));
    }

    /// <summary>A stage of its way, to be disposed at its end; null when the listener does not want it.</summary>
    public Activity? Stage(string name) => Start(name, ActivityKind.Internal, _publish.Context);

    /// <summary>Its readings stand in a group now.</summary>
    internal void StandsAt(int first, int end)
    {
        (First, End) = (first, end);
        _publish.SetTag("readings", end - first);
    }

    /// <summary>It is durable, and acknowledged with that.</summary>
    internal void Committed(long position)
    {
        _journal?.SetTag("position", position).Dispose();
        _publish.Dispose();
    }

    // Started on whatever thread is at work, whose own activity must not become this one.
    private static Activity? Start(string name, ActivityKind kind, ActivityContext parent)
    {
        var before = Activity.Current;
        var started = Source.StartActivity(name, kind, parent);
        Activity.Current = before;
        return started;
    }

    private static ActivityContext ParentOf(List<MqttUserProperty>? properties)
    {
        foreach (var property in properties ?? [])
            if (property.Name == "traceparent" && ActivityContext.TryParse(property.ReadValueAsString(), null, isRemote: true, out var parent)) return parent;
        return default;
    }
}

using System.Diagnostics.Metrics;

namespace LuohuIOC.Wall;

/// <summary>Counters of meter <c>LuohuIOC.Wall</c>.</summary>
public sealed class WallMeters
{
    public const string Name = "LuohuIOC.Wall";

    private readonly Counter<long> _alerts;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _framesDropped;
    private readonly Counter<long> _resyncs;
    private readonly Counter<long> _hung;
    private readonly Counter<long> _refused;
    private readonly UpDownCounter<int> _connections;

    public WallMeters(IMeterFactory factory)
    {
        var meter = factory.Create(Name);
        _connections = meter.CreateUpDownCounter<int>("luohu.wall.connections", description: "Browsers connected");
        _alerts = meter.CreateCounter<long>("luohu.wall.alerts.sent", description: "Alert messages sent, summed over browsers");
        _frames = meter.CreateCounter<long>("luohu.wall.frames.sent", description: "Messages of readings sent, summed over browsers");
        _framesDropped = meter.CreateCounter<long>("luohu.wall.frames.dropped", description: "Frames of readings merged into a later one because a browser was slow");
        _resyncs = meter.CreateCounter<long>("luohu.wall.resyncs", description: "Times that a browser's alert queue overflowed and it was told to take a snapshot");
        _hung = meter.CreateCounter<long>("luohu.wall.hung", description: "Browsers disconnected because they took nothing");
        _refused = meter.CreateCounter<long>("luohu.wall.refused", description: "Browsers turned away because there were too many");
    }

    public void Joined() => _connections.Add(1);

    public void Left() => _connections.Add(-1);

    public void AlertSent() => _alerts.Add(1);

    public void FrameSent() => _frames.Add(1);

    public void FrameDropped() => _framesDropped.Add(1);

    public void Resync() => _resyncs.Add(1);

    public void Hung() => _hung.Add(1);

    public void Refused() => _refused.Add(1);
}

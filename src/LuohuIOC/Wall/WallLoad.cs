namespace LuohuIOC.Wall;

/// <summary>How the browsers that are connected keep pace, all together.</summary>
/// <param name="Browsers">Connected now.</param>
/// <param name="FramesSent">Messages of readings sent to them.</param>
/// <param name="FramesDropped">Frames merged into a later one because one of them was slow.</param>
/// <param name="AlertsQueued">Alerts that wait for them.</param>
public sealed record WallLoad(int Browsers, long FramesSent, long FramesDropped, int AlertsQueued)
{
    internal static WallLoad Of(WallRoom room)
    {
        var stats = room.Stats.ToArray();
        return new WallLoad(stats.Length, stats.Sum(s => s.FramesSent), stats.Sum(s => s.FramesDropped), stats.Sum(s => s.AlertsQueued));
    }
}

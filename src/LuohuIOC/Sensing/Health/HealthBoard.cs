using System.Collections.Concurrent;

namespace LuohuIOC.Sensing.Health;

/// <summary>Notices by sensor number, only of sensors that have one: written by the watch, read by the sensors' grains.</summary>
public sealed class HealthBoard
{
    private readonly ConcurrentDictionary<int, HealthNotice> _notices = new();

    public HealthNotice? Of(int sensor) => _notices.IsEmpty ? null : _notices.GetValueOrDefault(sensor);

    /// <summary>Null takes it away.</summary>
    public void Set(int sensor, HealthNotice? notice)
    {
        if (notice is null) _notices.TryRemove(sensor, out _);
        else _notices[sensor] = notice;
    }
}

using System.Collections.Concurrent;

namespace LuohuIOC.Sensing.Health;

/// <summary>Notices by sensor number, only of sensors that have one: written by the watch, read by the sensors' grains.</summary>
public sealed class HealthBoard
{
    private readonly ConcurrentDictionary<int, HealthNotice> _notices = new();
    private bool _isKnown;

    /// <summary>
    /// After a start nothing stands here until what was stored has been read: that no notice is found means nothing before, and ends no alert.
    /// </summary>
    public bool IsKnown
    {
        get => Volatile.Read(ref _isKnown);
        set => Volatile.Write(ref _isKnown, value);
    }

    public HealthNotice? Of(int sensor) => _notices.IsEmpty ? null : _notices.GetValueOrDefault(sensor);

    /// <summary>Null takes it away.</summary>
    public void Set(int sensor, HealthNotice? notice)
    {
        if (notice is null) _notices.TryRemove(sensor, out _);
        else _notices[sensor] = notice;
    }
}

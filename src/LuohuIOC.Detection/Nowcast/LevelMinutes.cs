namespace LuohuIOC.Detection.Nowcast;

/// <summary>The latest value of each minute of one station, the newest <paramref name="kept"/> minutes. Readings may come in any order and again.</summary>
/// <param name="kept">Minutes remembered.</param>
public sealed class LevelMinutes(int kept)
{
    private readonly (long Minute, long TimeMs, double Value)[] _minutes = new (long, long, double)[kept];

    /// <summary>Time of the newest reading; 0 before the first.</summary>
    public long NewestMs { get; private set; }

    /// <param name="timeMs">The device's time.</param>
    /// <param name="minute">The minute that it lies in.</param>
    /// <param name="value">Finite.</param>
    public void Observe(long timeMs, long minute, double value)
    {
        NewestMs = Math.Max(NewestMs, timeMs);
        ref var at = ref _minutes[(int)(minute % kept)];
        if (minute > at.Minute || (minute == at.Minute && timeMs >= at.TimeMs)) at = (minute, timeMs, value);
    }

    /// <summary>NaN where nothing came or the minute is forgotten.</summary>
    public double At(long minute) => _minutes[(int)(minute % kept)] is var at && at.Minute == minute && at.TimeMs > 0 ? at.Value : double.NaN;
}

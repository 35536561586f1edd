using LuohuIOC.Ingestion;

namespace LuohuIOC.Sensing;

/// <summary>Latest state of one sensor as the wall shows it. Replaced whole, so a reader never sees half of one.</summary>
/// <param name="TimeMs">Device time bounded by the server clock, Unix ms.</param>
/// <param name="Values">By slot of the sensor's layout; NaN where none came yet.</param>
/// <param name="Mark">Quality of the newest reading.</param>
public sealed record LatestReading(long TimeMs, double[] Values, QualityMark Mark);

/// <summary>
/// Newest reading of every sensor by number, written by grains, read by the wall and the API. Bounded by the registry:
/// a sensor that sends a thousand readings between two ticks is one entry.
/// </summary>
public sealed class LatestBoard
{
    private readonly Lock _grow = new();
    private LatestReading?[] _latest = new LatestReading?[8192];
    private int[] _dirty = new int[8192];

    // Where the next look for changes begins: after the last one, so that low numbers cannot crowd high ones out.
    private int _next;

    public LatestReading? this[int sensor]
    {
        get
        {
            var latest = Volatile.Read(ref _latest);
            return sensor < latest.Length ? Volatile.Read(ref latest[sensor]) : null;
        }
    }

    public void Set(int sensor, LatestReading reading)
    {
        lock (_grow)
        {
            if (sensor >= _latest.Length)
            {
                Array.Resize(ref _latest, Math.Max(sensor + 1, _latest.Length * 2));
                Array.Resize(ref _dirty, _latest.Length);
            }
            _latest[sensor] = reading;
            _dirty[sensor] = 1;
        }
    }

    /// <summary>Numbers of the sensors that changed since the last call, at most as many as fit; the rest stay for the next.</summary>
    public int TakeChanged(Span<int> into)
    {
        lock (_grow)
        {
            var taken = 0;
            for (var looked = 0; looked < _dirty.Length && taken < into.Length; looked++, _next++)
            {
                if (_next >= _dirty.Length) _next = 0;
                if (_dirty[_next] == 0) continue;
                _dirty[_next] = 0;
                into[taken++] = _next;
            }
            return taken;
        }
    }
}

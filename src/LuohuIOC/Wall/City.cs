using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;

namespace LuohuIOC.Wall;

/// <summary>
/// Takes snapshots of the city. Readings are gathered at most every <see cref="ReadingsFor"/>, so that a hundred browsers which
/// come back together share one array (40 bytes a sensor); alerts are always as of now.
/// </summary>
public sealed class City(SensorRegistry registry, LatestBoard latest, AlertBoard alerts, TimeProvider time)
{
    public static readonly TimeSpan ReadingsFor = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private Gathered? _gathered;

    public CitySnapshot Snapshot(string language)
    {
        var now = time.GetUtcNow();
        var readings = Readings(now);
        var open = alerts.Open.OrderByDescending(alert => RankOf(alert.Severity)).ThenByDescending(alert => alert.RaisedAt).Select(alert => alert.In(language)).ToArray();
        int Count(Severity severity) => open.Count(alert => alert.Severity == AlertWords.Of(severity));
        var counts = new CityCounts(
            readings.Sensors, readings.Reporting, readings.NewestMs,
            open.Length, open.Count(alert => alert.State == AlertWords.Of(AlertState.Raised)),
            Count(Severity.Red), Count(Severity.Orange), Count(Severity.Yellow), Count(Severity.Blue));
        return new CitySnapshot(now, counts, open, readings.Views);
    }

    private static int RankOf(string severity) => severity switch { "red" => 4, "orange" => 3, "yellow" => 2, _ => 1 };

    private Gathered Readings(DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_gathered is { } known && now - known.At < ReadingsFor && now >= known.At) return known;
            return _gathered = Gather(now);
        }
    }

    private Gathered Gather(DateTimeOffset now)
    {
        var (sensors, reporting, newest) = (0, 0, 0L);
        var nowMs = now.ToUnixTimeMilliseconds();
        var count = registry.Count;
        var views = new List<ReadingView>(count);
        for (var number = 0; number < count; number++)
        {
            var sensor = registry[number];
            if (sensor.IsRetired(nowMs)) continue;
            sensors++;
            if (latest[number] is not { } reading) continue;
            views.Add(new ReadingView(sensor, reading));
            newest = Math.Max(newest, reading.TimeMs);
            if (nowMs - reading.TimeMs <= KindCatalogue.Of(sensor.Kind).Silence.TotalMilliseconds) reporting++;
        }
        return new Gathered(now, sensors, reporting, newest == 0 ? null : newest, views);
    }

    private sealed record Gathered(DateTimeOffset At, int Sensors, int Reporting, long? NewestMs, IReadOnlyList<ReadingView> Views);
}

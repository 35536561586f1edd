using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Seeds;

namespace LuohuIOC.Simulator.City;

/// <summary>
/// When each sensor reports: every so often by its kind, sooner when the physics runs faster than the clock, and at once when a state
/// changes or water rises by 5 cm. First reports are spread over a minute.
/// </summary>
public sealed class ReportSchedule
{
    private static readonly TimeSpan FirstWithin = TimeSpan.FromMinutes(1);

    private readonly TimeSpan[] _interval;
    private readonly DateTimeOffset[] _due;
    private readonly (int Slot, double Change, double Threshold)[] _atOnce;
    private readonly double[] _lastSent;
    private readonly long[] _reports;

    public ReportSchedule(IReadOnlyList<CitySensor> sensors, double speed, TimeSpan? waterInterval, int seed, DateTimeOffset start)
    {
        _interval = [.. sensors.Select(s => Interval(s.Kind, speed, waterInterval))];
        _due = [.. sensors.Select((s, i) => start + (Shorter(_interval[i], FirstWithin) * new Seeded(seed, $"{s.Id} first report").Next()))];
        _atOnce = [.. sensors.Select(s => AtOnce(s.Kind))];
        _lastSent = new double[sensors.Count];
        _reports = new long[sensors.Count];
    }

    /// <summary>True for sensors that must be read at every tick because they report changes at once.</summary>
    public bool Watched(int sensor) => _atOnce[sensor].Slot >= 0;

    public bool Due(int sensor, DateTimeOffset now) => _due[sensor] <= now;

    /// <summary>True when what a watched sensor measures must not wait for its turn.</summary>
    public bool Changed(int sensor, ReadOnlySpan<double> values)
    {
        var (slot, change, threshold) = _atOnce[sensor];
        // Before the first report there is nothing to have changed from.
        if (_reports[sensor] == 0) return false;
        var (now, last) = (values[slot], _lastSent[sensor]);
        return Math.Abs(now - last) >= change || now >= threshold != last >= threshold;
    }

    /// <summary>Battery and signal go with the first report and every tenth.</summary>
    public bool WithHealth(int sensor) => _reports[sensor] % 10 == 0;

    public void Reported(int sensor, ReadOnlySpan<double> values, DateTimeOffset now)
    {
        if (Watched(sensor)) _lastSent[sensor] = values[_atOnce[sensor].Slot];
        _reports[sensor]++;
        _due[sensor] = now + _interval[sensor];
    }

    /// <summary>Asks for a report now, as a command does.</summary>
    public void Hasten(int sensor, DateTimeOffset now) => _due[sensor] = now;

    // The slot that is watched, the change and the crossing that do not wait: 5 cm of water or 0.15 m of it, any change of a state.
    private static (int Slot, double Change, double Threshold) AtOnce(SensorKind kind) => kind switch
    {
        SensorKind.Waterlogging => (0, 0.05, CityModel.CrossingMetres),
        SensorKind.Parking or SensorKind.Manhole => (0, 0.5, 0.5),
        SensorKind.Smoke or SensorKind.Heat => (1, 0.5, 0.5),
        _ => (-1, 0, 0),
    };

    private static TimeSpan Interval(SensorKind kind, double speed, TimeSpan? waterInterval)
    {
        var (seconds, least) = kind switch
        {
            SensorKind.Waterlogging or SensorKind.Pipe or SensorKind.Outfall or SensorKind.RainGauge => (60.0, 2.0),
            SensorKind.River or SensorKind.Reservoir or SensorKind.Tide => (300, 5),
            SensorKind.WaterQuality => (900, 10),
            SensorKind.Slope => (1800, 20),
            SensorKind.Gas or SensorKind.Charger => (300, 20),
            _ => (21600, 120),
        };
        if (waterInterval is { } asked && seconds == 60) return asked;
        return TimeSpan.FromSeconds(Math.Max(seconds / speed, least));
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

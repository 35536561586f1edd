using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Seeds;

namespace LuohuIOC.Simulator.Faults;

/// <summary>What can be wrong with a sensor. The names in lower snake case stand in the file of labels.</summary>
public enum FaultKind
{
    /// <summary>Repeats one reading for ever.</summary>
    Stuck,

    /// <summary>Creeps away from the truth.</summary>
    Drift,

    /// <summary>Now and then a wild value.</summary>
    Spike,

    /// <summary>Says nothing.</summary>
    Silence,

    /// <summary>Its clock is hours ahead.</summary>
    ClockAhead,

    /// <summary>Its clock is hours behind.</summary>
    ClockBehind,

    /// <summary>Sends what is no telemetry.</summary>
    Garbage,
}

/// <summary>One fault of one sensor, by the real clock.</summary>
public sealed record SensorFault(int Sensor, FaultKind Kind, DateTimeOffset From, DateTimeOffset Until);

/// <summary>
/// Which sensor fails when and how: for each a seeded sequence of healthy and faulty spells, such that about 2 % of the sensors of a small
/// kind and 0.4 % of a large one are faulty at any time. Times are real ones, since faults are judged by the product's clock.
/// </summary>
public sealed class FaultPlan
{
    private const int SmallKind = 200;
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(25);
    private static readonly FaultKind[] Kinds = Enum.GetValues<FaultKind>();

    private readonly double[] _share;
    private readonly Seeded[] _random;
    private readonly SensorFault[] _next;
    private readonly bool[] _announced;

    public FaultPlan(IReadOnlyList<CitySensor> sensors, int seed, DateTimeOffset start)
    {
        var counts = sensors.CountBy(s => s.Kind).ToDictionary();
        _share = [.. sensors.Select(s => s.Kind == SensorKind.Generic ? 0 : counts[s.Kind] <= SmallKind ? 0.02 : 0.004)];
        _random = [.. sensors.Select(s => new Seeded(seed, $"{s.Id} faults"))];
        _announced = new bool[sensors.Count];
        _next = new SensorFault[sensors.Count];
        for (var i = 0; i < _next.Length; i++) _next[i] = First(i, start);
    }

    /// <summary>The sensor's fault at this time, null when it is well. Times must not go back.</summary>
    public SensorFault? At(int sensor, DateTimeOffset now)
    {
        while (_next[sensor].Until <= now)
        {
            _next[sensor] = Draw(sensor, _next[sensor].Until);
            _announced[sensor] = false;
        }
        return _next[sensor].From <= now ? _next[sensor] : null;
    }

    /// <summary>The faults that began since the last call.</summary>
    public IEnumerable<SensorFault> Begun(DateTimeOffset now)
    {
        for (var i = 0; i < _next.Length; i++)
        {
            if (At(i, now) is not { } fault || _announced[i]) continue;
            _announced[i] = true;
            yield return fault;
        }
    }

    // The city does not begin in perfect order: as many faults as later on begin in its first two minutes.
    private SensorFault First(int sensor, DateTimeOffset start) =>
        _random[sensor].Chance(_share[sensor]) ? Fault(sensor, start + TimeSpan.FromMinutes(_random[sensor].Between(0.1, 2))) : Draw(sensor, start);

    private SensorFault Draw(int sensor, DateTimeOffset after)
    {
        var share = _share[sensor];
        var healthy = share == 0 ? TimeSpan.FromDays(36500) : (Shortest + Longest) / 2 * ((1 - share) / share);
        return Fault(sensor, after + TimeSpan.FromMinutes(_random[sensor].Exponential(healthy.TotalMinutes)));
    }

    private SensorFault Fault(int sensor, DateTimeOffset from)
    {
        var length = TimeSpan.FromMinutes(_random[sensor].Between(Shortest.TotalMinutes, Longest.TotalMinutes));
        return new SensorFault(sensor, Kinds[_random[sensor].Below(Kinds.Length)], from, from + length);
    }
}

using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Drainage;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Seeds;
using LuohuIOC.Simulator.Weather;

namespace LuohuIOC.Simulator.Things;

/// <summary>Gas detectors: a trace of gas, and a leak somewhere in the district every three days that grows for ten minutes and is shut off.</summary>
public sealed class GasDetectors(IEnumerable<CitySensor> sensors, int seed) : SensorGroup(sensors)
{
    private const double DaysBetweenLeaks = 3;
    private Seeded _random = new(seed, "gas");
    private int _leaking = -1;
    private TimeSpan _since;
    private TimeSpan _now;

    public override void Step(CityMoment moment)
    {
        _now = moment.Elapsed;
        if (_leaking >= 0 && _now - _since > TimeSpan.FromMinutes(60)) _leaking = -1;
        if (_leaking >= 0 || Sensors.Length == 0 || !_random.Chance(moment.Step.TotalDays / DaysBetweenLeaks)) return;
        _leaking = _random.Below(Sensors.Length);
        _since = _now;
    }

    public override void Read(int index, Span<double> values)
    {
        var minutes = (_now - _since).TotalMinutes;
        var leak = index != _leaking ? 0 : minutes < 10 ? 4.5 * minutes : 45 * Math.Exp(-(minutes - 10) / 8);
        values[0] = Math.Round(Math.Abs(_random.Normal() * 0.3) + leak, 1);
    }
}

/// <summary>Charging piles: sessions of one to six hours, more in the evening; full current that tapers off in the last quarter.</summary>
public sealed class Chargers : SensorGroup
{
    private readonly (TimeSpan From, TimeSpan Until)[] _sessions;
    private readonly double[] _amperes;
    private readonly double[] _leakage;
    private Seeded _random;
    private TimeSpan _now;

    public Chargers(IEnumerable<CitySensor> sensors, int seed)
        : base(sensors)
    {
        _random = new Seeded(seed, "chargers");
        _sessions = new (TimeSpan, TimeSpan)[Sensors.Length];
        _amperes = [.. Sensors.Select(_ => _random.Chance(0.6) ? 32.0 : 16.0)];
        _leakage = [.. Sensors.Select(_ => _random.LogBetween(0.3, 4))];
    }

    public override void Step(CityMoment moment)
    {
        _now = moment.Elapsed;
        var startsPerHour = 0.12 + (0.3 * Math.Exp(-Math.Pow((moment.Hour - 20) / 2.5, 2)));
        for (var i = 0; i < _sessions.Length; i++)
            if (_now >= _sessions[i].Until && _random.Chance(startsPerHour * moment.Step.TotalHours))
                _sessions[i] = (_now, _now + TimeSpan.FromHours(_random.Between(1, 6)));
    }

    public override void Read(int index, Span<double> values)
    {
        var (from, until) = _sessions[index];
        var current = 0.0;
        if (_now < until)
        {
            var share = (_now - from) / (until - from);
            current = _amperes[index] * (share < 0.75 ? 1 : Math.Max(0.1, 1 - ((share - 0.75) * 3.6))) * (1 + (_random.Normal() * 0.01));
        }
        values[0] = Math.Round(224 - (current * 0.12) + (_random.Normal() * 0.8), 1);
        values[1] = Math.Round(Math.Max(0, current), 2);
        values[2] = Math.Round(Math.Max(0, _leakage[index] * (current > 0 ? 1 : 0.3) * (1 + (_random.Normal() * 0.05))), 2);
    }
}

/// <summary>Manholes: the level of the pipe station nearest to each; a cover is opened for work by day, or lifted when that station surcharges.</summary>
public sealed class Manholes : SensorGroup
{
    private readonly DrainageModel _drainage;
    private readonly DrainageNetwork _network;
    private readonly int[] _nearest;
    private readonly double[] _share;
    private readonly TimeSpan[] _openUntil;
    private Seeded _random;
    private TimeSpan _now;

    public Manholes(IEnumerable<CitySensor> sensors, DrainageNetwork network, DrainageModel drainage, int seed)
        : base(sensors)
    {
        (_network, _drainage) = (network, drainage);
        _random = new Seeded(seed, "manholes");
        _openUntil = new TimeSpan[Sensors.Length];
        _share = [.. Sensors.Select(_ => _random.Between(0.5, 1))];
        var pipes = Enumerable.Range(0, network.Nodes.Count).Where(n => network.Nodes[n].Kind == SensorKind.Pipe).ToArray();
        _nearest = [.. Sensors.Select(s => Place.Of(s.Longitude, s.Latitude))
            .Select(place => pipes.Length == 0 ? -1 : pipes.MinBy(n => network.Nodes[n].Place.SquaredKmTo(place)))];
    }

    public override void Step(CityMoment moment)
    {
        _now = moment.Elapsed;
        if (Sensors.Length > 0 && moment.Hour is > 9 and < 17 && _random.Chance(moment.Step.TotalHours / 4))
            _openUntil[_random.Below(Sensors.Length)] = _now + TimeSpan.FromMinutes(_random.Between(15, 60));
    }

    public override void Read(int index, Span<double> values)
    {
        var nearest = _nearest[index];
        var level = nearest < 0 ? 0.1 : _drainage.Level(nearest) * _share[index];
        var lifted = nearest >= 0 && _share[index] > 0.9 && _drainage.Ponding(nearest) > 0.3;
        values[0] = lifted || _now < _openUntil[index] ? 1 : 0;
        values[1] = Math.Round(Math.Clamp(level + (_random.Normal() * 0.01), 0, 9.9), 2);
    }
}

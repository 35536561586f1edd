using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Seeds;
using LuohuIOC.Simulator.Weather;

namespace LuohuIOC.Simulator.Things;

/// <summary>One fire: where, since when, and until when it burns.</summary>
public sealed record Fire(string SensorId, Place Place, TimeSpan From, TimeSpan Until);

/// <summary>
/// Smoke and heat detectors: quiet but for cooking steam, until a fire starts at one of them. Smoke rises there within minutes and reaches
/// the neighbours later, the further the later and thinner.
/// </summary>
public sealed class FireDetectors : SensorGroup
{
    /// <summary>Obscuration in %/m at which a smoke detector raises its alarm.</summary>
    public const double SmokeAlarm = 4;

    /// <summary>Degrees Celsius at which a heat detector does.</summary>
    public const double HeatAlarm = 58;

    private const double ReachKm = 0.12;
    private readonly Place[] _places;
    private readonly double _meanDaysBetween;
    private readonly List<Fire> _fires = [];
    private readonly TimeSpan[] _steamUntil;
    private CityMoment? _moment;
    private TimeSpan _nextFire;
    private Seeded _random;
    private Seeded _noise;

    public FireDetectors(IEnumerable<CitySensor> sensors, double firesPerDay, int seed)
        : base(sensors)
    {
        _places = [.. Sensors.Select(s => Place.Of(s.Longitude, s.Latitude))];
        _steamUntil = new TimeSpan[_places.Length];
        _random = new Seeded(seed, "fires");
        _noise = new Seeded(seed, "fire noise");
        _meanDaysBetween = firesPerDay > 0 && _places.Length > 0 ? 1 / firesPerDay : double.PositiveInfinity;
        _nextFire = Wait(TimeSpan.Zero);
    }

    public IReadOnlyList<Fire> Burning => _fires;

    public override void Step(CityMoment moment)
    {
        _moment = moment;
        _fires.RemoveAll(f => f.Until <= moment.Elapsed);
        while (_nextFire <= moment.Elapsed)
        {
            Ignite(_random.Below(_places.Length), _nextFire);
            _nextFire = Wait(_nextFire);
        }
        // Steam or dust somewhere in the district every quarter of an hour, never dense enough for an alarm.
        if (_places.Length > 0 && _random.Chance(moment.Step / TimeSpan.FromMinutes(15)))
            _steamUntil[_random.Below(_places.Length)] = moment.Elapsed + TimeSpan.FromMinutes(_random.Between(2, 8));
    }

    /// <summary>Starts a fire at this detector.</summary>
    public void Ignite(int index, TimeSpan at) =>
        _fires.Add(new Fire(Sensors[index].Id, _places[index], at, at + TimeSpan.FromMinutes(_random.Between(20, 45))));

    public override void Read(int index, Span<double> values)
    {
        if (_moment is not { } moment) return;
        var smoke = _fires.Sum(f => Strength(f, _places[index], moment.Elapsed));
        if (Sensors[index].Kind == SensorKind.Smoke)
        {
            var steam = moment.Elapsed < _steamUntil[index] ? 1.5 : 0;
            var obscuration = Math.Min(60, 0.05 + Math.Abs(_noise.Normal() * 0.05) + (steam * _noise.Between(0.6, 1.2)) + (28 * smoke));
            values[0] = Math.Round(obscuration, 2);
            values[1] = obscuration >= SmokeAlarm ? 1 : 0;
        }
        else
        {
            var temperature = 25 + (3 * moment.DailyWave(15)) + (_noise.Normal() * 0.2) + (75 * smoke);
            values[0] = Math.Round(temperature, 1);
            values[1] = temperature >= HeatAlarm ? 1 : 0;
        }
        values[2] = 0;
    }

    /// <summary>0 none to 1 full: rises over three minutes after the smoke has come at 0.4 m/s, thinner with distance.</summary>
    private static double Strength(Fire fire, Place place, TimeSpan at)
    {
        var km = fire.Place.KmTo(place);
        if (km > ReachKm) return 0;
        var minutes = (at - fire.From).TotalMinutes - (km * 1000 / 0.4 / 60);
        return minutes <= 0 ? 0 : (1 - Math.Exp(-minutes / 1.5)) * Math.Exp(-km / 0.05);
    }

    private TimeSpan Wait(TimeSpan from) =>
        double.IsInfinity(_meanDaysBetween) ? TimeSpan.MaxValue : from + TimeSpan.FromDays(Math.Min(_random.Exponential(_meanDaysBetween), 3650));
}

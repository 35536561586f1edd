using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Seeds;

namespace LuohuIOC.Simulator.Things;

/// <summary>Battery and radio of every sensor: charge falls over one to six years, the signal wavers about the place's own level.</summary>
public sealed class DeviceHealth
{
    private readonly (double Charge, double PerDay, double Signal)[] _devices;
    private Seeded _noise;

    public DeviceHealth(IReadOnlyList<CitySensor> sensors, int seed)
    {
        _noise = new Seeded(seed, "health noise");
        _devices = new (double, double, double)[sensors.Count];
        for (var i = 0; i < _devices.Length; i++)
        {
            var random = new Seeded(seed, $"{sensors[i].Id} device");
            // One in two hundred was forgotten at the last round and is nearly flat.
            _devices[i] = (random.Chance(0.005) ? random.Between(6, 18) : random.Between(35, 100), 100 / random.Between(365, 2190), random.Between(-105, -62));
        }
    }

    public void Read(int sensor, TimeSpan elapsed, Span<double> batteryAndSignal)
    {
        var (charge, perDay, signal) = _devices[sensor];
        batteryAndSignal[0] = Math.Round(Math.Max(0, charge - (perDay * elapsed.TotalDays)), 1);
        batteryAndSignal[1] = Math.Round(Math.Clamp(signal + (_noise.Normal() * 2), -140, -20), 0);
    }
}

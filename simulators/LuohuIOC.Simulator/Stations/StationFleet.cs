using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Registry;
using LuohuIOC.Simulator.Seeds;
using LuohuIOC.Simulator.Wire;

namespace LuohuIOC.Simulator.Stations;

/// <summary>
/// The sensors of a city that speak a national protocol: over TCP where a port is given, else as raw frames through their gateway, where
/// a lossy line shows as the same frame published twice.
/// </summary>
public sealed class StationFleet
{
    private readonly Dictionary<string, StationSensor> _stations;
    private readonly Dictionary<string, StationLink> _links;
    private readonly double _loss;
    private Seeded _chance;

    public StationFleet(IReadOnlyList<StationSensor> stations, string host, Func<PayloadForm, int> portOf, double loss, int seed, TimeProvider clock)
    {
        _stations = stations.ToDictionary(s => s.Sensor);
        _links = stations.Where(s => portOf(s.Form) > 0).ToDictionary(s => s.Sensor, s => new StationLink(host, portOf(s.Form), s, loss, seed, clock));
        (_loss, _chance) = (loss, new Seeded(seed, "raw line"));
    }

    public IReadOnlyCollection<StationLink> Links => _links.Values;

    /// <summary>Sends a reading in the sensor's protocol; false when the sensor speaks none, or the protocol has no word for it.</summary>
    public bool Take(CitySensor sensor, KindDefinition kind, ReadOnlySpan<double> values, long unixMs, long sequence, GatewayLink gateway)
    {
        if (!_stations.TryGetValue(sensor.Id, out var station) || StationFrame.Write(station, kind, values, unixMs, sequence) is not { } frame) return false;
        if (_links.TryGetValue(sensor.Id, out var link))
        {
            link.Offer(frame);
            return true;
        }
        var message = new GatewayMessage($"{Topic.Prefix}{sensor.Gateway}/{sensor.Id}/raw/{station.Form.WireName()}", frame, 1);
        gateway.Offer(message);
        // The frame again, as a station does that heard no answer: no new reading.
        if (_chance.Chance(_loss)) gateway.Offer(message with { Readings = 0 });
        return true;
    }

    /// <summary>Frames sent and sent again, those that the centre has answered (heard or not), and those given up unanswered.</summary>
    public (long Sent, long Resent, long Taken, long Lost) Counts =>
        (Links.Sum(l => l.Sent), Links.Sum(l => l.Resent), Links.Sum(l => l.Taken), Links.Sum(l => l.Lost));

    /// <summary>Nothing more comes: the links end when what they have is delivered or given up.</summary>
    public void Complete()
    {
        foreach (var link in Links) link.Complete();
    }

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(_links.Values.Select(l => l.RunAsync(stop)));
}

using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Drainage;
using LuohuIOC.Simulator.Seeds;

namespace LuohuIOC.Simulator.Things;

/// <summary>Pipes, outfalls and waterlogging points: what their instruments say of the drainage model.</summary>
public sealed class DrainageStations : SensorGroup
{
    private readonly DrainageNetwork _network;
    private readonly DrainageModel _model;
    private Seeded _noise;

    public DrainageStations(CitySites sites, DrainageNetwork network, DrainageModel model, int seed)
        : base(sites.Sensors.Take(network.Nodes.Count))
    {
        (_network, _model) = (network, model);
        _noise = new Seeded(seed, "drainage noise");
    }

    public override void Step(CityMoment moment) => _model.Step(moment.Step.TotalSeconds, moment.RainMm.AsSpan(0, _network.Nodes.Count), moment.Tide);

    public override void Read(int index, Span<double> values)
    {
        var node = _network.Nodes[index];
        if (node.Kind == SensorKind.Waterlogging)
        {
            // An ultrasonic gauge shows a dry street as zero and rounds to the millimetre.
            var depth = _model.Ponding(index);
            values[0] = depth < 0.005 ? 0 : Math.Round(Math.Max(0, depth + (_noise.Normal() * 0.003)), 3);
            return;
        }
        var level = Math.Max(0.01, _model.Level(index) + (_noise.Normal() * 0.004));
        var flow = Math.Max(0, _model.Flow[index] * (1 + (_noise.Normal() * 0.02)));
        values[0] = Math.Round(level, 3);
        values[1] = Math.Round(flow, 4);
        if (node.Kind == SensorKind.Outfall)
            values[2] = Math.Round(Math.Min(9, flow / Math.Max(0.02, Manning.WetArea(node.Diameter, level))), 3);
    }
}

using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Rain;
using LuohuIOC.Spatial;
using LuohuIOC.Tests.Http;

namespace LuohuIOC.Tests.Sensing.Rain;

/// <summary>A pipe above an outfall, gauges A, B, C around the outfall and D beside the pipe; E is far away.</summary>
internal sealed class RainDesk
{
    public const long HourMs = 3_600_000;

    private static readonly GeoPoint Outfall = new(114.10, 22.55);

    public RainDesk(RainOptions? options = null)
    {
        Options = options ?? new RainOptions();
        var pipe = Outfall.Offset(6000, 0);
        Registry.Apply(
        [
            Draft("outfall", SensorKind.Outfall, Outfall),
            Draft("pipe", SensorKind.Pipe, pipe, "outfall"),
            Draft("A", SensorKind.RainGauge, Outfall.Offset(100, 0)),
            Draft("B", SensorKind.RainGauge, Outfall.Offset(0, 900)),
            Draft("C", SensorKind.RainGauge, Outfall.Offset(-1500, 0)),
            Draft("D", SensorKind.RainGauge, pipe.Offset(50, 50)),
            Draft("E", SensorKind.RainGauge, Outfall.Offset(0, 20000)),
        ]);
        Map = new GaugeMap(Registry, Options, Clock);
        Around = new RainAround(Map, Board, Options);
    }

    public FakeClock Clock { get; } = new();

    public RainOptions Options { get; }

    public SensorRegistry Registry { get; } = new();

    public RainBoard Board { get; } = new();

    public GaugeMap Map { get; }

    public RainAround Around { get; }

    public Sensor this[string id] => Registry.TryFind(id, out var sensor) ? sensor : throw new InvalidOperationException(id);

    public string GaugesOf(string station) => string.Concat(Map.Of(this[station]).Select(g => Registry[g].Id).Order());

    public void Fall(long timeMs, double mm, params string[] gauges)
    {
        foreach (var gauge in gauges) Board.Observe(this[gauge].Number, timeMs, default, [0], [mm]);
    }

    public static SensorDraft Draft(string id, SensorKind kind, GeoPoint place, string? downstream = null) => new()
    {
        Line = 0,
        Id = id,
        Kind = kind,
        Name = id,
        Street = "",
        Gateway = "g",
        Place = place,
        Given = SensorFields.Downstream,
        Downstream = downstream,
    };
}

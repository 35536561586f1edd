using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Rain;
using Orleans.Concurrency;
using Orleans.Services;

namespace LuohuIOC.Wall.Neighbours;

/// <summary>The latest reading of a sensor whose grain lives on the host that tells of it.</summary>
/// <param name="Sensor">Its id.</param>
/// <param name="TimeMs">See <see cref="LatestReading"/>, as the others.</param>
/// <param name="Values">By slot.</param>
/// <param name="Grade">Of the mark.</param>
/// <param name="Reason">Of the mark.</param>
/// <param name="Slots">Of the mark.</param>
/// <param name="Times">By slot, null when all values are of <paramref name="TimeMs"/>.</param>
[GenerateSerializer, Immutable, Alias("luohu.reading-abroad.v1")]
public readonly record struct ReadingAbroad(
    [property: Id(0)] string Sensor, [property: Id(1)] long TimeMs, [property: Id(2)] double[] Values,
    [property: Id(3)] QualityGrade Grade, [property: Id(4)] QualityReason Reason, [property: Id(5)] ulong Slots, [property: Id(6)] long[]? Times = null)
{
    internal static ReadingAbroad Of(Sensor sensor, LatestReading reading) =>
        new(sensor.Id, reading.TimeMs, reading.Values, reading.Mark.Grade, reading.Mark.Reason, reading.Mark.Slots, reading.Times);

    internal LatestReading Reading => new(TimeMs, Values, new QualityMark(Grade, Reason, Slots)) { Times = Times };
}

/// <summary>A sensor that registered itself on another host, with its metrics in the order of their slots.</summary>
/// <param name="Id">The sensor.</param>
/// <param name="Gateway">Through whom it sends.</param>
/// <param name="Metrics">Wire names by slot.</param>
[GenerateSerializer, Immutable, Alias("luohu.sensor-abroad.v1")]
public readonly record struct SensorAbroad([property: Id(0)] string Id, [property: Id(1)] string Gateway, [property: Id(2)] string[] Metrics)
{
    internal static SensorAbroad Of(Sensor sensor) => new(sensor.Id, sensor.Gateway, [.. sensor.Layout.Names]);

    internal void RegisterIn(SensorRegistry registry)
    {
        var sensor = registry.AutoRegister(Id, Gateway);
        foreach (var metric in Metrics) sensor = registry.WithMetric(sensor, metric);
    }
}

/// <summary>The rain that a gauge whose grain lives on the calling host remembers.</summary>
/// <param name="Sensor">The gauge's id.</param>
/// <param name="Rain">See <see cref="RainState"/>.</param>
[GenerateSerializer, Immutable, Alias("luohu.rain-abroad.v1")]
public readonly record struct RainAbroad([property: Id(0)] string Sensor, [property: Id(1)] RainState Rain);

/// <summary>What the hosts tell each other, so that every wall shows the same city. One on each host.</summary>
[Alias("luohu.host-wall")]
public interface IHostWall : IGrainService
{
    /// <summary>Latest readings that a grain of the calling host has shown.</summary>
    [Alias("readings")]
    Task Readings(ReadingAbroad[] readings);

    /// <summary>Transitions of alerts on the calling host, in order.</summary>
    [Alias("alerts")]
    Task Alerts(AlertView[] alerts);

    /// <summary>Sensors that registered themselves on the calling host, or have a new metric there.</summary>
    [Alias("sensors")]
    Task Sensors(SensorAbroad[] sensors);

    /// <summary>What gauges of the calling host remember.</summary>
    [Alias("rain")]
    Task Rain(RainAbroad[] gauges);

    /// <summary>Of these open alerts, those whose last transition happened on this host, which will store it if it is not stored.</summary>
    [Alias("own-alerts")]
    Task<string[]> OwnAlerts(string[] ids);

    /// <summary>Gateways that are online by this host.</summary>
    [Alias("online-gateways")]
    Task<string[]> OnlineGateways();

    /// <summary>All sensors of this host that registered themselves.</summary>
    [Alias("registered")]
    Task<SensorAbroad[]> Registered();

    /// <summary>Everything that this host shows, for one that has just begun.</summary>
    [Alias("latest")]
    Task<ReadingAbroad[]> Latest();
}

/// <inheritdoc cref="IHostWall"/>
[Reentrant]
public sealed class HostWall(
    GrainId id, Orleans.Runtime.Silo silo, ILoggerFactory logs, SensorRegistry registry, LatestBoard latest, RainBoard rain, AlertBoard board,
    GatewayBoard gateways)
    : GrainService(id, silo, logs), IHostWall
{
    public Task Readings(ReadingAbroad[] readings)
    {
        foreach (var reading in readings)
            if (registry.TryFind(reading.Sensor, out var sensor)) latest.Learn(sensor.Number, reading.Reading);
        return Task.CompletedTask;
    }

    public Task Alerts(AlertView[] alerts)
    {
        foreach (var alert in alerts) board.Learn(alert);
        return Task.CompletedTask;
    }

    public Task Sensors(SensorAbroad[] sensors)
    {
        foreach (var sensor in sensors) sensor.RegisterIn(registry);
        return Task.CompletedTask;
    }

    public Task Rain(RainAbroad[] gauges)
    {
        foreach (var gauge in gauges)
            if (registry.TryFind(gauge.Sensor, out var sensor)) rain.Learn(sensor.Number, gauge.Rain);
        return Task.CompletedTask;
    }

    public Task<string[]> OwnAlerts(string[] ids) => Task.FromResult(ids.Where(board.IsOwn).ToArray());

    public Task<string[]> OnlineGateways() => Task.FromResult(gateways.All.Where(g => g.Value.Online).Select(g => g.Key).ToArray());

    public Task<SensorAbroad[]> Registered() =>
        Task.FromResult(registry.All.ToArray().Where(s => s.Kind == SensorKind.Generic).Select(SensorAbroad.Of).ToArray());

    public Task<ReadingAbroad[]> Latest()
    {
        var all = new List<ReadingAbroad>(registry.Count);
        for (var number = 0; number < registry.Count; number++)
            if (latest[number] is { } reading) all.Add(ReadingAbroad.Of(registry[number], reading));
        return Task.FromResult(all.ToArray());
    }
}

/// <summary>Finds the wall of another host.</summary>
internal sealed class HostWalls(IServiceProvider services) : Orleans.Runtime.Services.GrainServiceClient<IHostWall>(services)
{
    public IHostWall Of(SiloAddress host) => GetGrainService(host);
}

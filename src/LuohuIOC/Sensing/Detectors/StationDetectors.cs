using System.Collections.Concurrent;
using LuohuIOC.Detection;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>Gives each station its detector and keeps what they share; models are read from <c>models.db</c> once, at start.</summary>
public sealed class StationDetectors
{
    private readonly ConcurrentDictionary<string, Station> _stations = new(StringComparer.Ordinal);
    private readonly ModelStore<PcaModel, ModelEvaluation> _store;

    // Over file and memory together: a training and a rollback at the same time leave the same model in both.
    private readonly Lock _changing = new();

    public StationDetectors(ModelStore<PcaModel, ModelEvaluation> store)
    {
        _store = store;
        foreach (var (sensor, model) in store.ReadActive()) Of(sensor).Active = model;
    }

    /// <summary>Kinds whose sensors have several metrics that move together.</summary>
    public static bool Watches(SensorKind kind) => kind is SensorKind.WaterQuality or SensorKind.Pipe;

    /// <summary>Id of the rule that a kind's detector reports under.</summary>
    public static string RuleOf(SensorKind kind) => kind == SensorKind.WaterQuality ? "water-quality-anomaly" : "pipe-anomaly";

    /// <summary>
    /// Metrics that a detector looks at: the kind's continuous ones without battery and signal, which say nothing of the water, and a pipe's velocity, from which
    /// its flow is computed: few pipes tell it, and stored models are of level and flow.
    /// </summary>
    /// <param name="kind">The kind.</param>
    public static int[] SlotsOf(SensorKind kind)
    {
        var metrics = KindCatalogue.Of(kind).Metrics;
        return [.. Enumerable.Range(0, metrics.Count).Where(s => metrics[s].Shape == MetricShape.Level && metrics[s].Name is not ("battery" or "signal" or "velocity"))];
    }

    /// <summary>A detector for the grain of this sensor, null for kinds without one.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="state">What <see cref="StationDetector.State"/> was when it was stored; null at first.</param>
    /// <param name="threshold">Its factor moves the model's threshold; null for none.</param>
    /// <param name="silent">Judges and is shown, but raises nothing.</param>
    public StationDetector? For(Sensor sensor, DetectorState? state = null, Threshold? threshold = null, bool silent = false) =>
        Watches(sensor.Kind) ? new StationDetector(sensor.Kind, Of(sensor.Id), state ?? new DetectorState(), threshold, silent) : null;

    /// <summary>Stores a new model and puts it in force, unless a pinned one other than <paramref name="overPin"/> is; returns the one in force.</summary>
    public ActiveModel<PcaModel>? Add(string sensorId, PcaModel model, ModelEvaluation? evaluation, int? overPin)
    {
        var station = Of(sensorId);
        lock (_changing)
        {
            if (_store.Add(sensorId, model, evaluation, overPin) is { } added) station.Active = added;
            station.Attempt = null;
            return station.Active;
        }
    }

    /// <summary>Back to the version before, pinned; false when there is none.</summary>
    public bool Rollback(string sensorId)
    {
        lock (_changing)
        {
            if (_store.Rollback(sensorId) is not { } earlier) return false;
            Of(sensorId).Active = earlier;
            return true;
        }
    }

    public Station Of(string sensorId) => _stations.GetOrAdd(sensorId, static _ => new Station());
}

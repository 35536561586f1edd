using System.Collections.Concurrent;
using LuohuIOC.Detection.Nowcast;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>How a station's own model did in its own past, in rain events that its trees had not seen, beside the simulated storms' model.</summary>
/// <param name="Events">Rain events judged.</param>
/// <param name="Own">Of the model, by horizon.</param>
/// <param name="Prior">Of the other.</param>
/// <param name="Better">Whether the own one is to be used.</param>
public sealed record NowcastEvaluation(int Events, NowcastScore[] Own, NowcastScore[] Prior, bool Better);

/// <summary>The model that forecasts a station now.</summary>
/// <param name="Model">The model.</param>
/// <param name="IsOwn">Learned from the station's own past; otherwise from simulated storms.</param>
/// <param name="Version">Of an own one; 0 otherwise.</param>
/// <param name="Pinned">A person chose it.</param>
/// <param name="Scores">By horizon.</param>
internal sealed record ModelInUse(NowcastModel Model, bool IsOwn, int Version, bool Pinned, NowcastScore[] Scores);

/// <summary>What a training lacked.</summary>
/// <param name="At">When it was tried.</param>
/// <param name="Events">Rain events that there were; null when the training failed (see the log).</param>
internal sealed record NowcastAttempt(DateTimeOffset At, int? Events);

/// <summary>Chooses each station's model: its own once there is one that beats the simulated storms' model in the station's own past, or that a person pinned.</summary>
internal sealed class NowcastModels
{
    private readonly ModelStore<NowcastModel, NowcastEvaluation> _store;
    private readonly ConcurrentDictionary<string, (ActiveModel<NowcastModel> Active, NowcastEvaluation? Evaluation)> _own = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, NowcastAttempt> _attempts = new(StringComparer.Ordinal);

    // Over file and memory together: a training and a rollback at the same time leave the same model in both.
    private readonly Lock _changing = new();

    public NowcastModels(ModelStore<NowcastModel, NowcastEvaluation> store)
    {
        _store = store;
        foreach (var (sensor, active) in store.ReadActive()) Keep(sensor, active);
    }

    public ModelInUse? Of(Sensor sensor, NowcastSite site)
    {
        if (_own.TryGetValue(sensor.Id, out var own) && (own.Active.Pinned || own.Evaluation is { Better: true }) && own.Active.Model.Fits(site))
            return new ModelInUse(own.Active.Model, true, own.Active.Version, own.Active.Pinned, own.Evaluation?.Own ?? []);
        return NowcastPrior.Of(sensor.Kind) is { } prior && prior.Model.Fits(site) ? new ModelInUse(prior.Model, false, 0, false, prior.Scores) : null;
    }

    /// <summary>The station's own model, whether it is used or not.</summary>
    public ActiveModel<NowcastModel>? Own(string sensorId) => _own.TryGetValue(sensorId, out var own) ? own.Active : null;

    public IReadOnlyList<ModelVersion<NowcastEvaluation>> Versions(string sensorId) => _store.Versions(sensorId);

    public NowcastAttempt? AttemptOf(string sensorId) => _attempts.GetValueOrDefault(sensorId);

    public void Tried(string sensorId, NowcastAttempt attempt) => _attempts[sensorId] = attempt;

    /// <summary>Stores a new model and puts it in force, unless a pinned one other than <paramref name="overPin"/> is.</summary>
    public void Add(string sensorId, NowcastModel model, NowcastEvaluation evaluation, int? overPin)
    {
        lock (_changing)
        {
            if (_store.Add(sensorId, model, evaluation, overPin) is { } added) Keep(sensorId, added);
        }
        _attempts.TryRemove(sensorId, out _);
    }

    /// <summary>Back to the version before; false when there is none.</summary>
    public bool Rollback(string sensorId)
    {
        lock (_changing)
        {
            if (_store.Rollback(sensorId) is not { } earlier) return false;
            Keep(sensorId, earlier);
            return true;
        }
    }

    private void Keep(string sensorId, ActiveModel<NowcastModel> active) =>
        _own[sensorId] = (active, _store.Versions(sensorId).FirstOrDefault(v => v.Version == active.Version)?.Evaluation);
}

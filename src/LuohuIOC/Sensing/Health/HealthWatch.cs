using System.Collections.Concurrent;
using LuohuIOC.Alerts;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Health;

/// <summary>Looks at all sensors every few minutes, and stores what it learned every hour and at the stop.</summary>
public sealed class HealthWatch : BackgroundService
{
    private readonly SensorRegistry _registry;
    private readonly HealthOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<HealthWatch> _log;
    private readonly HealthStore _store;
    private readonly HealthRound _round;
    private readonly HealthBoard _board;
    private readonly IOpenAlerts _alerts;

    // Alerts of faults that an officer has marked as none since the last look, with their sensors.
    private readonly ConcurrentDictionary<string, string> _acquitted = new(StringComparer.Ordinal);

    // A look takes milliseconds; who asks for one sensor's health waits for it.
    private readonly Lock _looking = new();
    private long _lookedMs;

    // An officer's word must outlive a crash: what was forgotten on it is stored at once.
    private bool _hasForgotten;

    public HealthWatch(
        SensorRegistry registry, LatestBoard latest, HealthBoard board, HealthOptions options, IOpenAlerts alerts, IConfiguration configuration, TimeProvider time, ILogger<HealthWatch> log)
    {
        (_registry, _board, _options, _alerts, _time, _log) = (registry, board, options, alerts, time, log);
        _store = new HealthStore(configuration["DataDirectory"] ?? "./data");
        _round = new HealthRound(registry, latest, board, options);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _alerts.Changed -= Hear;
        if (_options.Watch) Save();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_options.Watch)
        {
            Restore();
            Guarded(Look);
            _alerts.Changed += Hear;
        }
        _board.IsKnown = true;
        if (!_options.Watch) return;
        using var timer = new PeriodicTimer(_options.Every, _time);
        var saved = _time.GetTimestamp();
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Guarded(Look);
            if (!_hasForgotten && _time.GetElapsedTime(saved) < _options.SaveEvery) continue;
            saved = _time.GetTimestamp();
            Guarded(Save);
        }
    }

    private void Guarded(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e)
        {
            _log.LogError(e, "Health: a look at the sensors failed; the next one comes");
        }
    }

    /// <summary>What is known of a sensor's health; null for sensors that are not watched.</summary>
    internal HealthView? ViewOf(Sensor sensor, string language)
    {
        if (!_options.Watch) return null;
        lock (_looking) return _round.Find(sensor) is var (health, peers) ? HealthView.Of(sensor, health, [.. peers.Select(n => _registry[n].Id)], _lookedMs, _options, language) : null;
    }

    /// <summary>
    /// How far a value lies from what is usual at this sensor, in spreads (NaN while that is not known); one spread in the metric's unit (NaN for metrics
    /// that are not compared); and whether the sensor is called faulty. One that is merely suspected may be the first that a flood has reached.
    /// </summary>
    internal (double Departure, double Spread, bool IsFaulty) LookAt(Sensor sensor, string metric, long timeMs, double value)
    {
        foreach (var compared in HealthMetric.Of(sensor.Kind))
        {
            if (compared.Name != metric) continue;
            if (!_options.Watch) return (double.NaN, compared.SpreadMin, false);
            lock (_looking)
            {
                if (_round.Find(sensor) is not var (health, _) || Array.Find(health.Metrics, m => m.Metric.Name == metric) is not { } known) break;
                return (known.Season.Departure(timeMs, value), known.Season.Spread, known.Judge.Fault != Detection.Health.SensorFault.None);
            }
        }
        return (double.NaN, double.NaN, false);
    }

    // On every host: each watches all sensors. Of an alert that says it twice nothing more follows.
    private void Hear(AlertView alert)
    {
        if (IsAcquittal(alert)) _acquitted[alert.Id] = alert.SensorId;
        // A mark that was taken back before anything followed from it.
        else _acquitted.TryRemove(alert.Id, out _);
    }

    // A mark on a fault that is over says nothing of one that stands today.
    private static bool IsAcquittal(AlertView alert) => alert.Rule == HealthMarks.FaultRule && alert.Verdict == "false" && alert.ClearedAt is null;

    // Of one that is at no fault any more nothing is forgotten again.
    private void LearnAnew(string id)
    {
        if (!_registry.TryFind(id, out var sensor) || !_round.LearnAnew(sensor)) return;
        _hasForgotten = true;
        _log.LogInformation("Health: how {Sensor} reads now is learned anew, as its fault was marked as none", id);
    }

    internal void Look()
    {
        lock (_looking)
        {
            foreach (var (alert, id) in _acquitted)
                if (_acquitted.TryRemove(alert, out _)) LearnAnew(id);
            // A host that stopped between the mark and the look has forgotten the one and not the other; the same mark cannot be given again.
            foreach (var alert in _alerts.Open)
                if (IsAcquittal(alert)) LearnAnew(alert.SensorId);
            _round.Look(_lookedMs = _time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    private void Restore()
    {
        lock (_looking)
        {
            foreach (var (id, numbers) in _store.Read())
                if (_registry.TryFind(id, out var sensor) && !_round.Of(sensor).Restore(numbers))
                    _log.LogWarning("Health of {Sensor} begins anew: what was stored does not fit", id);
        }
    }

    private void Save()
    {
        (string, double[])[] rows;
        lock (_looking) rows = [.. _round.Sensors.Select(s => (_registry[s.Number].Id, s.Health.Snapshot()))];
        _store.Write(rows);
        _hasForgotten = false;
    }
}

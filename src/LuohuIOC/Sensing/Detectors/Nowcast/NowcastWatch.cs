using LuohuIOC.Alerts;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.History;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Rain;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing.Detectors.Nowcast;

/// <summary>
/// Forecasts whenever a minute of the devices' clocks is whole: looks at the boards every few seconds, which costs the sensors' grains
/// nothing. After a start it takes the minutes before from history.
/// </summary>
internal sealed class NowcastWatch : BackgroundService
{
    private readonly SensorRegistry _registry;
    private readonly LatestBoard _latest;
    private readonly IReadingHistory _history;
    private readonly IOpenAlerts _alerts;
    private readonly IGrainFactory _grains;
    private readonly SiloStarted _silo;
    private readonly Hosts _hosts;
    private readonly NowcastSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<NowcastWatch> _log;
    private readonly MinuteBook _book;
    private readonly NowcastRound _round;

    // What could not be told yet, in order; a station stands in it a few times at most, because its latch turns once an episode.
    private readonly List<(string SensorId, RuleChange Change)> _untold = [];
    private volatile bool _mapIsOld = true;
    private NowcastMap? _map;
    private bool _isRefilled;
    private long _last = -1;

    public NowcastWatch(
        SensorRegistry registry, LatestBoard latest, RainBoard rain, RuleBook rules, NowcastModels models, NowcastBoard board, IReadingHistory history,
        IOpenAlerts alerts, IGrainFactory grains, SiloStarted silo, Hosts hosts, NowcastSettings settings, TimeProvider time, ILogger<NowcastWatch> log)
    {
        (_registry, _latest, _history, _alerts, _grains, _silo, _hosts, _settings, _time, _log) = (registry, latest, history, alerts, grains, silo, hosts, settings, time, log);
        _book = new MinuteBook(latest, rain, settings.MinuteMs);
        _round = new NowcastRound(registry, rules, models, board, _book, settings);
        registry.Changed += sensor => _mapIsOld |= sensor.Kind is SensorKind.RainGauge or SensorKind.Tide || NowcastMap.MetricOf(sensor.Kind) is not null || sensor.Downstream is not null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _silo.WaitAsync(stoppingToken);
        // A sixth of a minute: the last reading of a minute is rarely followed by one of the next before it is looked at.
        var every = TimeSpan.FromMilliseconds(Math.Max(250, _settings.MinuteMs / 6));
        using var timer = new PeriodicTimer(every, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (_settings.Run) await LookAsync(stoppingToken);
                if (_untold.Count == 0) Abandon();
                await TellAsync();
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                _log.LogError(e, "Nowcast: a look failed; the next one comes");
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        if (_mapIsOld || _map is null || NowMs >= _map.UntilMs)
        {
            _mapIsOld = false;
            _map = new NowcastMap(_registry, _settings.Pipes, NowMs);
            _untold.AddRange(_round.Leave(_map, NowMs).Where(c => IsMine(c.SensorId)));
        }
        _isRefilled = _isRefilled || await RefillAsync(_map, cancellationToken);
        _book.Take(_map);
        _untold.AddRange(_round.TakenOver(_map, _latest).Where(c => IsMine(c.SensorId)));
        if (_book.LastMinute(_map) is not (var minute and >= 0) || minute <= _last) return;
        _last = minute;
        _untold.AddRange(_round.Look(_map, minute).Where(c => IsMine(c.SensorId)));
    }

    private void Abandon()
    {
        var forecast = (_map?.Stations ?? []).Select(s => _registry[s.Sensor].Id).ToHashSet(StringComparer.Ordinal);
        _untold.AddRange(NowcastRound.Abandoned(_alerts.Open, forecast, NowMs).Where(c => IsMine(c.SensorId)));
    }

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The minutes before the start; false while history cannot be read yet.</summary>
    private async Task<bool> RefillAsync(NowcastMap map, CancellationToken cancellationToken)
    {
        var now = NowMs;
        try
        {
            foreach (var column in map.Columns)
                await foreach (var reading in _history.ReadAsync(column.Sensor, now - ((MinuteBook.Kept + 1) * _settings.MinuteMs), now + 60_000, cancellationToken))
                    _book.Learn(column, reading.TimeMs, reading.Mark, reading.Values);
            return true;
        }
        catch (HistoryUnavailableException e)
        {
            _log.LogDebug(e, "Nowcast: history cannot be read yet");
            return false;
        }
    }

    // A city of several hosts: all see the same latest readings, one of them tells.
    private bool IsMine(string sensorId) => _hosts.IsMine(sensorId);

    private async Task TellAsync()
    {
        while (_untold.Count > 0)
        {
            var (sensor, change) = _untold[0];
            await _grains.GetGrain<IAlertGrain>(sensor).Observe([change]);
            _untold.RemoveAt(0);
        }
    }
}

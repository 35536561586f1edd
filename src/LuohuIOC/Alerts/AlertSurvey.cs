using System.Threading.Channels;
using LuohuIOC.Storage;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Alerts;

/// <summary>
/// After an alert was raised on this host, has what stands around its sensor looked at and gives it to the alert as a step of its own, which walls hear of
/// like of any other. Nothing waits for it: neither the reading nor the raise.
/// </summary>
internal sealed class AlertSurvey : BackgroundService
{
    /// <summary>Steps that go to the ledger together.</summary>
    private const int BatchMax = 256;

    /// <summary>What was raised so shortly before a start may have lost its look.</summary>
    private static readonly TimeSpan Lost = TimeSpan.FromMinutes(10);

    private readonly Channel<AlertView> _raised;
    private readonly AlertBoard _board;
    private readonly AlertQueries _ledger;
    private readonly IWitnesses? _witnesses;
    private readonly IServiceProvider _services;
    private readonly AlertOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<AlertSurvey> _log;
    private long _passedOver;

    public AlertSurvey(AlertBoard board, AlertQueries ledger, IServiceProvider services, IOptions<AlertOptions> options, TimeProvider time, ILogger<AlertSurvey> log)
    {
        (_board, _ledger, _services, _options, _time, _log) = (board, ledger, services, options.Value, time, log);
        _witnesses = _options.Survey ? services.GetService<IWitnesses>() : null;
        _raised = Channel.CreateBounded<AlertView>(new BoundedChannelOptions(_options.SurveyQueueMax) { SingleReader = true });
        if (_witnesses is not null) board.HappenedHere += Put;
    }

    public override void Dispose()
    {
        _board.HappenedHere -= Put;
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_witnesses is null) return;
        await _services.GetRequiredService<SiloStarted>().WaitAsync(stoppingToken);
        var hosts = _services.GetRequiredService<Hosts>();
        foreach (var alert in _board.Open)
            if (alert.Surroundings is null && _time.GetUtcNow() - alert.RaisedAt < Lost && hosts.IsMine(alert.SensorId)) Put(alert with { Version = 1 });
        var grains = _services.GetRequiredService<IGrainFactory>();
        var batch = new List<AlertView>(BatchMax);
        while (await _raised.Reader.WaitToReadAsync(stoppingToken))
        {
            await Task.Delay(_options.SurveyAfter, _time, stoppingToken);
            while (batch.Count < BatchMax && _raised.Reader.TryRead(out var alert)) batch.Add(alert);
            await Task.WhenAll(batch.Select(alert => TellAsync(grains, _witnesses, alert)));
            batch.Clear();
        }
    }

    // On the thread of the sensor's grain.
    private void Put(AlertView alert)
    {
        if (alert.Version != 1 || _raised.Writer.TryWrite(alert)) return;
        var passedOver = Interlocked.Increment(ref _passedOver);
        if (passedOver % 1000 == 1) _log.LogWarning("So many alerts at once that {PassedOver} stay without a look at their neighbours", passedOver);
    }

    /// <summary>The loop's edge: an alert without its neighbours is still an alert.</summary>
    private async Task TellAsync(IGrainFactory grains, IWitnesses witnesses, AlertView alert)
    {
        try
        {
            await grains.GetGrain<IAlertGrain>(alert.SensorId).Survey(alert.Id, witnesses.Look(alert, LastOf(alert), _time.GetUtcNow()));
        }
        catch (Exception e) when (PassingFault.Is(e))
        {
            _log.LogWarning("Alert {Alert} of {Sensor} stays without a look at its neighbours: {Cause}", alert.Id, alert.SensorId, e.Message);
        }
        catch (Exception e)
        {
            _log.LogWarning(e, "Alert {Alert} of {Sensor} stays without a look at its neighbours", alert.Id, alert.SensorId);
        }
    }

    private LastEpisode? LastOf(AlertView alert) => _ledger.LastSimilar(alert.SensorId, alert.Rule, alert.Metric, alert.RaisedAt) is var (last, events) ? EpisodeOf(last, events) : null;

    /// <summary>Its peak is the furthest of the values that its events tell, on the side of the threshold that the first one lies on; without one, of what a detector expected.</summary>
    internal static LastEpisode EpisodeOf(Alert last, IReadOnlyList<AlertEvent> events)
    {
        var told = events.Where(e => e.Type != AlertEventType.Cleared && e.Metric == last.Metric && e.Value is not null).Select(e => e.Value!.Value).ToArray();
        var isFall = events[0] is { Value: { } value, Metric: { } metric } first && (first.Threshold ?? EvidenceWords.ExpectedOf(first.Evidence, metric)) is { } usual && value < usual;
        var worst = events.Select(e => e.To ?? last.Severity).Append(last.Severity).Max();
        return new LastEpisode(
            last.Id, last.Rule, worst, last.RaisedAt, last.ClearedAt ?? last.ClosedAt ?? last.UpdatedAt, told.Length == 0 ? null : isFall ? told.Min() : told.Max(), last.ClosedBy ?? Alert.System,
            last.Comment, last.Verdict);
    }
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// Trains all stations in rounds and single ones on request, one at a time. A round waits for quiet moments and leaves out what
/// finds none; a request by an administrator does not wait.
/// </summary>
public sealed class TrainingJob(
    StationTraining training, StationDetectors detectors, SensorRegistry registry, ProcessLoad load,
    TrainingOptions options, TimeProvider clock, ILogger<TrainingJob> log) : BackgroundService
{
    private static readonly TimeSpan LoadPeriod = TimeSpan.FromSeconds(2);

    // Bounded by the registry: a station stands in it once.
    private readonly Channel<string> _requests = Channel.CreateUnbounded<string>();
    private readonly ConcurrentDictionary<string, byte> _waiting = new(StringComparer.Ordinal);

    /// <summary>Asks for a training at once; a station that waits already waits no longer for it.</summary>
    public void Request(string sensorId)
    {
        if (_waiting.TryAdd(sensorId, 0)) _requests.Writer.TryWrite(sensorId);
    }

    public bool IsWaiting(string sensorId) => _waiting.ContainsKey(sensorId);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            var next = clock.GetUtcNow() + options.First;
            while (true)
            {
                await ServeRequestsUntilAsync(next, stoppingToken);
                next = clock.GetUtcNow() + options.Every;
                await RoundAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LogInformation("Training of detectors stopped with the host");
        }
    }

    /// <summary>One round over all stations in service whose model no person has pinned.</summary>
    internal async Task RoundAsync(CancellationToken cancellationToken)
    {
        var (trained, untrained, busy) = (0, 0, 0);
        for (var number = 0; number < registry.Count; number++)
        {
            while (_requests.Reader.TryRead(out var requested)) await TrainRequestedAsync(requested, cancellationToken);
            var sensor = registry[number];
            if (!IsDue(sensor)) continue;
            if (!await QuietAsync(cancellationToken)) busy++;
            else if (await TrainOneAsync(sensor, cancellationToken)) trained++;
            else untrained++;
        }
        log.LogInformation("Detectors: {Trained} stations trained, {Untrained} without enough history, {Busy} passed over because the host was busy",
            trained, untrained, busy);
    }

    private bool IsDue(Sensor sensor)
    {
        if (!StationDetectors.Watches(sensor.Kind) || sensor.RetiredAt is not null) return false;
        var station = detectors.Of(sensor.Id);
        if (station.Active is { Pinned: true }) return false;
        var openSinceMs = station.OpenSinceMs;
        return openSinceMs == 0 || clock.GetUtcNow().ToUnixTimeMilliseconds() - openSinceMs >= options.FaultMax.TotalMilliseconds;
    }

    private async Task ServeRequestsUntilAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        var left = until - clock.GetUtcNow();
        if (left <= TimeSpan.Zero) return;
        using var timeout = new CancellationTokenSource(left, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            while (true)
                await TrainRequestedAsync(await _requests.Reader.ReadAsync(either.Token), cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return;
        }
    }

    private async Task TrainRequestedAsync(string sensorId, CancellationToken cancellationToken)
    {
        if (registry.TryFind(sensorId, out var sensor)) await TrainOneAsync(sensor, cancellationToken);
        _waiting.TryRemove(sensorId, out _);
    }

    /// <summary>The loop's edge: one station's failure is told and the next one's turn comes.</summary>
    private async Task<bool> TrainOneAsync(Sensor sensor, CancellationToken cancellationToken)
    {
        try
        {
            var model = await training.TrainAsync(sensor, cancellationToken);
            if (model is not null)
                log.LogDebug("Detector of {Sensor}: version {Version}, {Rows} rows, threshold {Threshold}", sensor.Id, model.Version, model.Model.Rows, model.Model.Threshold);
            return model is not null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            detectors.Of(sensor.Id).Attempt = new TrainingAttempt(clock.GetUtcNow(), null);
            log.LogWarning(e, "Detector of {Sensor}: training failed; the model before stays in force", sensor.Id);
            return false;
        }
    }

    private async Task<bool> QuietAsync(CancellationToken cancellationToken)
    {
        var until = clock.GetUtcNow() + options.BusyWaitMax;
        while (await load.OverAsync(LoadPeriod, cancellationToken) > options.BusyShare)
            if (clock.GetUtcNow() >= until) return false;
        return true;
    }
}

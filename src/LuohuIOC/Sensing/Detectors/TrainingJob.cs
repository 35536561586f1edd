using System.Collections.Concurrent;
using System.Threading.Channels;
using LuohuIOC.History;
using LuohuIOC.Registry;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// Trains the models of all tasks in rounds and single ones on request, one at a time. A round waits for quiet moments and leaves out what
/// finds none; a request by an administrator does not wait.
/// </summary>
public sealed class TrainingJob(
    IEnumerable<ISensorTraining> trainings, SensorRegistry registry, ProcessLoad load,
    TrainingOptions options, TimeProvider clock, ILogger<TrainingJob> log) : BackgroundService
{
    private static readonly TimeSpan LoadPeriod = TimeSpan.FromSeconds(2);

    private readonly ISensorTraining[] _trainings = [.. trainings];

    // Bounded by the registry: a station stands in it once for each task.
    private readonly Channel<(string Task, string SensorId)> _requests = Channel.CreateUnbounded<(string, string)>();
    private readonly ConcurrentDictionary<(string Task, string SensorId), byte> _waiting = new();

    /// <summary>Asks for a training at once; a station that waits already waits no longer for it.</summary>
    public void Request(string task, string sensorId)
    {
        if (_waiting.TryAdd((task, sensorId), 0)) _requests.Writer.TryWrite((task, sensorId));
    }

    public bool IsWaiting(string task, string sensorId) => _waiting.ContainsKey((task, sensorId));

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
            log.LogInformation("Training of models stopped with the host");
        }
    }

    /// <summary>One round over all sensors in service.</summary>
    internal async Task RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var training in _trainings)
        {
            var (trained, untrained, busy) = (0, 0, 0);
            for (var number = 0; number < registry.Count; number++)
            {
                while (_requests.Reader.TryRead(out var requested)) await TrainRequestedAsync(requested, cancellationToken);
                var sensor = registry[number];
                if (sensor.IsRetired(clock.GetUtcNow()) || !training.IsDue(sensor, clock.GetUtcNow())) continue;
                if (!await QuietAsync(cancellationToken)) busy++;
                else if (await TrainOneAsync(training, sensor, asked: false, cancellationToken)) trained++;
                else untrained++;
            }
            log.LogInformation("Models ({Task}): {Trained} stations trained, {Untrained} without enough history, {Busy} passed over because the host was busy",
                training.Task, trained, untrained, busy);
        }
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

    private async Task TrainRequestedAsync((string Task, string SensorId) asked, CancellationToken cancellationToken)
    {
        if (registry.TryFind(asked.SensorId, out var sensor) && Array.Find(_trainings, t => t.Task == asked.Task) is { } training)
            await TrainOneAsync(training, sensor, asked: true, cancellationToken);
        _waiting.TryRemove(asked, out _);
    }

    /// <summary>The loop's edge: one station's failure is told and the next one's turn comes.</summary>
    private async Task<bool> TrainOneAsync(ISensorTraining training, Sensor sensor, bool asked, CancellationToken cancellationToken)
    {
        try
        {
            return await training.TrainAsync(sensor, asked, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            training.Failed(sensor, clock.GetUtcNow());
            // While the store is away this comes once a station: where in our code it was noticed tells nobody anything.
            log.LogWarning(e is HistoryUnavailableException ? null : e, "Model ({Task}) of {Sensor}: training failed; the model before stays in force. {Cause}", training.Task, sensor.Id, e.Message);
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

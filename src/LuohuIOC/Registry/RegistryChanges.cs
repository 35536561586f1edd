namespace LuohuIOC.Registry;

/// <summary>
/// Imports and retirements: durable when they return. Of several hosts they hold on all, at once here and on the others within a second, which this
/// looks for.
/// </summary>
public sealed partial class RegistryChanges : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly SharedSensors? _shared;
    private readonly TimeProvider _time;
    private readonly ILogger<RegistryChanges> _log;
    private bool _failing;

    internal RegistryChanges(SensorRegistry registry, SharedSensors? shared, TimeProvider time, ILogger<RegistryChanges> log)
    {
        (Registry, _shared, _time, _log) = (registry, shared, time, log);
        if (shared is null) return;
        if (shared.LastRefused is [var first, ..]) LogRefused(shared.LastRefused.Count, first);
        shared.Refused += refused => LogRefused(refused.Count, refused[0]);
    }

    internal SensorRegistry Registry { get; }

    /// <summary>Makes a change; on return it is on disk.</summary>
    /// <exception cref="IOException">It could not be stored; the message says why. It may hold in memory, and is then tried again.</exception>
    public async Task<T> MakeAsync<T>(Func<SensorRegistry, T> change, CancellationToken cancellation)
    {
        var result = _shared is null ? change(Registry) : await _shared.TurnAsync(() => change(Registry), cancellation);
        await Registry.FlushAsync(cancellation);
        return result;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_shared is null) return;
        using var timer = new PeriodicTimer(LookEvery, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await _shared.LookAsync(stoppingToken);
                _failing = false;
            }
            catch (IOException e)
            {
                if (!_failing) LogFailed(e.Message);
                _failing = true;
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Cause}")]
    private partial void LogFailed(string cause);

    [LoggerMessage(LogLevel.Warning,
        "{Count} sensors of other hosts are of another kind here, or find no room (Registry:SensorsMax); the first is {Sensor}. They stay as they are here.")]
    private partial void LogRefused(int count, string sensor);
}

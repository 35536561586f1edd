namespace LuohuIOC.Registry;

/// <summary>Nothing was changed, here or elsewhere; whoever asked for the change has to ask again.</summary>
internal sealed class ChangeNotMadeException(string message, Exception cause) : IOException(message, cause);

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
    /// <exception cref="ChangeNotMadeException">It was not made; the message says why.</exception>
    /// <exception cref="IOException">It is made and could not be stored; the message says why. It holds in memory, and storing is tried again.</exception>
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

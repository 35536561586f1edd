using Microsoft.Extensions.Options;

namespace LuohuIOC.Registry;

/// <summary>Flushes the registry at its interval and once more at the end. A failure is logged when it begins, not at every try.</summary>
internal sealed partial class RegistryWriteBehind(
    SensorRegistry registry, IOptions<RegistryOptions> options, TimeProvider time, ILogger<RegistryWriteBehind> log) : BackgroundService
{
    private bool _failing;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // A file that somebody holds keeps the stop no longer than it may take.
        await Task.Run(FlushAsync, CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.FlushEvery, time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await FlushAsync();
    }

    private async Task FlushAsync()
    {
        try
        {
            await registry.FlushAsync();
            _failing = false;
        }
        catch (IOException e)
        {
            if (!_failing) LogFailure(e.Message);
            _failing = true;
        }
    }

    [LoggerMessage(LogLevel.Error, "{Cause}")]
    private partial void LogFailure(string cause);
}

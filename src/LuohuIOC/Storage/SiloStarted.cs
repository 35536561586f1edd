namespace LuohuIOC.Storage;

/// <summary>Grains can be called once the host has started everything; background work that calls them begins here.</summary>
public sealed class SiloStarted(IHostApplicationLifetime lifetime)
{
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancellationToken);
    }
}

using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace LuohuIOC.Storage;

/// <summary>
/// Bounds how long a host that stops tries to write that it goes. Orleans writes it twice, each for as long as a join may take, a minute
/// whatever the host's own deadline; with the database away nothing of it can succeed, and the neighbours see by themselves who is gone.
/// </summary>
internal sealed class Farewell(IOptions<ClusterMembershipOptions> membership) : IHostedLifecycleService
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        membership.Value.MaxJoinAttemptTime = Longest;
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

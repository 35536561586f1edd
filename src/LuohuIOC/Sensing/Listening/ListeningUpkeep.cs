using LuohuIOC.Storage;

namespace LuohuIOC.Sensing.Listening;

/// <summary>Keeps on disk every ten seconds, and at the stop, that the host listens: what a crash takes away from it is a pause of so long at most.</summary>
internal sealed class ListeningUpkeep(HostListening listening, SiloStarted silo, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private bool _isOpen;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // A start that got no further has heard nobody: its time is part of the pause.
        if (!_isOpen) return;
        listening.Look();
        listening.Keep();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await silo.WaitAsync(stoppingToken);
        listening.Open();
        _isOpen = true;
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            listening.Look();
            listening.Keep();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}

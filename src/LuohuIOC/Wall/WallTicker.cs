using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Wall;

/// <summary>Every tick, gathers the sensors that changed and shows them. While nobody watches, the board keeps at most one mark a sensor.</summary>
internal sealed class WallTicker(
    WallRoom room, LatestBoard latest, SensorRegistry registry, IOptions<WallOptions> options, TimeProvider time, ILogger<WallTicker> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var changed = new int[options.Value.ReadingsPerTick];
        using var timer = new PeriodicTimer(options.Value.Tick, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) Tick(changed);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            logger.LogDebug("The wall has stopped.");
        }
    }

    private void Tick(int[] changed)
    {
        if (room.IsEmpty) return;
        var count = latest.TakeChanged(changed);
        if (count > 0) room.Show(new ReadingsFrame(changed[..count], registry, latest));
    }
}

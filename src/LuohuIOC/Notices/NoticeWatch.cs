using LuohuIOC.Storage;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Notices;

/// <summary>Looks every second whether somebody is to be told, and wakes the one that tells. Every host looks, so that no alert depends on one of them.</summary>
internal sealed class NoticeWatch(NoticeRound round, EndedAlerts ended, IGrainFactory grains, SiloStarted silo, IOptions<NoticeOptions> options, TimeProvider time, ILogger<NoticeWatch> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (round.Lines.Count == 0) return;
        await silo.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.LookEvery, time);
        var isFailing = false;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                ended.Load();
                if (round.IsDue()) await grains.GetGrain<INoticeGrain>(0).Tell().WaitAsync(stoppingToken);
                isFailing = false;
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                if (!isFailing) logger.LogWarning(e, "Notices: nobody could be told for now; it is tried every {LookEvery}.", options.Value.LookEvery);
                isFailing = true;
            }
        }
    }
}

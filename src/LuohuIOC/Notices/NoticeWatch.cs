using LuohuIOC.Http;
using LuohuIOC.Storage;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Notices;

/// <summary>Looks every second whether somebody is to be told, and wakes the one that tells. Every host looks, so that no alert depends on one of them.</summary>
internal sealed class NoticeWatch(NoticeRound round, EndedAlerts ended, WorkdayCalendar calendar, IGrainFactory grains, SiloStarted silo, IOptions<NoticeOptions> options, TimeProvider time, ILogger<NoticeWatch> logger) : BackgroundService
{
    private void TellGaps()
    {
        var (policies, now) = (options.Value.Policies, time.GetUtcNow());
        if (DutyGaps.FirstOf(policies, calendar, now) is { } gap)
            logger.LogWarning("Notices: by Hours and Days of all policies nobody is on duty at {Gap:yyyy-MM-dd HH:mm} Beijing time, and perhaps at other times: who comes on duty next is told then.", gap.ToOffset(TimeParameter.ShanghaiOffset));
        if (now.ToOffset(TimeParameter.ShanghaiOffset).AddMonths(1).Year > calendar.LastYear && policies.Exists(policy => policy.Days.Length > 0))
            logger.LogWarning("Notices: public holidays are known to the end of {Year}; beyond it weekends alone count as rest days. Write the State Council's days into Notices:OffDays and Notices:MakeupWorkdays.", calendar.LastYear);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (round.Lines.Count == 0) return;
        TellGaps();
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

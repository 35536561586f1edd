using LuohuIOC.History.Queries;

namespace LuohuIOC.History.Upkeep;

/// <summary>Runs <see cref="Retention"/> once a day at <see cref="HistoryOptions.RetentionAt"/>, Shanghai time.</summary>
internal sealed class RetentionSchedule(IRetention retention, HistoryOptions options, TimeProvider time, ILogger<RetentionSchedule> log) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await NextAsync(stoppingToken);
            try
            {
                await retention.RunAsync(time.GetUtcNow(), stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "Retention stopped and goes on tomorrow; nothing was deleted that was not to be. {Cause}", e.Message);
            }
        }
    }

    // A clock that is set after the start must not have it run at another time of day.
    internal async Task NextAsync(CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        var due = now + UntilNext(now);
        while (now < due)
        {
            await Task.Delay(due - now < LookEvery ? due - now : LookEvery, time, stoppingToken);
            now = time.GetUtcNow();
            // Set back it comes sooner; set on past it, this is not its time of day either.
            if ((now < due && now + UntilNext(now) < due) || now - due > LookEvery) due = now + UntilNext(now);
        }
    }

    internal TimeSpan UntilNext(DateTimeOffset now)
    {
        var local = now.ToOffset(TimeSpan.FromMilliseconds(Every.ShanghaiMs));
        var today = local.Date + options.RetentionAt.ToTimeSpan();
        return (today > local.DateTime ? today : today.AddDays(1)) - local.DateTime;
    }
}

using LuohuIOC.History.Queries;

namespace LuohuIOC.History.Upkeep;

/// <summary>Runs <see cref="Retention"/> once a day at <see cref="HistoryOptions.RetentionAt"/>, Shanghai time.</summary>
internal sealed class RetentionSchedule(IRetention retention, HistoryOptions options, TimeProvider time, ILogger<RetentionSchedule> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(UntilNext(time.GetUtcNow()), time, stoppingToken);
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

    internal TimeSpan UntilNext(DateTimeOffset now)
    {
        var local = now.ToOffset(TimeSpan.FromMilliseconds(Every.ShanghaiMs));
        var today = local.Date + options.RetentionAt.ToTimeSpan();
        return (today > local.DateTime ? today : today.AddDays(1)) - local.DateTime;
    }
}

using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.Influx.Meters;
using LuohuIOC.History.Queries;
using LuohuIOC.History.Upkeep;

namespace LuohuIOC.History.Influx;

/// <summary>
/// Deletes points that are older than their kind is kept. InfluxDB does not say how many there were. Days count from what <see cref="RetentionClock"/> believes, by the
/// devices' times that this run of the host has written: as long as it has written none, nothing is deleted.
/// </summary>
internal sealed class InfluxRetention(InfluxHistory history, HistoryOptions options, ILogger<InfluxRetention> log) : IRetention
{
    private const long DayMs = RetentionClock.DayMs;

    public async Task<long?> RunAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (history.NewestMs is not { } newestMs)
        {
            log.LogWarning("Retention is put off until the next night: no reading has come since this host started, so no device confirms its clock.");
            return null;
        }
        var midnightMs = Every.MidnightMs(RetentionClock.Believed(now.ToUnixTimeMilliseconds(), newestMs, log));
        var longest = 0;
        foreach (var kind in KindCatalogue.All)
        {
            var days = options.Retention.GetValueOrDefault(kind.Name);
            longest = days == 0 ? int.MaxValue : Math.Max(longest, days);
            if (days == 0) continue;
            try
            {
                await history.Client.DeleteAsync(kind.Name, PointTime.OfMs(midnightMs - days * DayMs), cancellationToken);
                log.LogInformation("Retention: readings of kind {Kind} older than {Days} days deleted.", kind.Name, days);
            }
            catch (Exception e) when (e is HistoryUnavailableException or StoreTooSlowException)
            {
                // The other kinds have their turn; this one has it again with the next night.
                log.LogWarning("Retention: readings of kind {Kind} are not deleted: {Cause}", kind.Name, e.Message);
            }
        }
        if (options.Influx is { ApiVersion: 1, MetersDays: > 0 and var meterDays })
            await history.Client.DeleteMatchingAsync(MeterPoints.Prefix, PointTime.OfMs(midnightMs - meterDays * DayMs), cancellationToken);
        if (longest < int.MaxValue) await history.ForgetAheadAsync(PointTime.OfMs(midnightMs - longest * DayMs), cancellationToken);
        return null;
    }
}

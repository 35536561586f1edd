using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.DuckDb;
using LuohuIOC.History.Queries;

namespace LuohuIOC.History.Upkeep;

/// <summary>Deletes readings that are older than their kind is kept, in steps of an hour of rows, so that the writer never waits for long.</summary>
public sealed class Retention(DuckDbHistory history, ParquetExport export, HistoryOptions options, ILogger<Retention> log) : IRetention
{
    private const long StepMs = 3_600_000;
    private const long DayMs = 86_400_000;

    public async Task<long?> RunAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        var midnightMs = Every.MidnightMs(now.ToUnixTimeMilliseconds());
        foreach (var kind in KindCatalogue.All)
        {
            var days = options.Retention.GetValueOrDefault(kind.Name);
            if (days == 0) continue;
            var beforeMs = midnightMs - days * DayMs;
            if (options.ExportBeforeDelete) await ExportAsync(kind.Kind, beforeMs, cancellationToken);
            var ofKind = 0L;
            while (await history.DeleteStepAsync(kind.Kind, beforeMs, StepMs, cancellationToken) is { } step) ofKind += step;
            if (ofKind > 0) log.LogInformation("Retention: {Readings} readings of kind {Kind} older than {Days} days deleted.", ofKind, kind.Name, days);
            deleted += ofKind;
        }
        return deleted;
    }

    /// <summary>
    /// Writes the days that are about to lose rows, unless they were written before: a file that holds a whole day is never replaced by what is
    /// left of it.
    /// </summary>
    private async Task ExportAsync(SensorKind kind, long beforeMs, CancellationToken cancellationToken)
    {
        var dayMs = await history.OldestAsync(kind, 0, beforeMs, cancellationToken);
        while (dayMs is { } oldest)
        {
            var midnight = Every.MidnightMs(oldest);
            var day = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(midnight + Every.ShanghaiMs).UtcDateTime);
            if (!File.Exists(export.PathOf(day)))
            {
                if (await export.WriteAsync(day, cancellationToken) is { } written)
                    log.LogInformation("Retention: {Day} written to {File}, {Rows} values.", day, written.File, written.Rows);
            }
            dayMs = await history.OldestAsync(kind, midnight + DayMs, beforeMs, cancellationToken);
        }
    }
}

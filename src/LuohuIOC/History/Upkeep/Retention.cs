using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.DuckDb;
using LuohuIOC.History.Queries;

namespace LuohuIOC.History.Upkeep;

/// <summary>
/// Deletes readings that are older than their kind is kept, in steps of an hour of rows, so that the writer never waits for long. Where days are exported
/// first, an hour is deleted only if it is what it was before its day was written: what comes meanwhile stays until the next night has written it too.
/// <para>Days count from what <see cref="RetentionClock"/> believes.</para>
/// </summary>
public sealed class Retention(DuckDbHistory history, ParquetExport export, HistoryOptions options, ILogger<Retention> log) : IRetention
{
    private const long DayMs = RetentionClock.DayMs;

    public async Task<long?> RunAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var midnightMs = Every.MidnightMs(await BelievedAsync(now, cancellationToken));
        var due = KindCatalogue.All.Where(k => options.Retention.GetValueOrDefault(k.Name) > 0)
            .Select(k => new DueKind(k, options.Retention[k.Name], midnightMs - options.Retention[k.Name] * DayMs)).ToList();
        if (options.ExportBeforeDelete) await ExportAndDeleteAsync(due, cancellationToken);
        else
        {
            foreach (var kind in due)
                while (await history.DeleteStepAsync(kind.Kind, kind.BeforeMs, HourOfRows.LengthMs, cancellationToken) is { } step) kind.Deleted += step;
        }
        foreach (var kind in due)
            if (kind.Deleted > 0) log.LogInformation("Retention: {Readings} readings of kind {Kind} older than {Days} days deleted.", kind.Deleted, kind.Name, kind.Days);
        return due.Sum(k => k.Deleted);
    }

    /// <summary>
    /// Now, Unix ms, as far as devices confirm it. Times of readings whose device is ahead of this host are its own clock's, and confirm nothing; where there are no
    /// others they still tell when the city was last at work.
    /// </summary>
    private async Task<long> BelievedAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var nowMs = now.ToUnixTimeMilliseconds();
        const long nearMs = RetentionClock.Days * DayMs;
        if ((await history.NewestAsync(nowMs - nearMs, nowMs + nearMs, cancellationToken)).OfDevice is not null) return nowMs;
        var newest = await history.NewestAsync(long.MinValue, nowMs, cancellationToken);
        return (newest.OfDevice ?? newest.OfAny) is { } newestMs ? RetentionClock.Believed(nowMs, newestMs, log) : nowMs;
    }

    /// <summary>Day by day, so that a day of many kinds is written once.</summary>
    private async Task ExportAndDeleteAsync(List<DueKind> due, CancellationToken cancellationToken)
    {
        for (var day = await NextDayAsync(due, long.MinValue, cancellationToken); day is { } midnightMs; day = await NextDayAsync(due, midnightMs + DayMs, cancellationToken))
        {
            // Before the day is written: what is the same afterwards is in the file.
            var hours = new List<HourOfRows>();
            foreach (var kind in due.Where(k => midnightMs < k.BeforeMs)) hours.AddRange(await history.HoursAsync(kind.Kind, midnightMs, midnightMs + DayMs, cancellationToken));
            if (!await ExportAsync(midnightMs, cancellationToken)) continue;
            var stays = 0L;
            foreach (var hour in hours)
            {
                if (await history.DeleteHourAsync(hour, cancellationToken) is { } deleted) due.Single(k => k.Kind == hour.Kind).Deleted += deleted;
                else stays += hour.Rows;
            }
            if (stays > 0) log.LogInformation("Retention: {Readings} readings of {Day:yyyy-MM-dd} stay until the next night, because others of their hour came while the day was written.", stays, DateOf(midnightMs));
        }
    }

    /// <summary>False when the day's file is one that must not be replaced: the day stays, and the others have their turn.</summary>
    private async Task<bool> ExportAsync(long midnightMs, CancellationToken cancellationToken)
    {
        try
        {
            if (await export.WriteAsync(DateOf(midnightMs), cancellationToken) is { } written)
                log.LogInformation("Retention: {Day:yyyy-MM-dd} written to {File}, {Rows} values.", written.Day, written.File, written.Rows);
            return true;
        }
        catch (InvalidDataException e)
        {
            log.LogError("Retention: {Day:yyyy-MM-dd} stays in history until it can be exported. {Cause}", DateOf(midnightMs), e.Message);
            return false;
        }
    }

    /// <summary>Midnight of the first day, from a time on, of which some kind has readings that are due.</summary>
    private async Task<long?> NextDayAsync(List<DueKind> due, long fromMs, CancellationToken cancellationToken)
    {
        long? first = null;
        foreach (var kind in due.Where(k => fromMs < k.BeforeMs))
            if (await history.OldestAsync(kind.Kind, fromMs, kind.BeforeMs, cancellationToken) is { } oldest && !(first <= oldest)) first = oldest;
        return first is { } ms ? Every.MidnightMs(ms) : null;
    }

    private static DateOnly DateOf(long midnightMs) => DateOnly.FromDateTime(RetentionClock.Local(midnightMs).DateTime);

    private sealed class DueKind(KindDefinition definition, int days, long beforeMs)
    {
        public SensorKind Kind => definition.Kind;

        public string Name => definition.Name;

        public int Days => days;

        public long BeforeMs => beforeMs;

        public long Deleted { get; set; }
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using LuohuIOC.History.Queries;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.SensorThings;

/// <summary>A page of entities; <paramref name="Next"/> is the query of the next one.</summary>
internal sealed record StaPage(List<JsonObject> Items, long? Count, string? Next);

/// <summary>Observations of one datastream, from history, page by page: neither a year nor a filter that few pass is read at once.</summary>
internal sealed class StaObservations(IReadingQueries history, StaEntities entities)
{
    /// <summary>Readings looked at for one page; a page whose filter passes fewer ends early and says where to go on.</summary>
    private const int LookedAtMax = 50_000;

    /// <summary>Readings asked of the store at once for a filter that it cannot judge.</summary>
    private const int Portion = 2_000;

    /// <summary>Readings looked at for one count; more have to be narrowed by time.</summary>
    private const int CountedMax = 1_000_000;

    public async Task<StaPage> ReadAsync(Sensor sensor, int slot, StaQuery query, Func<JsonObject, StaScope> scope, CancellationToken cancellation)
    {
        var (fromMs, toMs) = query.Filter?.Bounds ?? (0, long.MaxValue);
        var request = new ReadingRequest
        {
            Sensors = [sensor],
            Metrics = [sensor.Layout.Names[slot]],
            FromMs = fromMs,
            ToMs = Math.Min(toMs, TimeMax),
            Quality = QualityFilter.All,
            Limit = 1,
            IsNewestFirst = IsNewestFirst(query),
        };
        bool Matches(JsonObject o) => query.Filter?.Matches(scope(o)) ?? true;
        var count = !query.Count ? (long?)null
            : query.Filter is { IsBoundsOnly: false } ? await CountMatchesAsync(sensor, slot, request, Matches, cancellation)
            : await CountAsync(request, cancellation);
        if (query.Top == 0) return new StaPage([], count, null);
        var page = await PageAsync(sensor, slot, request, query, Matches, cancellation);
        return page with { Count = count };
    }

    /// <summary>The one with an id of <see cref="IdOf"/>; null when history has none.</summary>
    public async Task<JsonObject?> FindAsync(Sensor sensor, int slot, string id, CancellationToken cancellation)
    {
        var time = id[(id.LastIndexOf(':') + 1)..].Split('.', '~')[0];
        if (!long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) || ms >= TimeMax) return null;
        var request = new ReadingRequest
        {
            Sensors = [sensor],
            Metrics = [sensor.Layout.Names[slot]],
            FromMs = ms,
            ToMs = ms + 1,
            Quality = QualityFilter.All,
            Limit = ReadingRequest.LimitMax,
        };
        // A device that sends all that it kept, its clock ahead, fills one millisecond with more than a page.
        while (true)
        {
            var page = await history.RawAsync(request, cancellation);
            if (page.Items.FirstOrDefault(r => OwnId(sensor, slot, r) == id) is { } found) return Entity(sensor, slot, found);
            if (page.Next is null) return null;
            request = request with { After = page.Items[^1].Place };
        }
    }

    // Year 9999: what a timestamp of the store can hold.
    private const long TimeMax = 253_402_300_800_000;

    private async Task<long> CountAsync(ReadingRequest request, CancellationToken cancellation)
    {
        var counted = request with { Aggregates = [Aggregate.Count] };
        var page = await history.BucketsAsync(counted, cancellation);
        return (long)(page.Items.FirstOrDefault()?.Value ?? 0);
    }

    // A filter on more than the time is not the store's to count by.
    private async Task<long> CountMatchesAsync(Sensor sensor, int slot, ReadingRequest request, Func<JsonObject, bool> matches, CancellationToken cancellation)
    {
        var (count, looked, after) = (0L, 0, default(PageMark?));
        while (looked < CountedMax)
        {
            var page = await history.RawAsync(request with { Limit = ReadingRequest.LimitMax, After = after }, cancellation);
            count += page.Items.LongCount(r => matches(Entity(sensor, slot, r)));
            looked += page.Items.Count;
            if (page.Next is null) return count;
            after = PageMark.TryParse(page.Next, out var next) ? next : null;
        }
        throw new StaQueryException("$count", "count", CountedMax);
    }

    private static bool IsNewestFirst(StaQuery query) => query.OrderBy switch
    {
        [] or [(["phenomenonTime" or "resultTime"], false)] => false,
        [(["phenomenonTime" or "resultTime"], true)] => true,
        _ => throw new StaQueryException("$orderby", "orderby"),
    };

    private async Task<StaPage> PageAsync(Sensor sensor, int slot, ReadingRequest request, StaQuery query, Func<JsonObject, bool> matches, CancellationToken cancellation)
    {
        PageMark? after = null;
        if (query.SkipToken is { } token) after = PageMark.TryParse(token, out var mark) && mark.Sensor == sensor.Number ? mark : throw new StaQueryException($"$skiptoken: '{token}'");
        var items = new List<JsonObject>();
        var skip = query.Skip;
        for (var looked = 0; looked < LookedAtMax;)
        {
            // Where the store judges all of the filter it gives what the page needs.
            var limit = IsPlain(query) ? (int)Math.Clamp((long)query.Top - items.Count + skip, 1, ReadingRequest.LimitMax) : Portion;
            var page = await history.RawAsync(request with { Limit = limit, After = after }, cancellation);
            looked += page.Items.Count;
            foreach (var (i, reading) in page.Items.Index())
            {
                var observation = Entity(sensor, slot, reading);
                if (!matches(observation)) continue;
                if (skip > 0)
                {
                    skip--;
                    continue;
                }
                items.Add(observation);
                if (items.Count < query.Top) continue;
                var isLast = page.Next is null && i == page.Items.Count - 1;
                return new StaPage(items, null, isLast ? null : $"$skiptoken={reading.Place}");
            }
            if (page.Next is null) return new StaPage(items, null, null);
            after = page.Items[^1].Place;
        }
        return new StaPage(items, null, $"$skiptoken={after}{(skip > 0 ? $"&$skip={skip}" : "")}");
    }

    // All that the filter says is in the store's question.
    private static bool IsPlain(StaQuery query) => query.Filter is null or { IsBoundsOnly: true };

    /// <summary>
    /// The same for the same reading, over HTTP and MQTT: <c>river-001:level:1732262400000.17</c>. Readings whose clock was ahead count as of their
    /// receipt, many of them at once, and are told apart by the device's time: <c>river-001:level:1732262400000.17~1732269600000</c>.
    /// </summary>
    public static string IdOf(Sensor sensor, int slot, long unixMs, long? sequence, long deviceMs) =>
        string.Create(CultureInfo.InvariantCulture, $"{sensor.Id}:{sensor.Layout.Names[slot]}:{unixMs}{(sequence is { } seq ? $".{seq}" : "")}{(deviceMs == unixMs ? "" : $"~{deviceMs}")}");

    private static string OwnId(Sensor sensor, int slot, ReadingItem reading) => IdOf(sensor, slot, reading.Ts, reading.Seq, reading.DeviceTs ?? reading.Ts);

    public static string TimeOf(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private JsonObject Entity(Sensor sensor, int slot, ReadingItem reading)
    {
        var metric = sensor.Layout.Names[slot];
        var blamed = reading.Quality != QualityGrade.Good && (reading.Metrics is null || reading.Metrics.Contains(metric));
        return entities.Observation(sensor, slot, OwnId(sensor, slot, reading), TimeOf(reading.Ts), reading.Values.GetValueOrDefault(metric, double.NaN), blamed ? reading.Quality.ToString().ToLowerInvariant() : "good");
    }
}

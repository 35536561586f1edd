using LuohuIOC.History.DuckDb;
using LuohuIOC.History.Queries;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.History.Influx;

/// <summary>
/// Answers the API from InfluxDB. Raw readings come from the store as they are asked for. Figures are made here from the points of the
/// range, read in portions, because a mark is about single metrics and InfluxQL's percentiles are not those of the contract.
/// </summary>
internal sealed class InfluxQueries(InfluxHistory history) : IReadingQueries
{
    private readonly PointReader _points = new(history.Client);

    public async Task<ReadingPage<ReadingItem>> RawAsync(ReadingRequest request, CancellationToken cancellationToken)
    {
        var asked = Asked(request);
        var (fromNs, toNs) = (PointTime.OfMs(request.FromMs), PointTime.OfMs(request.ToMs));
        var hasValue = request.Metrics.Count > 0;
        var rows = new List<(Asked Of, StoredPoint Point)>();
        if (request.Last is { } last)
        {
            if (asked.Count == 0) return new ReadingPage<ReadingItem>([], null);
            var newest = await _points.NewestAsync([.. asked.Select(a => (a.Sensor, a.Slots))], fromNs, toNs, request.Quality, hasValue, last, cancellationToken);
            foreach (var (of, points) in asked.Zip(newest)) rows.AddRange(points.Select(p => (of, p)));
            return new ReadingPage<ReadingItem>([.. rows.Select(r => View(r.Of, r.Point, request))], null);
        }
        var wanted = request.Limit + 1;
        if (request.IsNewestFirst)
        {
            if (Behind(asked, request.After).FirstOrDefault() is not { } of) return new ReadingPage<ReadingItem>([], null);
            var beforeNs = request.After is { } mark ? Math.Min(toNs, PointOf(mark)) : toNs;
            var newest = await _points.NewestAsync([(of.Sensor, of.Slots)], fromNs, beforeNs, request.Quality, hasValue, wanted, cancellationToken);
            rows.AddRange(newest[0].AsEnumerable().Reverse().Select(p => (of, p)));
            return Page(rows, request);
        }
        foreach (var of in Behind(asked, request.After))
        {
            var behindNs = request.After is { } mark && mark.Sensor == of.Sensor.Number ? PointOf(mark) + 1 : fromNs;
            var page = await _points.PageAsync(of.Sensor, of.Slots, Math.Max(fromNs, behindNs), toNs, request.Quality, hasValue, wanted - rows.Count, cancellationToken);
            rows.AddRange(page.Select(p => (of, p)));
            if (rows.Count == wanted) break;
        }
        return Page(rows, request);
    }

    /// <param name="rows">One more than the page holds where there is a next one.</param>
    /// <param name="request">The question.</param>
    private static ReadingPage<ReadingItem> Page(List<(Asked Of, StoredPoint Point)> rows, ReadingRequest request)
    {
        var items = rows.Take(request.Limit).Select(r => View(r.Of, r.Point, request)).ToList();
        return new ReadingPage<ReadingItem>(items, rows.Count > request.Limit ? items[^1].Place.ToString() : null);
    }

    public async Task<ReadingPage<BucketItem>> BucketsAsync(ReadingRequest request, CancellationToken cancellationToken)
    {
        var wanted = request.Limit + 1;
        var rows = new List<(PageMark Mark, BucketItem Item)>();
        foreach (var of in Behind(Asked(request), request.After))
        {
            var fromMs = request.FromMs;
            if (request.After is { } mark && mark.Sensor == of.Sensor.Number)
            {
                if (request.EveryMs is not { } every) continue;
                fromMs = Math.Max(fromMs, mark.Key.TimeMs + every);
            }
            await foreach (var item in BucketsAsync(of, request, fromMs, cancellationToken))
            {
                rows.Add((new PageMark(of.Sensor.Number, new RowKey(item.Ts, ReadingGroup.NoSequence, item.Ts)), item));
                if (rows.Count == wanted) break;
            }
            if (rows.Count == wanted) break;
        }
        return new ReadingPage<BucketItem>([.. rows.Take(request.Limit).Select(r => r.Item)], rows.Count == wanted ? rows[request.Limit - 1].Mark.ToString() : null);
    }

    public Task<long> CountAsync(IReadOnlyList<Sensor> sensors, long fromMs, long toMs, CancellationToken cancellationToken) =>
        history.CountAsync(sensors, fromMs, toMs, cancellationToken);

    /// <summary>Points come in order of time, so one bucket after the other is whole.</summary>
    private async IAsyncEnumerable<BucketItem> BucketsAsync(
        Asked of, ReadingRequest request, long fromMs, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PointBucket? open = null;
        var (fromNs, toNs) = (PointTime.OfMs(fromMs), PointTime.OfMs(request.ToMs));
        await foreach (var point in _points.ReadAsync(of.Sensor, of.Slots, fromNs, toNs, QualityFilter.All, hasValue: true, cancellationToken))
        {
            var bucketMs = request.EveryMs is { } every ? Every.BucketMs(point.TimeMs, every) : request.FromMs;
            if (open is not null && open.StartMs != bucketMs)
            {
                if (open.Count > 0) yield return open.Item(of.Sensor, request);
                open = null;
            }
            open ??= new PointBucket(bucketMs, of.Metrics);
            open.Add(point, request.Quality);
        }
        if (open is { Count: > 0 }) yield return open.Item(of.Sensor, request);
    }

    /// <summary>Kind by kind, within a kind by number; sensors that have none of the metrics are passed over.</summary>
    private static List<Asked> Asked(ReadingRequest request) =>
    [
        .. request.Sensors.OrderBy(s => (s.Kind, s.Number))
            .Select(s => new Asked(s, [.. s.Layout.Names.Index()
                .Where(m => request.Metrics.Count == 0 || request.Metrics.Contains(m.Item)).Select(m => (m.Item, m.Index))]))
            .Where(a => a.Metrics.Count > 0),
    ];

    private static IEnumerable<Asked> Behind(List<Asked> asked, PageMark? after) =>
        after is { } mark ? asked.SkipWhile(a => a.Sensor.Number != mark.Sensor) : asked;

    /// <summary>The mark's sequence is the place within the millisecond: for the caller the mark is only a word.</summary>
    private static PageMark MarkOf(Sensor sensor, StoredPoint point) =>
        new(sensor.Number, new RowKey(point.TimeMs, point.TimeNs - point.TimeMs * PointTime.NsPerMs, point.TimeMs));

    private static long PointOf(PageMark mark) => mark.Key.TimeMs * PointTime.NsPerMs + mark.Key.Sequence;

    private static ReadingItem View(Asked of, StoredPoint point, ReadingRequest request) => ReadingItem.Of(
        request, of.Sensor, of.Metrics, MarkOf(of.Sensor, point), new RowKey(point.TimeMs, point.Sequence, point.DeviceMs), point.Mark, [.. of.Slots.Select(slot => point.Values[slot])]);
}

/// <summary>A sensor with the metrics that were asked for.</summary>
internal sealed record Asked(Sensor Sensor, IReadOnlyList<(string Name, int Slot)> Metrics)
{
    public IReadOnlyList<int> Slots { get; } = [.. Metrics.Select(m => m.Slot)];
}

using System.Globalization;
using System.Runtime.CompilerServices;
using LuohuIOC.Http;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;
using LuohuIOC.Texts;

namespace LuohuIOC.History.Queries;

/// <summary>One sensor's readings, or their figures over buckets of time, as a table in the reader's words: a column for each metric, its unit in the head.</summary>
internal static class ReadingCsv
{
    /// <summary>Rows at most, which is what a spreadsheet takes; the last line says when there were more. One a minute for almost two years.</summary>
    public const int RowsMax = 1_000_000;

    public static string[] Heads(ReadingRequest request, string language)
    {
        var metrics = MetricsOf(request).Select(metric => Head(request.Sensors[0], metric, language));
        return request.IsAggregated
            ? [Text(language, "begin"), Text(language, "count"), .. metrics.SelectMany(head => request.Aggregates.Select(a => $"{head} {Text(language, Word(a))}"))]
            : [Text(language, "time"), .. metrics, Text(language, "quality"), Text(language, "reason"), Text(language, "metrics"), Text(language, "sequence"), Text(language, "device-time")];
    }

    /// <summary>Page by page, oldest first.</summary>
    public static async IAsyncEnumerable<string[]> RowsAsync(
        IReadingQueries queries, ReadingRequest request, int rowsMax, string language, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var left = rowsMax; ;)
        {
            var page = request with { Limit = Math.Min(left, ReadingRequest.LimitMax) };
            var (rows, next) = request.IsAggregated
                ? Of(await queries.BucketsAsync(page, cancellationToken), item => Row(request, item))
                : Of(await queries.RawAsync(page, cancellationToken), item => Row(request, item, language));
            foreach (var row in rows) yield return row;
            left -= rows.Count;
            if (next is null || !PageMark.TryParse(next, out var mark)) yield break;
            if (left == 0) break;
            request = request with { After = mark };
        }
        yield return [TextBook.Get(language, "csv.cut", rowsMax)];
    }

    private static (IReadOnlyList<string[]>, string?) Of<T>(ReadingPage<T> page, Func<T, string[]> row) => ([.. page.Items.Select(row)], page.Next);

    private static string[] Row(ReadingRequest request, ReadingItem item, string language) =>
    [
        Time(item.Ts),
        .. MetricsOf(request).Select(metric => item.Values.TryGetValue(metric, out var value) ? Number(value) : ""),
        Text(language, $"quality.{Word(item.Quality)}"),
        item.Reason is { } reason and not QualityReason.None ? Text(language, $"reason.{Word(reason)}") : "",
        string.Join(TextBook.Get(language, "comma"), (item.Metrics ?? []).Select(metric => Name(language, "metric.", metric))),
        item.Seq?.ToString(CultureInfo.InvariantCulture) ?? "",
        item.DeviceTs is { } device ? Time(device) : "",
    ];

    private static string[] Row(ReadingRequest request, BucketItem item) =>
    [
        Time(item.Ts),
        item.Count.ToString(CultureInfo.InvariantCulture),
        .. MetricsOf(request).SelectMany(metric => request.Aggregates.Select(aggregate =>
            Number(item.Values is null ? item.Value : item.Values.GetValueOrDefault(metric)?.GetValueOrDefault(Word(aggregate))))),
    ];

    private static IReadOnlyList<string> MetricsOf(ReadingRequest request) => request.Metrics.Count > 0 ? request.Metrics : request.Sensors[0].Layout.Names;

    private static string Head(Sensor sensor, string metric, string language)
    {
        var unit = Figures.Unit(sensor.Layout.Kind?.Name ?? "", metric);
        if (unit.Length > 0) unit = Name(language, "unit.", unit);
        return unit.Length > 0 ? $"{Name(language, "metric.", metric)} ({unit})" : Name(language, "metric.", metric);
    }

    private static string Name(string language, string prefix, string word) => TextBook.Named(language, prefix, word);

    private static string Text(string language, string word) => TextBook.Get(language, $"csv.reading.{word}");

    private static string Word<T>(T value) where T : struct, Enum => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private static string Time(long ms) => CsvAnswer.Time(DateTimeOffset.FromUnixTimeMilliseconds(ms), isFine: true);

    // As many digits as any instrument has; a mean of tenths has seventeen.
    private static string Number(double? value) => value is { } known && double.IsFinite(known) ? known.ToString("G12", CultureInfo.InvariantCulture) : "";
}

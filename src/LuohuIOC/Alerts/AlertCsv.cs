using LuohuIOC.Http;
using LuohuIOC.Texts;

namespace LuohuIOC.Alerts;

/// <summary>Alerts as a table for a shift report or an inquiry, in the reader's words: one row an alert, newest raised first.</summary>
internal static class AlertCsv
{
    /// <summary>Rows at most; the last line says when there were more. Some 60 MB, and a tenth of what a spreadsheet takes.</summary>
    public const int RowsMax = 100_000;

    /// <summary>Their heads are the texts <c>csv.alert.{column}</c>.</summary>
    private static readonly string[] Columns =
    [
        "id", "severity", "highest", "state", "name", "sensor", "kind", "street", "rule", "metric", "value", "furthest", "threshold", "observed", "raised",
        "cleared", "acknowledged-by", "acknowledged-at", "assigned-to", "closed-by", "closed-at", "verdict", "marked-by", "marked-at", "comment",
        "evidence", "surroundings", "longitude", "latitude", "due", "overdue", "value-number", "furthest-number", "threshold-number", "unit",
    ];

    public static string[] Heads(string language) => [.. Columns.Select(column => TextBook.Get(language, $"csv.alert.{column}"))];

    /// <summary>Page by page, so that no list of all of them is ever in memory.</summary>
    /// <param name="queries">Where they are.</param>
    /// <param name="filter">Which.</param>
    /// <param name="rowsMax">So many, and a remark when there are more.</param>
    /// <param name="language">The reader's.</param>
    public static IEnumerable<string[]> Rows(AlertQueries queries, AlertFilter filter, int rowsMax, string language)
    {
        for (var left = rowsMax; ;)
        {
            var (items, next) = queries.List(filter with { Limit = Math.Min(left, AlertFilter.LimitMax) });
            foreach (var alert in items) yield return Row(AlertView.Of(alert, language), language);
            left -= items.Count;
            if (next is null) yield break;
            if (left == 0) break;
            filter = filter with { After = next };
        }
        yield return [TextBook.Get(language, "csv.cut", rowsMax)];
    }

    private static string[] Row(AlertView alert, string language) =>
    [
        alert.Id,
        AlertWords.SeverityName(language, alert.Severity),
        AlertWords.SeverityName(language, alert.Highest!),
        Word(language, "state", alert.State),
        alert.SensorName,
        alert.SensorId,
        AlertWords.Kind(language, alert.Kind),
        alert.Street,
        alert.RuleName,
        MetricOf(language, alert),
        Figure(language, alert, alert.Value),
        Figure(language, alert, alert.Furthest),
        Figure(language, alert, alert.Threshold),
        CsvAnswer.Time(alert.ObservedAt),
        CsvAnswer.Time(alert.RaisedAt),
        CsvAnswer.Time(alert.ClearedAt),
        Person(language, alert.AcknowledgedBy),
        CsvAnswer.Time(alert.AcknowledgedAt),
        alert.AssignedTo ?? "",
        Person(language, alert.ClosedBy),
        CsvAnswer.Time(alert.ClosedAt),
        alert.Verdict is { } verdict ? Word(language, "verdict", verdict) : "",
        Person(language, alert.MarkedBy),
        CsvAnswer.Time(alert.MarkedAt),
        alert.Comment ?? "",
        alert.EvidenceText ?? "",
        alert.SurroundingsText ?? "",
        Degrees(alert.Location?.Longitude),
        Degrees(alert.Location?.Latitude),
        CsvAnswer.Time(alert.DueAt),
        CsvAnswer.Time(alert.OverdueAt),
        Number(alert.Value),
        Number(alert.Furthest),
        Number(alert.Threshold),
        alert.Unit,
    ];

    // 0.63 m in an hour is not where the river stands; rain is an amount in any window.
    private static string MetricOf(string language, AlertView alert)
    {
        if (alert.Metric.Length == 0) return "";
        var name = AlertWords.Metric(language, alert.Metric);
        return !AlertWords.IsAmount(alert.Kind, alert.Metric) && EvidenceWords.WindowOf(alert.Evidence) is { } window ? TextBook.Get(language, "csv.rise", name, EvidenceWords.Lasting(language, window)) : name;
    }

    private static string Word(string language, string group, string word) => TextBook.Get(language, $"csv.{group}.{word}");

    private static string Person(string language, string? actor) => actor == Alert.System ? TextBook.Get(language, "csv.system") : actor ?? "";

    // States in words; others with a minus sign, which no spreadsheet takes for the beginning of a formula.
    private static string Figure(string language, AlertView alert, double? value) =>
        value is not { } known ? "" : alert.Unit == "1" && known is 0 or 1 ? TextBook.Get(language, $"csv.state-of.{alert.Metric}.{known}") : Figures.Of(language, alert.Kind, alert.Metric, known) is ['-', ..] below ? $"\u2212{below[1..]}" : Figures.Of(language, alert.Kind, alert.Metric, known);

    // To compute with, in the unit of the last column, which need not be the one that people read.
    private static string Number(double? value) => value?.ToString("0.######", System.Globalization.CultureInfo.InvariantCulture) ?? "";

    private static string Degrees(double? degrees) => Number(degrees);
}

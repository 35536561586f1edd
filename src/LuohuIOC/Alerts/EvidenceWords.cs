using System.Globalization;
using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Texts;

namespace LuohuIOC.Alerts;

/// <summary>
/// A detector's evidence as a sentence. Reads <c>{"detector":"novelty","score":4.2,"threshold":3.9,"expected":{"level":1.2}}</c> or
/// <c>{"detector":"chart",…,"contributions":{"ph":0.7,…},"expected":{"ph":7.4,…},"values":{"ph":8.9,…}}</c>; a sensor's health,
/// <c>{"fault":"drift","expected":1.2,"departure":13,"neighboursDeparture":0.3,"neighbours":["rv-2"]}</c> or <c>{"battery":{"perDay":-2,"days":10.5}}</c>;
/// what a forecast did not explain, <c>{"residual":{"minutes":15,"expected":0.42,"low":0.3,"high":0.55,"value":1.1,"factor":5.2,"held":5,…}}</c>;
/// a gateway that is away, <c>{"gateway":{"sensors":40}}</c>; a forecast, <c>{"nowcast":{"minutes":30,"expected":0.22,"low":0.1,"high":0.35,"crossingMinutes":18,…}}</c>;
/// a rise that the next reading took back, <c>{"lone":true,…}</c>; what no measurement ended, <c>{"ruleChange":"off"}</c>; one of two alerts of a rule that hosts had raised at once, <c>{"doubled":"0123…"}</c>; what sends nothing that can be used,
/// <c>{"silenceSeconds":1800,"unusable":"out-of-range","unusableSeconds":2400,"metric":"level","last":99}</c>; other evidence has none.
/// </summary>
internal static class EvidenceWords
{
    /// <summary>Metrics that are named; those after contribute little.</summary>
    private const int MetricsMax = 3;

    public static string? Of(string language, string kind, string metric, double? value, double? threshold, string? evidence)
    {
        if (evidence is null || !(Says(evidence, "detector") || Says(evidence, "fault") || Says(evidence, "battery") || Says(evidence, "nowcast") || Says(evidence, "residual")
            || Says(evidence, "ruleChange") || Says(evidence, "gateway") || Says(evidence, "doubled") || Says(evidence, "lone") || IsUnusable(evidence))) return null;
        using var json = JsonDocument.Parse(evidence);
        var root = json.RootElement;
        if (root.TryGetProperty("ruleChange", out var change)) return TextBook.Get(language, $"evidence.rule-change.{change.GetString()}");
        if (root.TryGetProperty("doubled", out var kept)) return TextBook.Get(language, "evidence.doubled", kept.GetString());
        if (IsLone(evidence)) return TextBook.Get(language, "evidence.lone");
        if (root.TryGetProperty("unusable", out var why)) return Unusable(language, kind, why.GetString()!, root);
        if (root.TryGetProperty("gateway", out var gateway)) return TextBook.Get(language, "evidence.gateway", Number(gateway, "sensors"));
        if (root.TryGetProperty("nowcast", out var nowcast)) return Nowcast(language, kind, metric, threshold, nowcast);
        if (root.TryGetProperty("residual", out var residual)) return Residual(language, kind, metric, residual);
        if (root.TryGetProperty("battery", out var battery))
            return TextBook.Get(language, "evidence.battery", Short(value ?? double.NaN), Number(battery, "perDay"), Number(battery, "days"));
        if (root.TryGetProperty("fault", out var fault)) return Fault(language, kind, metric, value, fault.GetString(), root);
        if (!root.TryGetProperty("score", out var score) || !root.TryGetProperty("threshold", out var limit)) return null;
        var expected = root.GetProperty("expected");
        if (!root.TryGetProperty("contributions", out var contributions))
            return TextBook.Get(language, "evidence.novelty", Quantity(metric, Value(expected, metric)), Quantity(metric, value),
                Short(score.GetDouble()), Short(limit.GetDouble()), View(language, root));
        var values = root.TryGetProperty("values", out var known) ? known : default;
        var metrics = contributions.EnumerateObject().Where(c => c.Value.GetDouble() >= 0.05).Take(MetricsMax).Select(c => TextBook.Get(
            language, "evidence.metric", AlertWords.Metric(language, c.Name), Quantity(c.Name, Value(values, c.Name)), Quantity(c.Name, Value(expected, c.Name)),
            Math.Round(100 * c.Value.GetDouble())));
        return TextBook.Get(language, "evidence.chart", Short(score.GetDouble()), Short(limit.GetDouble()),
            string.Join(TextBook.Get(language, "evidence.comma"), metrics));

        string Quantity(string of, double? figure) => Figures.Of(language, kind, of, figure);
    }

    /// <summary>What a detector, a forecast before, or a sensor's habit, had expected of a metric; null where the evidence says nothing of it.</summary>
    public static double? ExpectedOf(string? evidence, string metric)
    {
        if (evidence is null || !Says(evidence, "expected")) return null;
        using var json = JsonDocument.Parse(evidence);
        if (json.RootElement is not { ValueKind: JsonValueKind.Object } told) return null;
        if (told.TryGetProperty("residual", out var residual)) told = residual;
        if (told.ValueKind != JsonValueKind.Object || !told.TryGetProperty("expected", out var expected)) return null;
        return expected.ValueKind == JsonValueKind.Object ? Value(expected, metric) : expected.ValueKind == JsonValueKind.Number ? expected.GetDouble() : null;
    }

    /// <summary>The window in which a metric rose, or fell as rain, so far that a rule tells it; null where the evidence says nothing of one.</summary>
    public static TimeSpan? WindowOf(string? evidence)
    {
        if (evidence is null || !Says(evidence, "windowSeconds") || Says(evidence, "times")) return null;
        using var json = JsonDocument.Parse(evidence);
        return json.RootElement.TryGetProperty("windowSeconds", out var seconds) ? TimeSpan.FromSeconds(seconds.GetDouble()) : null;
    }

    /// <summary>The next reading has taken back what was told.</summary>
    public static bool IsLone(string? evidence) => evidence is not null && evidence.Contains("\"lone\":true", StringComparison.Ordinal);

    /// <summary>The sensor sends, and nothing of it can be used.</summary>
    public static bool IsUnusable(string? evidence) => evidence is not null && Says(evidence, "unusable");

    // The view that finds the reading strangest; what an older version wrote may have none.
    private static string View(string language, JsonElement told) => told.TryGetProperty("views", out var views) && views.ValueKind == JsonValueKind.Object && views.EnumerateObject().Any()
        ? TextBook.Get(language, $"evidence.view.{views.EnumerateObject().MaxBy(view => view.Value.ValueKind == JsonValueKind.Number ? view.Value.GetDouble() : 0).Name}") : "";

    private static string Nowcast(string language, string kind, string metric, double? threshold, JsonElement told)
    {
        if (told.TryGetProperty("ended", out var ended))
            return TextBook.Get(language, ended.GetString() switch
            {
                "taken-over" => "evidence.nowcast.taken-over",
                "off" => "evidence.nowcast.off",
                "unknown" => "evidence.nowcast.unknown",
                _ => "evidence.nowcast.fell",
            });
        var isOwn = told.TryGetProperty("origin", out var origin) && origin.GetString() == "own";
        return TextBook.Get(
            language, metric == "depth" ? "evidence.nowcast.depth" : "evidence.nowcast.level", Number(told, "minutes"),
            Figures.Of(language, kind, metric, Value(told, "expected")), Figures.Between(language, kind, metric, Value(told, "low"), Value(told, "high")),
            Figures.Of(language, kind, metric, threshold), Number(told, "crossingMinutes"), Rain(language, told, "rain15"), Rain(language, told, "rain60"),
            isOwn ? TextBook.Get(language, "evidence.nowcast.own", Number(told, "version")) : TextBook.Get(language, "evidence.nowcast.prior"));
    }

    private static string Residual(string language, string kind, string metric, JsonElement told) => told.TryGetProperty("ended", out var ended)
        ? TextBook.Get(language, ended.GetString() switch
        {
            "off" => "evidence.nowcast.off",
            "unknown" => "evidence.residual.unknown",
            _ => "evidence.residual.explained",
        })
        : TextBook.Get(
            language, told.TryGetProperty("factor", out var factor) && factor.GetDouble() < 0 ? "evidence.residual.below" : "evidence.residual.above", Number(told, "minutes"),
            Figures.Of(language, kind, metric, Value(told, "expected")), Figures.Between(language, kind, metric, Value(told, "low"), Value(told, "high")),
            Figures.Of(language, kind, metric, Value(told, "value")), Number(told, "held"), Rain(language, told, "rain60"));

    private static string Fault(string language, string kind, string metric, double? value, string? fault, JsonElement root)
    {
        var key = fault switch
        {
            "drift" => "evidence.drift",
            "bias" => "evidence.bias",
            _ => "evidence.deaf",
        };
        return TextBook.Get(
            language, key, Figures.Of(language, kind, metric, value), Figures.Of(language, kind, metric, Value(root, "expected")),
            Number(root, "departure"), Number(root, "neighboursDeparture"), root.GetProperty("neighbours").GetArrayLength());
    }

    private static string Unusable(string language, string kind, string why, JsonElement root)
    {
        var told = TextBook.Get(language, $"evidence.unusable.{why}", Lasting(language, TimeSpan.FromSeconds(root.GetProperty("unusableSeconds").GetDouble())));
        if (!root.TryGetProperty("metric", out var named) || named.GetString() is not { } metric || !KindCatalogue.TryParse(kind, out var known)) return told;
        if (KindCatalogue.Of(known).Metrics.FirstOrDefault(m => m.Name == metric) is not { } definition) return told;
        return told + TextBook.Get(
            language, "evidence.unusable.last", AlertWords.Metric(language, metric), Figures.Of(language, kind, metric, Value(root, "last")), Figures.Between(language, kind, metric, definition.Minimum, definition.Maximum));
    }

    /// <summary>In minutes, and from an hour and a half on in hours.</summary>
    internal static string Lasting(string language, TimeSpan lasted) => lasted.TotalMinutes < 90
        ? TextBook.Get(language, "surroundings.minutes", Math.Max(1, Math.Round(lasted.TotalMinutes)))
        : TextBook.Get(language, "surroundings.hours", Math.Round(lasted.TotalHours, 1));

    private static bool Says(string evidence, string member) => evidence.Contains($"\"{member}\"", StringComparison.Ordinal);

    private static string Rain(string language, JsonElement told, string name) =>
        Value(told, name) is { } ? TextBook.Get(language, "evidence.rain.amount", Number(told, name)) : TextBook.Get(language, "evidence.rain.unknown");

    private static double? Value(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetDouble() : null;

    private static string Number(JsonElement of, string name) => Short(Value(of, name) ?? double.NaN);

    private static string Short(double number) => double.IsFinite(number) ? number.ToString("G4", CultureInfo.InvariantCulture) : Figures.None;
}

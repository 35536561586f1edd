using LuohuIOC.DeviceProtocol;
using LuohuIOC.Texts;

namespace LuohuIOC.Alerts;

/// <summary>The words of alerts on the wire and for people.</summary>
public static class AlertWords
{
    public static string Of(Severity severity) => severity switch
    {
        Severity.Blue => "blue",
        Severity.Yellow => "yellow",
        Severity.Orange => "orange",
        Severity.Red => "red",
        _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, "Unknown severity."),
    };

    /// <exception cref="ArgumentException">It is none of the four words.</exception>
    public static Severity SeverityOf(string word) => Enum.Parse<Severity>(word, ignoreCase: true);

    public static string Of(AlertState state) => state switch
    {
        AlertState.Raised => "raised",
        AlertState.Acknowledged => "acknowledged",
        AlertState.Closed => "closed",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Unknown alert state."),
    };

    /// <summary>What takes a verdict back.</summary>
    public const string NoVerdict = "none";

    public static string Of(AlertVerdict verdict) => verdict switch
    {
        AlertVerdict.True => "true",
        AlertVerdict.False => "false",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "Unknown verdict."),
    };

    public static AlertVerdict? VerdictOf(string? word) => word switch
    {
        "true" => AlertVerdict.True,
        "false" => AlertVerdict.False,
        _ => null,
    };

    /// <summary>Name of a rule from the texts (<c>rule.{id}</c>); its id when nobody has named it.</summary>
    public static string Rule(string language, string rule) => TextBook.Named(language, "rule.", rule);

    /// <summary>The same of an alert: a sensor that sends, and nothing that can be used, is not offline.</summary>
    public static string Rule(string language, string rule, string? evidence) =>
        EvidenceWords.IsUnusable(evidence) ? TextBook.Get(language, "alert.unusable") : Rule(language, rule);

    /// <summary>A severity's name for people, by its word.</summary>
    public static string SeverityName(string language, string severity) => TextBook.Get(language, $"csv.severity.{severity}");

    /// <summary>What is summed, as rain is, and does not stand at a level.</summary>
    public static bool IsAmount(string kind, string metric) =>
        KindCatalogue.TryParse(kind, out var known) && KindCatalogue.Of(known).Metrics.Any(m => m.Name == metric && m.Shape == MetricShape.Amount);

    /// <summary>A kind's name for people, by its wire name; that itself where it is unknown.</summary>
    public static string Kind(string language, string kind) =>
        kind == AlertSubject.GatewayKind ? TextBook.Get(language, "csv.gateway")
        : !KindCatalogue.TryParse(kind, out var known) ? kind
        : language == TextBook.Chinese ? KindCatalogue.Of(known).Chinese : KindCatalogue.Of(known).English;

    /// <summary>A metric's name for people (<c>metric.{name}</c>); as devices name it where nobody has.</summary>
    public static string Metric(string language, string metric) => TextBook.Named(language, "metric.", metric);
}

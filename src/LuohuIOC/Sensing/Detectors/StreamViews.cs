using LuohuIOC.Alerts;
using LuohuIOC.Registry;
using LuohuIOC.Texts;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>What the API tells of a sensor's streaming detectors.</summary>
public sealed class StreamViews(SensorDetectors detectors, Thresholds thresholds, StreamBoards boards, DetectionOptions options, IAlertPast ledger, TimeProvider time)
{
    private const int PastDays = 90;

    public IReadOnlyList<StreamView> Of(Sensor sensor, string language) =>
        [.. detectors.RulesOf(sensor.Kind).Select(rule => Of(sensor, rule, language))];

    private StreamView Of(Sensor sensor, string rule, string language)
    {
        var chart = StationDetectors.Watches(sensor.Kind);
        var metrics = chart
            ? ChartStream.MetricsOf(sensor.Kind, StationDetectors.SlotsOf(sensor.Kind))
            : [rule[NoveltyMetrics.RuleOf("").Length..]];
        var look = boards.Find(sensor.Id, rule)?.Read();
        var warm = look is { WarmUpLeft: 0 };
        var state = warm ? "watching" : "warming-up";
        var text = look switch
        {
            null => TextBook.Get(language, "detector.state.unheard"),
            { WarmUpLeft: > 0 } => TextBook.Get(language, look.HasNeverChanged ? "detector.warm-up.unchanged" : "detector.warm-up", look.WarmUpLeft),
            _ => TextBook.Get(language, "detector.state.watching"),
        };
        var threshold = thresholds.Of(sensor, rule);
        return new StreamView(
            rule, TextBook.Get(language, $"rule.{rule}"), state, text, look?.WarmUpLeft, !chart || options.Station == StationAlarm.Chart, metrics,
            // What was restored is of no reading that anybody could name.
            warm && look!.TimeMs > 0 ? Judged(look, metrics) : null,
            new ThresholdView(
                threshold.Value, threshold.Standard, threshold.Factor, Threshold.FactorMin, Threshold.FactorMax, thresholds.History(sensor.Id, rule)),
            look?.Rain is { } rain ? RainOf(look, rain, metrics, language) : null)
        {
            Past = PastOf(sensor, rule, language),
            Unwatched = warm ? UnwatchedOf(look!, metrics, language) : [],
        };
    }

    private static List<UnwatchedView> UnwatchedOf(StreamLook look, string[] metrics, string language)
    {
        var views = new List<UnwatchedView>();
        for (var m = 0; m < metrics.Length; m++)
        {
            var reason = Has(look.Unknown, m) ? "unknown" : Has(look.Missing, m) ? "missing" : Has(look.Dead, m) ? "dead" : null;
            if (reason is not null) views.Add(new UnwatchedView(metrics[m], reason, TextBook.Get(language, $"detector.unwatched.{reason}", TextBook.Get(language, $"metric.{metrics[m]}"))));
        }
        return views;
    }

    private static bool Has(ulong metrics, int metric) => (metrics >> metric & 1) != 0;

    private PastView PastOf(Sensor sensor, string rule, string language)
    {
        var verdicts = ledger.VerdictsOf(sensor.Id, rule, time.GetUtcNow().AddDays(-PastDays));
        var (yes, no) = (verdicts.Count(v => v == AlertVerdict.True), verdicts.Count(v => v == AlertVerdict.False));
        var text = verdicts.Count == 0 ? TextBook.Get(language, "detector.past.none", PastDays)
            : TextBook.Get(language, "detector.past", PastDays, verdicts.Count, yes, no, verdicts.Count - yes - no);
        return new PastView(PastDays, verdicts.Count, yes, no, text);
    }

    private static RainView RainOf(StreamLook look, RainLook rain, string[] metrics, string language) => new(
        rain.IsWet, double.IsFinite(rain.Millimetres) ? Math.Round(rain.Millimetres, 2) : null, rain.Threshold,
        TextBook.Get(language, RainText(look, rain)), rain.HeldBack,
        rain.HeldBack > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(rain.LastHeldMs) : null, rain.HeldBack > 0 ? Math.Round(rain.LastScore, 3) : null,
        metrics.Zip(look.Floors).ToDictionary(p => p.First, p => p.Second is { } floor ? (double?)Math.Round(floor, 3) : null));

    private static string RainText(StreamLook look, RainLook rain) =>
        look.TimeMs == 0 ? "detector.rain.unlooked"
        : rain.IsWet ? Enumerable.Range(0, look.Floors.Length).Any(m => look.Floors[m] is null && !Has(look.Unknown | look.Missing, m)) ? "detector.rain.wet.unlearnt" : "detector.rain.wet"
        : double.IsFinite(rain.Millimetres) ? "detector.rain.dry" : "detector.rain.unknown";

    private static StreamJudgementView Judged(StreamLook look, string[] metrics) => new(
        DateTimeOffset.FromUnixTimeMilliseconds(look.TimeMs), look.Score, look.Contributions,
        metrics.Zip(look.Expected).ToDictionary(p => p.First, p => p.Second));
}

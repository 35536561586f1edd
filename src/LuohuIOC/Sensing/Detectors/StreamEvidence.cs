using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LuohuIOC.Detection.Chart;
using LuohuIOC.Detection.Novelty;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// What an officer sees beside a streaming detector's alert, as JSON. Novelty:
/// <c>{"detector":"novelty","score":6.1,"threshold":5.5,"expected":{"level":1.2},"views":{"step":7.2,…}}</c>, where
/// views are how improbable the reading is in each, in nats. Chart:
/// <c>{"detector":"chart","score":5.1,"threshold":4,"strain":1,"contributions":{"ph":0.8,…},"expected":{…},"values":{…},"dead":["turbidity"]}</c>,
/// contributions as shares, largest first. Expected and values are in the metrics' units. <c>"rain":{"wet":false,"mm":0.2}</c> beside either
/// where rain could explain the water and does not.
/// </summary>
internal static class StreamEvidence
{
    public static string Of(NoveltyDetector novelty, string metric, double score, double threshold, RainCover? rain) => Json(json =>
    {
        Head(json, "novelty", Math.Max(score, novelty.Evidence), threshold);
        json.WriteStartObject("expected");
        Number(json, metric, novelty.Expected);
        json.WriteEndObject();
        json.WriteStartObject("views");
        for (var v = 0; v < NoveltyStream.Views.Length; v++) json.WriteNumber(NoveltyStream.Views[v], Math.Round(novelty.ByView[v], 2));
        json.WriteEndObject();
        Rain(json, rain);
    });

    public static string Of(ChartDetector chart, string[] metrics, double[] values, double score, double threshold, RainCover? rain) => Json(json =>
    {
        Head(json, "chart", score, threshold);
        json.WriteNumber("strain", Math.Round(chart.Strain, 3));
        var shares = chart.Contributions.ToArray();
        var order = Enumerable.Range(0, metrics.Length).OrderByDescending(m => shares[m]).ToArray();
        json.WriteStartObject("contributions");
        foreach (var m in order) json.WriteNumber(metrics[m], Math.Round(shares[m], 3));
        json.WriteEndObject();
        json.WriteStartObject("expected");
        foreach (var m in order) Number(json, metrics[m], chart.IsUnknown(m) ? double.NaN : chart.Expected(m));
        json.WriteEndObject();
        json.WriteStartObject("values");
        foreach (var m in order) Number(json, metrics[m], values[m]);
        json.WriteEndObject();
        json.WriteStartArray("dead");
        for (var m = 0; m < metrics.Length; m++)
            if (chart.IsDead(m)) json.WriteStringValue(metrics[m]);
        json.WriteEndArray();
        Rain(json, rain);
    });

    /// <summary>The alert ends because its detector does not run any more.</summary>
    public static string Off() => """{"reason":"detector-off"}""";

    private static void Head(Utf8JsonWriter json, string detector, double score, double threshold)
    {
        json.WriteString("detector", detector);
        json.WriteNumber("score", Math.Round(score, 3));
        json.WriteNumber("threshold", Math.Round(threshold, 3));
    }

    private static void Rain(Utf8JsonWriter json, RainCover? rain)
    {
        if (rain is null) return;
        json.WriteStartObject("rain");
        json.WriteBoolean("wet", rain.IsWet);
        Number(json, "mm", rain.Millimetres);
        json.WriteEndObject();
    }

    // The level of a reservoir stands a hundred metres above the sea, and its millimetres are measured.
    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        json.WritePropertyName(name);
        if (double.IsFinite(value)) json.WriteRawValue(value.ToString("G6", CultureInfo.InvariantCulture));
        else json.WriteNullValue();
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}

using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using LuohuIOC.Detection;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>
/// What an officer sees beside an anomaly alert, as JSON:
/// <c>{"score":3.1,"threshold":1.4,"modelVersion":7,"contributions":{"ammonia_nitrogen":0.81,…},"expected":{"ammonia_nitrogen":0.92,…},"missing":["ph"]}</c>.
/// Contributions are shares of the squared error, largest first; expected values are what the other metrics say, in the metric's unit.
/// </summary>
internal static class AnomalyEvidence
{
    /// <param name="detector">What judged.</param>
    /// <param name="held">The score that was compared.</param>
    /// <param name="threshold">What it was compared with: the model's, as officers' marks have moved it.</param>
    /// <param name="version">The model's.</param>
    public static string Of(PcaDetector detector, double held, double threshold, int version)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            var metrics = detector.Model.Metrics;
            json.WriteStartObject();
            json.WriteNumber("score", Math.Round(held, 3));
            json.WriteNumber("threshold", Math.Round(threshold, 3));
            json.WriteNumber("modelVersion", version);
            var shares = detector.Contributions.ToArray();
            var order = Enumerable.Range(0, metrics.Length).OrderByDescending(m => shares[m]).ToArray();
            json.WriteStartObject("contributions");
            foreach (var m in order) json.WriteNumber(metrics[m], Math.Round(shares[m], 3));
            json.WriteEndObject();
            json.WriteStartObject("expected");
            foreach (var m in order)
            {
                json.WritePropertyName(metrics[m]);
                json.WriteRawValue(detector.Expected[m].ToString("G4", CultureInfo.InvariantCulture));
            }
            json.WriteEndObject();
            json.WriteStartArray("missing");
            for (var m = 0; m < metrics.Length; m++)
                if (detector.IsMissing(m)) json.WriteStringValue(metrics[m]);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The alert ends because the model that raised it is gone.</summary>
    public static string WithoutModel() => """{"reason":"no-model"}""";

    /// <summary>The alert ends because too few metrics are alive to judge.</summary>
    public static string Unjudgeable(int version) => $$"""{"reason":"too-few-metrics","modelVersion":{{version}}}""";
}

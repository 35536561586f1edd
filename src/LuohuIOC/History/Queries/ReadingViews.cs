using System.Text.Json.Serialization;
using LuohuIOC.History.DuckDb;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.History.Queries;

/// <summary>One raw reading.</summary>
/// <param name="Sensor">Id; only where the question takes many sensors.</param>
/// <param name="Ts">Unix ms: the device's time, or the time of receipt when its clock was more than a minute ahead.</param>
/// <param name="DeviceTs">The device's time where it is not <paramref name="Ts"/>.</param>
/// <param name="Seq">Sequence number, where the device gives one.</param>
/// <param name="Values">By metric, in the unit of the firmware contract; only metrics that the reading had.</param>
/// <param name="Quality">How far the values given can be trusted; those that the question's quality left out do not count.</param>
/// <param name="Reason">Why it is not good.</param>
/// <param name="Metrics">Which metrics are not good; absent when the fault is the whole reading's.</param>
public sealed record ReadingItem(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sensor,
    long Ts,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? DeviceTs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Seq,
    IReadOnlyDictionary<string, double> Values,
    QualityGrade Quality,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] QualityReason? Reason,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Metrics)
{
    /// <summary>A page that begins with the next reading begins behind this; the store's own word.</summary>
    internal PageMark Place { get; init; }

    /// <param name="request">The question.</param>
    /// <param name="sensor">Whose reading.</param>
    /// <param name="metrics">Metrics asked for, with their bit in the mark.</param>
    /// <param name="place">Its place among the store's readings.</param>
    /// <param name="key">When.</param>
    /// <param name="mark">Its quality.</param>
    /// <param name="read">Values in the order of the metrics, NaN for none.</param>
    internal static ReadingItem Of(
        ReadingRequest request, Sensor sensor, IReadOnlyList<(string Name, int Index)> metrics, PageMark place, RowKey key, QualityMark mark, double[] read)
    {
        var trusted = (int)mark.Grade <= request.Quality.Worst();
        var values = new Dictionary<string, double>(read.Length);
        foreach (var (i, metric) in metrics.Index())
            if (!double.IsNaN(read[i]) && (trusted || (mark.Slots >> metric.Index & 1) == 0)) values[metric.Name] = read[i];
        var blamed = mark.Grade == QualityGrade.Good || mark.Slots is 0 or ulong.MaxValue
            ? null
            : metrics.Where(m => (mark.Slots >> m.Index & 1) != 0).Select(m => m.Name).ToList();
        // The mark is about metrics that are not in the answer: by the quality asked for, or by name.
        if (!trusted || (request.Metrics.Count > 0 && blamed is [])) (mark, blamed) = (default, null);
        return new ReadingItem(
            request.NamesSensors ? sensor.Id : null,
            key.TimeMs,
            key.DeviceMs == key.TimeMs ? null : key.DeviceMs,
            key.Sequence == ReadingGroup.NoSequence ? null : key.Sequence,
            values,
            mark.Grade,
            mark.Reason == QualityReason.None ? null : mark.Reason,
            blamed)
        { Place = place };
    }
}

/// <summary>One bucket of time.</summary>
/// <param name="Sensor">Id; only where the question takes many sensors.</param>
/// <param name="Ts">Unix ms of its beginning; buckets without readings are not listed.</param>
/// <param name="Count">Readings that had one of the metrics and counted by their quality.</param>
/// <param name="Value">The figure, where one metric and one aggregate were asked for.</param>
/// <param name="Values">By metric, then by aggregate, otherwise; metrics without a value in the bucket are not listed.</param>
public sealed record BucketItem(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Sensor,
    long Ts,
    long Count,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, IReadOnlyDictionary<string, double?>>? Values);

/// <summary>One page of raw readings or of buckets, sensor by sensor, each in order of time.</summary>
/// <param name="Items">At most as many as the limit.</param>
/// <param name="Next">Give it as <c>after</c> for the next page; null at the end.</param>
public sealed record ReadingPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Readings in history; a reading is one sensor at one time with its metrics.</summary>
public sealed record ReadingCount(long Count);

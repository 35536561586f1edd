using LuohuIOC.History.Queries;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.History.Influx;

/// <summary>One bucket of time while its points come in.</summary>
/// <param name="startMs">Its beginning.</param>
/// <param name="metrics">Names and slots.</param>
internal sealed class PointBucket(long startMs, IReadOnlyList<(string Name, int Slot)> metrics)
{
    private readonly List<double>[] _values = [.. metrics.Select(_ => new List<double>())];

    public long StartMs { get; } = startMs;

    /// <summary>Points of which at least one metric counts.</summary>
    public long Count { get; private set; }

    public void Add(StoredPoint point, QualityFilter quality)
    {
        var counts = false;
        for (var i = 0; i < metrics.Count; i++)
        {
            var value = point.Values[metrics[i].Slot];
            if (double.IsNaN(value) || !IsTrusted(point.Mark, metrics[i].Slot, quality)) continue;
            _values[i].Add(value);
            counts = true;
        }
        if (counts) Count++;
    }

    public BucketItem Item(Sensor sensor, ReadingRequest request)
    {
        var id = request.NamesSensors ? sensor.Id : null;
        if (metrics.Count == 1 && request.Metrics.Count == 1 && request.Aggregates.Count == 1)
            return new BucketItem(id, StartMs, Count, Figure(_values[0], request.Aggregates[0]), null);
        return new BucketItem(id, StartMs, Count, null, metrics.Zip(_values)
            .Where(m => m.Second.Count > 0)
            .ToDictionary(m => m.First.Name, IReadOnlyDictionary<string, double?> (m) =>
                request.Aggregates.ToDictionary(a => a.ToString().ToLowerInvariant(), a => Figure(m.Second, a))));
    }

    /// <summary>A mark names the metrics that it is about; the reading's others are good.</summary>
    private static bool IsTrusted(QualityMark mark, int slot, QualityFilter quality) =>
        quality == QualityFilter.All || (mark.Slots >> slot & 1) == 0 || mark.Grade <= (quality == QualityFilter.Good ? QualityGrade.Good : QualityGrade.Doubtful);

    private static double? Figure(List<double> values, Aggregate aggregate)
    {
        if (values.Count == 0) return aggregate == Aggregate.Count ? 0 : null;
        return aggregate switch
        {
            Aggregate.Min => values.Min(),
            Aggregate.Max => values.Max(),
            Aggregate.Mean => values.Average(),
            Aggregate.Sum => values.Sum(),
            Aggregate.Count => values.Count,
            Aggregate.First => values[0],
            Aggregate.Last => values[^1],
            Aggregate.P50 => Quantile(values, 0.5),
            Aggregate.P95 => Quantile(values, 0.95),
            _ => throw new InvalidOperationException($"Aggregate {aggregate} is not made here."),
        };
    }

    /// <summary>Between the two nearest ranks, in proportion, as DuckDB's quantile_cont.</summary>
    private static double Quantile(List<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + (at - below) * (sorted[below + 1] - sorted[below]);
    }
}

using System.Runtime.CompilerServices;
using System.Text.Json;
using LuohuIOC.History.Queries;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.History.Influx;

/// <summary>One point as it was read; values by slot, NaN where it has none or was not asked.</summary>
internal readonly record struct StoredPoint(long TimeNs, long Sequence, long DeviceMs, QualityMark Mark, double[] Values)
{
    public long TimeMs => PointTime.MsOf(TimeNs);
}

/// <summary>Points of one sensor by InfluxQL, some at a time, so that neither side holds many.</summary>
internal sealed class PointReader(InfluxClient client)
{
    private const int FixedColumns = 6;
    private const int PageMax = 10_000;

    /// <summary>All points of a range in order of time.</summary>
    /// <param name="sensor">Whose.</param>
    /// <param name="slots">Metrics to read.</param>
    /// <param name="fromNs">Inclusive.</param>
    /// <param name="toNs">Exclusive.</param>
    /// <param name="quality">Which count.</param>
    /// <param name="hasValue">Only points that have one of the metrics.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<StoredPoint> ReadAsync(
        Sensor sensor, IReadOnlyList<int> slots, long fromNs, long toNs, QualityFilter quality, bool hasValue,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await PageAsync(sensor, slots, fromNs, toNs, quality, hasValue, PageMax, cancellationToken);
            foreach (var point in page) yield return point;
            if (page.Count < PageMax) yield break;
            fromNs = page[^1].TimeNs + 1;
        }
    }

    /// <summary>The first points of a range.</summary>
    public async Task<List<StoredPoint>> PageAsync(
        Sensor sensor, IReadOnlyList<int> slots, long fromNs, long toNs, QualityFilter quality, bool hasValue, int limit, CancellationToken cancellationToken)
    {
        var answers = await client.QueryAsync(Statement(sensor, slots, fromNs, toNs, quality, hasValue, limit, newest: false), cancellationToken);
        return Points(answers[0], sensor, slots);
    }

    /// <summary>The newest points of each sensor, each in order of time: one request for all.</summary>
    public async Task<List<List<StoredPoint>>> NewestAsync(
        IReadOnlyList<(Sensor Sensor, IReadOnlyList<int> Slots)> sensors, long fromNs, long toNs, QualityFilter quality, bool hasValue, int last,
        CancellationToken cancellationToken)
    {
        var statements = sensors.Select(s => Statement(s.Sensor, s.Slots, fromNs, toNs, quality, hasValue, last, newest: true));
        var answers = await client.QueryAsync(string.Join(';', statements), cancellationToken);
        return [.. sensors.Zip(answers, (s, answer) =>
        {
            var points = Points(answer, s.Sensor, s.Slots);
            points.Reverse();
            return points;
        })];
    }

    private static string Statement(
        Sensor sensor, IReadOnlyList<int> slots, long fromNs, long toNs, QualityFilter quality, bool hasValue, int limit, bool newest)
    {
        var metrics = slots.Select(slot => sensor.Layout.Names[slot]).ToList();
        string[] fields = [PointFields.Quality, PointFields.Reason, PointFields.Blamed, PointFields.Sequence, PointFields.DeviceTime, .. metrics];
        var hasOne = InfluxQl.HasOneOf(metrics, quality);
        var counts = hasValue ? $" AND {hasOne}" : quality == QualityFilter.All ? "" : $" AND ({InfluxQl.IsTrusted(quality)} OR {hasOne})";
        return $"SELECT {string.Join(", ", fields.Select(InfluxQl.Name))} FROM {InfluxQl.Measurement(sensor)} " +
            $"WHERE {InfluxQl.IsSensor(sensor)} AND {InfluxQl.InRange(fromNs, toNs)}{counts} " +
            $"ORDER BY time{(newest ? " DESC" : "")} LIMIT {limit}";
    }

    private static List<StoredPoint> Points(IReadOnlyList<InfluxSeries> answer, Sensor sensor, IReadOnlyList<int> slots)
    {
        var points = new List<StoredPoint>();
        if (answer.Count == 0) return points;
        foreach (var row in answer[0].Rows.EnumerateArray())
        {
            var values = new double[sensor.Layout.Names.Count];
            Array.Fill(values, double.NaN);
            for (var i = 0; i < slots.Count; i++)
                if (row[FixedColumns + i] is { ValueKind: JsonValueKind.Number } value) values[slots[i]] = value.GetDouble();
            var timeNs = row[0].GetInt64();
            points.Add(new StoredPoint(
                timeNs, Integer(row[4]) ?? ReadingGroup.NoSequence, Integer(row[5]) ?? PointTime.MsOf(timeNs),
                new QualityMark((QualityGrade)(Integer(row[1]) ?? 0), (QualityReason)(Integer(row[2]) ?? 0), Slots(row[3], sensor.Layout)), values));
        }
        return points;
    }

    private static long? Integer(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    private static ulong Slots(JsonElement blamed, MetricLayout layout)
    {
        if (blamed.ValueKind != JsonValueKind.String) return 0;
        var names = blamed.GetString()!;
        if (names == PointFields.All) return ulong.MaxValue;
        var bits = 0UL;
        foreach (var name in names.Split(','))
        {
            for (var slot = 0; slot < layout.Names.Count; slot++)
                if (layout.Names[slot] == name) bits |= 1UL << slot;
        }
        return bits;
    }
}

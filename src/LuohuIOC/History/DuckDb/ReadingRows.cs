using System.Globalization;
using DuckDB.NET.Data;
using LuohuIOC.Ingestion;
using LuohuIOC.Registry;

namespace LuohuIOC.History.DuckDb;

/// <summary>Place of a row in the order of one sensor's readings: time, then device time, then sequence, as the wall has it; unique like the identity.</summary>
internal readonly record struct RowKey(long TimeMs, long Sequence, long DeviceMs)
{
    /// <summary>Columns that sort rows into this order.</summary>
    public const string OrderSql = "ts, coalesce(device_ts, ts), coalesce(seq, -9223372036854775808)";

    public const string OrderDescendingSql = "ts DESC, coalesce(device_ts, ts) DESC, coalesce(seq, -9223372036854775808) DESC";

    /// <summary>Rows behind this place.</summary>
    public string AfterSql => BeyondSql('>');

    /// <summary>Rows before this place.</summary>
    public string BeforeSql => BeyondSql('<');

    private string BeyondSql(char side) => string.Create(CultureInfo.InvariantCulture,
        $"(ts {side} {Sql.Time(TimeMs)} OR (ts = {Sql.Time(TimeMs)} AND (epoch_ms(coalesce(device_ts, ts)), coalesce(seq, -9223372036854775808)) {side} ({DeviceMs}, {Sequence})))");
}

/// <summary>Raw rows of one sensor, by slot.</summary>
internal static class ReadingRows
{
    public static List<(RowKey Key, StoredReading Reading)> Read(
        DuckDBConnection connection, KindTable table, Sensor sensor, long fromMs, long toMs, RowKey? after, int limit, CancellationToken cancellationToken)
    {
        var metrics = sensor.Layout.Names.Count;
        using var query = connection.CreateCommand();
        var values = string.Concat(Enumerable.Range(0, metrics).Select(slot => $", {table.ValueSql(table.IsList ? slot : table.ColumnOfSlot(slot))}"));
        query.CommandText = string.Create(CultureInfo.InvariantCulture, $"""
            SELECT epoch_ms(ts), seq, epoch_ms(coalesce(device_ts, ts)), quality, reason, slots{values} FROM {KindTable.Quote(table.Name)}
            WHERE sensor = {sensor.Number} AND ts >= {Sql.Time(fromMs)} AND ts < {Sql.Time(toMs)}{(after is { } key ? " AND " + key.AfterSql : "")}
            ORDER BY {RowKey.OrderSql} LIMIT {limit}
            """);
        using var cancel = cancellationToken.Register(query.Cancel);
        using var reader = query.ExecuteReader();
        var rows = new List<(RowKey, StoredReading)>();
        while (reader.Read())
        {
            var sequence = reader.IsDBNull(1) ? ReadingGroup.NoSequence : reader.GetInt64(1);
            var mark = new QualityMark((QualityGrade)reader.GetByte(3), (QualityReason)reader.GetByte(4), table.SlotBits(reader.GetFieldValue<ulong>(5)));
            var read = new double[metrics];
            for (var slot = 0; slot < metrics; slot++) read[slot] = reader.IsDBNull(6 + slot) ? double.NaN : reader.GetDouble(6 + slot);
            rows.Add((new RowKey(reader.GetInt64(0), sequence, reader.GetInt64(2)), new StoredReading(reader.GetInt64(0), sequence, mark, read)));
        }
        return rows;
    }
}

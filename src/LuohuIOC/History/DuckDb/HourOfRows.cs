using DuckDB.NET.Data;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.History.DuckDb;

/// <summary>What a kind's table has of one hour. As long as it is the same, no row of the hour has come or changed.</summary>
/// <param name="Kind">The table.</param>
/// <param name="FromMs">Begin of the hour, Unix ms.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Print">The rows' hashes, laid over each other.</param>
internal readonly record struct HourOfRows(SensorKind Kind, long FromMs, long Rows, ulong Print)
{
    public const long LengthMs = 3_600_000;

    /// <summary>Condition on a row's time.</summary>
    public string WhereSql => RangeSql(FromMs, FromMs + LengthMs);

    /// <summary>The hours in [from, to) that have rows, in order.</summary>
    public static List<HourOfRows> Read(HistoryFile file, DuckDBConnection connection, SensorKind kind, long fromMs, long toMs)
    {
        var hours = new List<HourOfRows>();
        using var query = connection.CreateCommand();
        query.CommandText = $"""
            SELECT epoch_ms(date_trunc('hour', r.ts)), count(*), bit_xor(hash(r)) FROM {KindTable.Quote(file.Tables[kind].Name)} r
            WHERE {RangeSql(fromMs, toMs)} GROUP BY ALL ORDER BY ALL
            """;
        using var reader = query.ExecuteReader();
        while (reader.Read()) hours.Add(new HourOfRows(kind, reader.GetInt64(0), reader.GetInt64(1), reader.GetFieldValue<ulong>(2)));
        return hours;
    }

    private static string RangeSql(long fromMs, long toMs) => $"ts >= {Sql.Time(fromMs)} AND ts < {Sql.Time(toMs)}";
}

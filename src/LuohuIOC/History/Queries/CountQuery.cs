using DuckDB.NET.Data;
using LuohuIOC.History.DuckDb;
using LuohuIOC.Registry;

namespace LuohuIOC.History.Queries;

/// <summary>Counts readings of a range of time, of one sensor or of all. Without a range the store's own counter is asked instead.</summary>
internal static class CountQuery
{
    public static long Run(HistoryFile file, DuckDBConnection connection, Sensor? sensor, long fromMs, long toMs)
    {
        var tables = sensor is null ? file.Tables.Values : [file.Tables[sensor.Kind]];
        var only = sensor is null ? "" : $" AND sensor = {sensor.Number}";
        var counts = tables.Select(t => $"(SELECT count(*) FROM {KindTable.Quote(t.Name)} WHERE ts >= {Sql.Time(fromMs)} AND ts < {Sql.Time(toMs)}{only})");
        return connection.Scalar($"SELECT ({string.Join(" + ", counts)})::BIGINT", 0L);
    }
}

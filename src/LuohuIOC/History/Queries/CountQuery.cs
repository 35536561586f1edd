using DuckDB.NET.Data;
using LuohuIOC.History.DuckDb;
using LuohuIOC.Registry;

namespace LuohuIOC.History.Queries;

/// <summary>Counts readings of a range of time, of some sensors or, when none is given, of all. Without a range the store's own counter is asked instead.</summary>
internal static class CountQuery
{
    public static long Run(HistoryFile file, DuckDBConnection connection, IReadOnlyList<Sensor> sensors, long fromMs, long toMs)
    {
        var parts = sensors.Count == 0
            ? file.Tables.Values.Select(table => (Table: table, Only: ""))
            : sensors.GroupBy(s => s.Kind).Select(kind => (Table: file.Tables[kind.Key], Only: $" AND sensor IN ({string.Join(", ", kind.Select(s => s.Number))})"));
        var counts = parts.Select(p => $"(SELECT count(*) FROM {KindTable.Quote(p.Table.Name)} WHERE ts >= {Sql.Time(fromMs)} AND ts < {Sql.Time(toMs)}{p.Only})");
        return connection.Scalar($"SELECT ({string.Join(" + ", counts)})::BIGINT", 0L);
    }
}

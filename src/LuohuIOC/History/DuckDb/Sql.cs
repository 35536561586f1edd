using System.Globalization;
using DuckDB.NET.Data;

namespace LuohuIOC.History.DuckDb;

/// <summary>Small pieces of DuckDB's SQL. Only numbers and names of our own contract are ever put into a statement's text.</summary>
internal static class Sql
{
    private const long YearOneMs = -62_135_596_800_000;
    private const long Year9999Ms = 253_402_300_799_999;

    /// <summary>
    /// A constant of the type of column ts, which lets DuckDB compare it with row group statistics. Times that a calendar does not
    /// know are moved to its nearer end; the wire contract refuses them long before.
    /// </summary>
    public static string Time(long ms) =>
        string.Create(CultureInfo.InvariantCulture, $"make_timestamp_ms({Math.Clamp(ms, YearOneMs, Year9999Ms)})::TIMESTAMP_MS");

    /// <returns>Rows written, deleted or copied out.</returns>
    public static int Execute(this DuckDBConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    /// <summary>The first column of the first row; <paramref name="none"/> when it is null or there is no row.</summary>
    public static T Scalar<T>(this DuckDBConnection connection, string sql, T none)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is { } value and not DBNull ? (T)Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture) : none;
    }
}

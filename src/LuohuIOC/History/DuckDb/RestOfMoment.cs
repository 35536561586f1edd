using System.Globalization;
using DuckDB.NET.Data;

namespace LuohuIOC.History.DuckDb;

/// <summary>
/// Brings the metrics of a second message into the row that the first one of the same moment has made: a reading is one sensor at one time, however many
/// messages it took. What the row has stays.
/// </summary>
internal static class RestOfMoment
{
    public static void Store(DuckDBConnection connection, in Suspects.Suspect rest)
    {
        var mark = rest.Group.Marks[rest.Reading];
        var (grade, reason, slots) = ((byte)mark.Grade, (byte)mark.Reason, rest.Table.ColumnBits(mark.Slots));
        // A row has one mark: the worse, or that of both where they are equally bad.
        connection.Execute($"""
            UPDATE {KindTable.Quote(rest.Table.Name)} SET {(rest.Table.IsList ? List(rest) : Columns(rest))},
                slots = CASE WHEN {grade} > quality THEN {slots}::UBIGINT WHEN {grade} = quality THEN slots | {slots}::UBIGINT ELSE slots END,
                reason = CASE WHEN {grade} > quality THEN {reason} ELSE reason END,
                quality = greatest(quality, {grade}::UTINYINT)
                WHERE sensor = {rest.Sensor} AND seq IS NULL AND {(rest.Ahead ? "" : "device_ts IS NULL AND ")}{(rest.Ahead ? "device_ts" : "ts")} = {Sql.Time(rest.DeviceMs)}
            """);
    }

    // "flow" = coalesce("flow", 1.5)
    private static string Columns(in Suspects.Suspect rest)
    {
        var sets = new List<string>();
        var slots = rest.Group.SlotsOf(rest.Reading);
        var values = rest.Group.ValuesOf(rest.Reading);
        for (var i = 0; i < slots.Length; i++)
        {
            var column = rest.Table.ValueSql(rest.Table.ColumnOfSlot(slots[i]));
            sets.Add($"{column} = coalesce({column}, {Literal(values[i])})");
        }
        return string.Join(", ", sets);
    }

    // metrics = list_concat([coalesce(nullif(metrics[1], 'nan'::DOUBLE), 1.5)], metrics[2:])
    private static string List(in Suspects.Suspect rest)
    {
        var slots = rest.Group.SlotsOf(rest.Reading);
        var values = rest.Group.ValuesOf(rest.Reading);
        var elements = new string[slots.ToArray().Max() + 1];
        for (var slot = 0; slot < elements.Length; slot++)
        {
            var at = slots.IndexOf((byte)slot);
            elements[slot] = $"coalesce({rest.Table.ValueSql(slot)}, {(at < 0 ? "'nan'::DOUBLE" : Literal(values[at]))})";
        }
        return $"{KindTable.ListColumn} = list_concat([{string.Join(", ", elements)}], {KindTable.ListColumn}[{elements.Length + 1}:])";
    }

    private static string Literal(double value) =>
        double.IsFinite(value) ? $"{value.ToString("R", CultureInfo.InvariantCulture)}::DOUBLE" : "'nan'::DOUBLE";
}

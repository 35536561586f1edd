using DuckDB.NET.Data;
using LuohuIOC.Ingestion;

namespace LuohuIOC.History.DuckDb;

/// <summary>
/// Readings of one transaction that history may have already: resent ones, late ones, and those after a restart. They are joined with
/// the rows of their time, after the transaction's surely new readings were appended, so that those count as stored too.
/// </summary>
internal sealed class Suspects
{
    /// <summary>
    /// Suspects farther apart than this are looked up separately, so that one reading of last year does not make the query for
    /// today's read a year of rows.
    /// </summary>
    private const long GapMs = 6 * 3_600_000;

    /// <summary>Queries for one kind at most; beyond it the last one spans what is left.</summary>
    private const int QueriesMax = 16;

    public const string CreateTableSql = "CREATE OR REPLACE TEMP TABLE suspect (number INTEGER, sensor INTEGER, device_ts TIMESTAMP_MS, seq BIGINT)";

    private readonly List<Suspect> _suspects = [];

    public int Count => _suspects.Count;

    public void Clear() => _suspects.Clear();

    public void Add(KindTable table, ReadingGroup group, int reading, long timeMs) =>
        _suspects.Add(new Suspect(table, group, reading, timeMs));

    /// <summary>The first of each that is not in the store, in the order in which they came, and those without a sequence that have metrics which the stored reading of their moment lacks.</summary>
    public (List<Suspect> Fresh, List<Suspect> Lacking) FindNew(DuckDBConnection connection)
    {
        Write(connection);
        var stored = new ulong?[_suspects.Count];
        foreach (var ofKind in _suspects.GroupBy(s => s.Table))
            foreach (var (fromMs, toMs) in Ranges(ofKind.Select(s => s.DeviceMs)))
                MarkStored(connection, ofKind.Key, fromMs, toMs, stored);
        var seen = new Dictionary<(int, long, long), ulong>();
        var (fresh, lacking) = (new List<Suspect>(), new List<Suspect>());
        for (var i = 0; i < stored.Length; i++)
        {
            var suspect = _suspects[i];
            var identity = (suspect.Sensor, suspect.DeviceMs, suspect.Sequence);
            var known = seen.TryGetValue(identity, out var before) ? before : stored[i];
            if (known is null) fresh.Add(suspect);
            else if (suspect.Sequence == ReadingGroup.NoSequence && (suspect.Columns & ~known) != 0) lacking.Add(suspect);
            seen[identity] = (known ?? 0) | suspect.Columns;
        }
        return (fresh, lacking);
    }

    /// <summary>Cuts sorted times where they lie more than <see cref="GapMs"/> apart.</summary>
    private static List<(long FromMs, long ToMs)> Ranges(IEnumerable<long> times)
    {
        var ranges = new List<(long FromMs, long ToMs)>();
        foreach (var ms in times.Order())
        {
            if (ranges.Count > 0 && (ms - ranges[^1].ToMs <= GapMs || ranges.Count == QueriesMax)) ranges[^1] = (ranges[^1].FromMs, ms);
            else ranges.Add((ms, ms));
        }
        return ranges;
    }

    private void Write(DuckDBConnection connection)
    {
        // Made anew: rows that are only deleted keep their memory, and millions of resent readings would fill it.
        connection.Execute(CreateTableSql);
        using var appender = connection.CreateAppender("temp", "main", "suspect");
        for (var i = 0; i < _suspects.Count; i++)
        {
            var suspect = _suspects[i];
            var row = appender.CreateRow().AppendValue(i).AppendValue(suspect.Sensor).AppendValue(DateTime.UnixEpoch.AddMilliseconds(suspect.DeviceMs));
            if (suspect.Sequence == ReadingGroup.NoSequence) row.AppendNullValue();
            else row.AppendValue(suspect.Sequence);
            row.EndRow();
        }
    }

    /// <summary>
    /// A row's device time is in device_ts where the clock was ahead and in ts otherwise: two joins, each with a range of constants
    /// by which DuckDB passes over all row groups of other times.
    /// </summary>
    private static void MarkStored(DuckDBConnection connection, KindTable table, long fromMs, long toMs, ulong?[] stored)
    {
        var name = KindTable.Quote(table.Name);
        var range = $"BETWEEN {Sql.Time(fromMs)} AND {Sql.Time(toMs)}";
        using var query = connection.CreateCommand();
        var columns = table.PresentSql("r.");
        query.CommandText = $"""
            SELECT s.number, CASE WHEN s.seq IS NULL THEN {columns} ELSE 0 END FROM temp.suspect s JOIN {name} r
                ON r.sensor = s.sensor AND r.ts = s.device_ts AND r.seq IS NOT DISTINCT FROM s.seq
                WHERE r.ts {range} AND r.device_ts IS NULL
            UNION ALL
            SELECT s.number, CASE WHEN s.seq IS NULL THEN {columns} ELSE 0 END FROM temp.suspect s JOIN {name} r
                ON r.sensor = s.sensor AND r.device_ts = s.device_ts AND r.seq IS NOT DISTINCT FROM s.seq
                WHERE r.device_ts {range}
            """;
        using var reader = query.ExecuteReader();
        while (reader.Read()) stored[reader.GetInt32(0)] = (ulong)reader.GetInt64(1);
    }

    /// <param name="Table">Where it belongs.</param>
    /// <param name="Group">Where the reading is.</param>
    /// <param name="Reading">Its index there.</param>
    /// <param name="TimeMs">Its effective time.</param>
    internal readonly record struct Suspect(KindTable Table, ReadingGroup Group, int Reading, long TimeMs)
    {
        public int Sensor => Group.Sensors[Reading];

        public long DeviceMs => Group.DeviceTimes[Reading];

        public long Sequence => Group.Sequences[Reading];

        public bool Ahead => DeviceMs != TimeMs;

        /// <summary>Its metrics, a bit a column.</summary>
        public ulong Columns
        {
            get
            {
                var bits = 0UL;
                foreach (var slot in Group.SlotsOf(Reading)) bits |= 1UL << slot;
                return Table.ColumnBits(bits);
            }
        }
    }
}

using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LuohuIOC.Alerts;

/// <summary>What <see cref="AlertChain.Verify"/> found.</summary>
/// <param name="Intact">True when nothing is wrong.</param>
/// <param name="Events">Events in the chain up to the first fault.</param>
/// <param name="Head">Hash of the last good event, hexadecimal. Kept elsewhere, it also shows when the newest events are cut off.</param>
/// <param name="Fault">Stable code of the first fault: <c>position</c>, <c>previous</c>, <c>hash</c>, <c>identity</c>, <c>sequence</c>, <c>row</c>, <c>row-missing</c>; null when intact.</param>
/// <param name="At">Position of the event, or id of the alert, that is wrong; null when intact.</param>
public sealed record AlertVerification(bool Intact, long Events, string Head, string? Fault, string? At);

/// <summary>
/// All events of all alerts in one chain: hash = SHA-256(previous hash ‖ event as stored in UTF-8). A changed, removed, inserted or
/// reordered event breaks it; a changed current row differs from the fold of its events.
/// </summary>
public sealed class AlertChain(AlertDatabase database)
{
    private static readonly byte[] Origin = new byte[SHA256.HashSizeInBytes];

    public static byte[] Hash(byte[] previous, string body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        hash.AppendData(Encoding.UTF8.GetBytes(body));
        return hash.GetHashAndReset();
    }

    internal static (long Position, byte[] Hash) HeadOf(DbConnection connection, DbTransaction? transaction)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT position, hash FROM alert_event ORDER BY position DESC LIMIT 1";
        using var reader = command.ExecuteReader();
        return reader.Read() ? (reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) : (0, Origin);
    }

    /// <summary>Reads everything once, in one snapshot; for an administrator, not for a dashboard.</summary>
    public AlertVerification Verify()
    {
        using var connection = database.Open();
        using var snapshot = AlertDatabase.BeginSnapshot(connection);
        var chain = VerifyEvents(connection, snapshot);
        return chain.Intact ? VerifyRows(connection, snapshot, chain) : chain;
    }

    private static AlertVerification VerifyEvents(DbConnection connection, DbTransaction snapshot)
    {
        using var reader = Read(connection, snapshot, "SELECT position, alert, sequence, body, previous, hash FROM alert_event ORDER BY position");
        long position = 0;
        var head = Origin;
        AlertVerification Broken(string fault) => new(false, position - 1, Convert.ToHexStringLower(head), fault, position.ToString());
        while (reader.Read())
        {
            position++;
            var body = reader.GetString(3);
            var hash = reader.GetFieldValue<byte[]>(5);
            if (reader.GetInt64(0) != position) return Broken("position");
            if (!reader.GetFieldValue<byte[]>(4).AsSpan().SequenceEqual(head)) return Broken("previous");
            if (!Hash(head, body).AsSpan().SequenceEqual(hash)) return Broken("hash");
            var happened = JsonSerializer.Deserialize(body, AlertJson.Stored.AlertEvent)!;
            if (happened.AlertId != reader.GetString(1) || happened.Sequence != reader.GetInt64(2)) return Broken("identity");
            head = hash;
        }
        return new AlertVerification(true, position, Convert.ToHexStringLower(head), null, null);
    }

    private static AlertVerification VerifyRows(DbConnection connection, DbTransaction snapshot, AlertVerification chain)
    {
        // The events decide; a row without events or events without a row come out of the full join as well.
        using var reader = Read(connection, snapshot,
            """
            SELECT coalesce(a.id, e.alert), e.body, a.body, a.sensor, a.rule, a.kind, a.street, a.state, a.severity, a.raised_at
            FROM alert a FULL JOIN alert_event e ON e.alert = a.id ORDER BY 1, e.sequence
            """);
        string? id = null;
        Alert? folded = null;
        object?[] row = [];
        AlertVerification? Compare() => id is null ? null
            : row[0] is DBNull ? chain with { Intact = false, Fault = "row-missing", At = id }
            : folded is null || !Is(row, folded) ? chain with { Intact = false, Fault = "row", At = id } : null;
        while (reader.Read())
        {
            if (reader.GetString(0) != id)
            {
                if (Compare() is { } fault) return fault;
                id = reader.GetString(0);
                folded = null;
                row = [.. Enumerable.Range(2, 8).Select(reader.GetValue)];
            }
            if (reader.IsDBNull(1)) continue;
            var happened = JsonSerializer.Deserialize(reader.GetString(1), AlertJson.Stored.AlertEvent)!;
            if (happened.Sequence != (folded?.Version ?? 0) + 1) return chain with { Intact = false, Fault = "sequence", At = id };
            folded = happened.Apply(folded);
        }
        return Compare() ?? chain;
    }

    /// <summary>
    /// What an older version has folded differs in properties that events had another meaning for, or that it did not know: there the events decide, and the row
    /// is no evidence of a change. All else must be the same to the letter.
    /// </summary>
    private static bool Is(object?[] row, Alert folded)
    {
        if (row.AsSpan(1).SequenceEqual(ColumnsOf(folded)) is false || row[0] is not string body) return false;
        if (body == JsonSerializer.Serialize(folded, AlertJson.Stored.Alert)) return true;
        return JsonSerializer.Deserialize(body, AlertJson.Stored.Alert) is { Fold: null or < Alert.PresentFold } older && Plain(older, older.Fold) == Plain(folded, older.Fold);
    }

    /// <summary>Without what a way of folding knew otherwise.</summary>
    private static string Plain(Alert alert, int? fold)
    {
        if (fold is null) alert = alert with { Value = null, TurnedAs = null, ReturnedAt = null, Highest = null };
        return JsonSerializer.Serialize(alert with { Furthest = null, Fold = null, Call = null }, AlertJson.Stored.Alert);
    }

    private static object?[] ColumnsOf(Alert alert) =>
    [
        alert.Subject.SensorId, alert.Rule, alert.Subject.Kind, alert.Subject.Street,
        (long)alert.State, (long)alert.Severity, alert.RaisedAt.ToUnixTimeMilliseconds(),
    ];

    private static DbDataReader Read(DbConnection connection, DbTransaction snapshot, string sql)
    {
        // Not disposed here: disposing a command closes its reader; the connection's end frees it.
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = snapshot;
        return command.ExecuteReader();
    }
}

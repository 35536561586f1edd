using System.Globalization;
using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Storage;
using Microsoft.Data.Sqlite;

namespace LuohuIOC.Registry;

/// <summary>
/// <c>registry.db</c>: one row per sensor, keyed by its number. Read once at start, then written in batches of whole rows; one
/// transaction a batch, so 100,000 new sensors cost one fsync and not 100,000.
/// </summary>
public sealed class RegistryFile
{
    private const string Schema = """
        CREATE TABLE sensors (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            street TEXT NOT NULL,
            community TEXT NOT NULL,
            longitude REAL NOT NULL,
            latitude REAL NOT NULL,
            gateway TEXT NOT NULL,
            installed_on TEXT,
            synthetic INTEGER NOT NULL,
            downstream TEXT,
            retired_at_ms INTEGER,
            metrics TEXT
        ) STRICT;
        """;

    private readonly SqliteFile _file;

    public RegistryFile(string path) => _file = new SqliteFile(path, Schema);

    /// <summary>All sensors in order of their numbers, which must run from 0 without a gap.</summary>
    public List<Sensor> Load()
    {
        try
        {
            using var connection = _file.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """
                SELECT number, id, kind, name, street, community, longitude, latitude, gateway, installed_on, synthetic, downstream, retired_at_ms, metrics
                FROM sensors ORDER BY number
                """;
            using var reader = command.ExecuteReader();
            var sensors = new List<Sensor>();
            while (reader.Read()) sensors.Add(Read(reader, sensors.Count));
            return sensors;
        }
        catch (Exception e) when (e is SqliteException or FormatException or JsonException or InvalidCastException)
        {
            throw new IOException($"{_file.Path}: the sensor registry cannot be read ({e.Message}). Restore the file from a backup; with an empty one the history would lose its sensors' names.", e);
        }
    }

    /// <summary>Stores the rows in one transaction; on return they survive a power loss.</summary>
    /// <exception cref="IOException">Nothing was stored; the message names the file and the cause.</exception>
    public void Write(IReadOnlyCollection<Sensor> sensors)
    {
        try
        {
            using var connection = _file.Open();
            using var transaction = connection.BeginTransaction();
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = """
                INSERT INTO sensors VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                ON CONFLICT (number) DO UPDATE SET name=excluded.name, street=excluded.street, community=excluded.community,
                    longitude=excluded.longitude, latitude=excluded.latitude, gateway=excluded.gateway, installed_on=excluded.installed_on,
                    synthetic=excluded.synthetic, downstream=excluded.downstream, retired_at_ms=excluded.retired_at_ms, metrics=excluded.metrics
                """;
            for (var i = 0; i < 14; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
            command.Prepare();
            foreach (var sensor in sensors)
            {
                Bind(command.Parameters, sensor);
                command.ExecuteNonQuery();
            }
            transaction.Commit();
        }
        catch (SqliteException e)
        {
            throw new IOException($"{_file.Path}: sensors could not be stored ({e.Message}). They stay in memory and are tried again; free space on the disk or repair the file.", e);
        }
    }

    private static Sensor Read(SqliteDataReader row, int expected)
    {
        var number = row.GetInt32(0);
        var id = row.GetString(1);
        if (number != expected) throw new FormatException($"sensor {id} has number {number} where {expected} should stand");
        if (!Topic.IsId(id)) throw new FormatException($"sensor {number} has the invalid id '{id}'");
        if (!KindCatalogue.TryParse(row.GetString(2), out var kind)) throw new FormatException($"sensor {id} has the unknown kind {row.GetString(2)}");
        return new Sensor
        {
            Number = number,
            Id = id,
            Kind = kind,
            Name = row.GetString(3) is var name && name == id ? id : name,
            Street = row.GetString(4),
            Community = row.GetString(5),
            Longitude = row.GetDouble(6),
            Latitude = row.GetDouble(7),
            Gateway = row.GetString(8),
            InstalledOn = row.IsDBNull(9) ? null : DateOnly.ParseExact(row.GetString(9), "O", CultureInfo.InvariantCulture),
            Synthetic = row.GetInt64(10) != 0,
            Downstream = row.IsDBNull(11) ? null : row.GetString(11),
            RetiredAt = row.IsDBNull(12) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(12)),
            Layout = row.IsDBNull(13) ? MetricLayout.Of(kind) : MetricLayout.Generic(JsonSerializer.Deserialize<string[]>(row.GetString(13))!),
        };
    }

    private static void Bind(SqliteParameterCollection row, Sensor sensor)
    {
        row[0].Value = sensor.Number;
        row[1].Value = sensor.Id;
        row[2].Value = KindCatalogue.Of(sensor.Kind).Name;
        row[3].Value = sensor.Name;
        row[4].Value = sensor.Street;
        row[5].Value = sensor.Community;
        row[6].Value = sensor.Longitude;
        row[7].Value = sensor.Latitude;
        row[8].Value = sensor.Gateway;
        row[9].Value = (object?)sensor.InstalledOn?.ToString("O", CultureInfo.InvariantCulture) ?? DBNull.Value;
        row[10].Value = sensor.Synthetic ? 1 : 0;
        row[11].Value = (object?)sensor.Downstream ?? DBNull.Value;
        row[12].Value = (object?)sensor.RetiredAt?.ToUnixTimeMilliseconds() ?? DBNull.Value;
        row[13].Value = sensor.Kind == SensorKind.Generic ? JsonSerializer.Serialize(sensor.Layout.Names) : DBNull.Value;
    }
}

using System.Text.Json;
using Dapper;
using LuohuIOC.Detection;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>How a model does on the history that it was trained from.</summary>
/// <param name="Alarms">Alarms it would have raised.</param>
/// <param name="Days">Day by day, oldest first.</param>
public sealed record ModelEvaluation(int Alarms, DayEvaluation[] Days);

/// <summary>One day in Luohu (UTC+8): readings scored and the share of them above the threshold.</summary>
public sealed record DayEvaluation(DateOnly Day, int Readings, double ShareAbove);

/// <summary>What is known of a stored model without reading it. Versions count 1, 2, 3 … per sensor and are never reused; the active one scores now.</summary>
public sealed record ModelVersion(int Version, DateTimeOffset TrainedAt, int Rows, double Threshold, bool Active, ModelEvaluation? Evaluation);

/// <summary>The model that scores a sensor's readings now. A pinned one was chosen by a person, and scheduled training leaves it alone.</summary>
public sealed record ActiveModel(int Version, PcaModel Model, bool Pinned);

/// <summary>Versioned models per sensor in <c>models.db</c>. Keeps the newest <see cref="VersionsKept"/> of a sensor and the active one.</summary>
public sealed class ModelStore
{
    /// <summary>Older versions go when a new one is added: two and a half days of rounds to go back to.</summary>
    public const int VersionsKept = 10;

    private const string Schema = """
        CREATE TABLE model (
            sensor TEXT NOT NULL, version INTEGER NOT NULL, trained_ms INTEGER NOT NULL, rows INTEGER NOT NULL, threshold REAL NOT NULL,
            evaluation TEXT, file BLOB NOT NULL, PRIMARY KEY (sensor, version)) WITHOUT ROWID;
        CREATE TABLE active (sensor TEXT PRIMARY KEY, version INTEGER NOT NULL, newest INTEGER NOT NULL, pinned INTEGER NOT NULL) WITHOUT ROWID;
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly SqliteFile _file;
    private readonly ILogger<ModelStore> _log;

    public ModelStore(SqliteFile file, ILogger<ModelStore> log)
    {
        _file = file;
        _log = log;
    }

    public static ModelStore Open(string dataDirectory, ILogger<ModelStore> log) =>
        new(OpenFile(dataDirectory), log);

    /// <summary><c>models.db</c>, which holds the thresholds' moves too.</summary>
    public static SqliteFile OpenFile(string dataDirectory) => new(Path.Combine(dataDirectory, "models.db"), Schema, Thresholds.Schema);

    /// <summary>Stores a model as the sensor's next version and makes it the active one.</summary>
    public ActiveModel Add(string sensor, PcaModel model, ModelEvaluation? evaluation)
    {
        using var connection = _file.Open();
        using var transaction = connection.BeginTransaction();
        var version = 1 + connection.ExecuteScalar<int>("SELECT COALESCE(MAX(newest), 0) FROM active WHERE sensor = @sensor", new { sensor }, transaction);
        connection.Execute(
            "INSERT INTO model VALUES (@sensor, @version, @trainedMs, @rows, @threshold, @evaluation, @file)",
            new
            {
                sensor,
                version,
                trainedMs = model.TrainedAt.ToUnixTimeMilliseconds(),
                rows = model.Rows,
                threshold = model.Threshold,
                evaluation = evaluation is null ? null : JsonSerializer.Serialize(evaluation, Json),
                file = PcaModelFile.Write(model),
            },
            transaction);
        connection.Execute("INSERT OR REPLACE INTO active VALUES (@sensor, @version, @version, 0)", new { sensor, version }, transaction);
        connection.Execute("DELETE FROM model WHERE sensor = @sensor AND version <= @oldest", new { sensor, oldest = version - VersionsKept }, transaction);
        transaction.Commit();
        return new ActiveModel(version, model, Pinned: false);
    }

    /// <summary>Goes back to the version before the active one and pins it; null when there is none that can be read.</summary>
    public ActiveModel? Rollback(string sensor)
    {
        using var connection = _file.Open();
        using var transaction = connection.BeginTransaction();
        var row = connection.QueryFirstOrDefault<ModelRow>(
            """
            SELECT m.sensor, m.version, 1 AS pinned, m.file FROM model m JOIN active a ON a.sensor = m.sensor
            WHERE m.sensor = @sensor AND m.version < a.version ORDER BY m.version DESC LIMIT 1
            """,
            new { sensor },
            transaction);
        if (row is null || Read(row) is not { } model) return null;
        connection.Execute("UPDATE active SET version = @Version, pinned = 1 WHERE sensor = @Sensor", row, transaction);
        transaction.Commit();
        return model;
    }

    /// <summary>The active model of every sensor that has one.</summary>
    public IReadOnlyDictionary<string, ActiveModel> ReadActive()
    {
        using var connection = _file.Open();
        var rows = connection.Query<ModelRow>(
            "SELECT m.sensor, m.version, a.pinned, m.file FROM active a JOIN model m ON m.sensor = a.sensor AND m.version = a.version");
        var active = new Dictionary<string, ActiveModel>(StringComparer.Ordinal);
        foreach (var row in rows)
            if (Read(row) is { } model) active[row.Sensor] = model;
        return active;
    }

    /// <summary>The stored versions of a sensor, newest first.</summary>
    public IReadOnlyList<ModelVersion> Versions(string sensor)
    {
        using var connection = _file.Open();
        return [.. connection.Query<VersionRow>(
            """
            SELECT m.version, m.trained_ms AS trainedMs, m.rows, m.threshold, m.evaluation, m.version = a.version AS active
            FROM model m JOIN active a ON a.sensor = m.sensor WHERE m.sensor = @sensor ORDER BY m.version DESC
            """,
            new { sensor }).Select(r => new ModelVersion(
                (int)r.Version, DateTimeOffset.FromUnixTimeMilliseconds(r.TrainedMs), (int)r.Rows, r.Threshold, r.Active != 0,
                r.Evaluation is null ? null : JsonSerializer.Deserialize<ModelEvaluation>(r.Evaluation, Json)))];
    }

    /// <summary>A model that cannot be read is reported and counts as absent: the station is untrained, not wrong.</summary>
    private ActiveModel? Read(ModelRow row)
    {
        try
        {
            return new ActiveModel((int)row.Version, PcaModelFile.Read(row.File), row.Pinned != 0);
        }
        catch (InvalidDataException e)
        {
            _log.LogError(e, "{File}: model {Version} of {Sensor} cannot be read; the station counts as not trained", _file.Path, row.Version, row.Sensor);
            return null;
        }
    }

    private sealed class ModelRow
    {
        public string Sensor { get; set; } = "";

        public long Version { get; set; }

        public long Pinned { get; set; }

        public byte[] File { get; set; } = [];
    }

    private sealed class VersionRow
    {
        public long Version { get; set; }

        public long TrainedMs { get; set; }

        public long Rows { get; set; }

        public double Threshold { get; set; }

        public string? Evaluation { get; set; }

        public long Active { get; set; }
    }
}

using System.Text.Json;
using Dapper;
using LuohuIOC.Detection;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing.Detectors;

/// <summary>How a detector's model does on the history that it was trained from.</summary>
/// <param name="Alarms">Alarms it would have raised.</param>
/// <param name="Days">Day by day, oldest first.</param>
public sealed record ModelEvaluation(int Alarms, DayEvaluation[] Days);

/// <summary>One day in Luohu (UTC+8): readings scored and the share of them above the threshold.</summary>
public sealed record DayEvaluation(DateOnly Day, int Readings, double ShareAbove);

/// <summary>
/// What is known of a stored model without reading it. Versions count 1, 2, 3 … per task and sensor and are never reused; the active one is
/// in force. Only detectors have a threshold.
/// </summary>
public sealed record ModelVersion<TEvaluation>(int Version, DateTimeOffset TrainedAt, int Rows, double? Threshold, bool Active, TEvaluation? Evaluation);

/// <summary>The model of a sensor that is in force. A pinned one was chosen by a person, and scheduled training leaves it alone.</summary>
public sealed record ActiveModel<TModel>(int Version, TModel Model, bool Pinned);

/// <summary>What models are trained for.</summary>
/// <param name="Name">In the file; never renamed.</param>
/// <param name="Form">How they are written.</param>
/// <param name="Facts">What is stored beside each.</param>
/// <param name="VersionsKept">Older versions go when a new one is added.</param>
public sealed record ModelTask<TModel>(string Name, ModelFile<TModel> Form, Func<TModel, (DateTimeOffset TrainedAt, int Rows, double? Threshold)> Facts, int VersionsKept)
    where TModel : class;

/// <summary>Versioned models of one task per sensor in <c>models.db</c> (<see cref="ModelsDatabase"/>). Keeps the newest of a sensor and the active one.</summary>
public sealed class ModelStore<TModel, TEvaluation>(SqliteFile file, ModelTask<TModel> task, ILogger log)
    where TModel : class
    where TEvaluation : class
{
    /// <summary>Stores a model as the sensor's next version and makes it the active one; null when a pinned one stays that instead.</summary>
    /// <param name="sensor">The sensor.</param>
    /// <param name="model">The model.</param>
    /// <param name="evaluation">How it did.</param>
    /// <param name="overPin">The pinned version that it may replace, because somebody asked for that; null for none. A pin set meanwhile stays.</param>
    public ActiveModel<TModel>? Add(string sensor, TModel model, TEvaluation? evaluation, int? overPin = null)
    {
        using var connection = file.Open();
        using var transaction = connection.BeginTransaction();
        var before = connection.QueryFirstOrDefault<InForceRow>(
            "SELECT version, newest, pinned FROM in_force WHERE task = @Name AND sensor = @sensor", new { task.Name, sensor }, transaction);
        var version = 1 + (before?.Newest ?? 0);
        var stays = before is { Pinned: not 0 } && before.Version != overPin;
        var inForce = stays ? before!.Version : version;
        var (trainedAt, rows, threshold) = task.Facts(model);
        connection.Execute(
            "INSERT INTO trained VALUES (@Name, @sensor, @version, @trainedMs, @rows, @threshold, @evaluation, @file)",
            new
            {
                task.Name,
                sensor,
                version,
                trainedMs = trainedAt.ToUnixTimeMilliseconds(),
                rows,
                threshold,
                evaluation = evaluation is null ? null : JsonSerializer.Serialize(evaluation, JsonSerializerOptions.Web),
                file = task.Form.Write(model),
            },
            transaction);
        connection.Execute(
            "INSERT OR REPLACE INTO in_force VALUES (@Name, @sensor, @inForce, @version, @pinned)",
            new { task.Name, sensor, inForce, version, pinned = stays ? 1 : 0 }, transaction);
        connection.Execute(
            "DELETE FROM trained WHERE task = @Name AND sensor = @sensor AND version <= @oldest AND version <> @inForce",
            new { task.Name, sensor, oldest = version - task.VersionsKept, inForce }, transaction);
        transaction.Commit();
        if (!stays) return new ActiveModel<TModel>((int)version, model, Pinned: false);
        log.LogInformation("{Task} model {Version} of {Sensor} is stored and not used: version {Pinned} was pinned meanwhile", task.Name, version, sensor, inForce);
        return null;
    }

    /// <summary>Goes back to the version before the active one and pins it; null when there is none that can be read.</summary>
    public ActiveModel<TModel>? Rollback(string sensor)
    {
        using var connection = file.Open();
        using var transaction = connection.BeginTransaction();
        var row = connection.QueryFirstOrDefault<ModelRow>(
            """
            SELECT m.sensor, m.version, 1 AS pinned, m.file FROM trained m JOIN in_force a ON a.task = m.task AND a.sensor = m.sensor
            WHERE m.task = @Name AND m.sensor = @sensor AND m.version < a.version ORDER BY m.version DESC LIMIT 1
            """,
            new { task.Name, sensor },
            transaction);
        if (row is null || Read(row) is not { } model) return null;
        connection.Execute(
            "UPDATE in_force SET version = @Version, pinned = 1 WHERE task = @Name AND sensor = @Sensor", new { task.Name, row.Version, row.Sensor }, transaction);
        transaction.Commit();
        return model;
    }

    /// <summary>The active model of every sensor that has one.</summary>
    public IReadOnlyDictionary<string, ActiveModel<TModel>> ReadActive()
    {
        using var connection = file.Open();
        var rows = connection.Query<ModelRow>(
            """
            SELECT m.sensor, m.version, a.pinned, m.file FROM in_force a JOIN trained m ON m.task = a.task AND m.sensor = a.sensor AND m.version = a.version
            WHERE a.task = @Name
            """,
            new { task.Name });
        var active = new Dictionary<string, ActiveModel<TModel>>(StringComparer.Ordinal);
        foreach (var row in rows)
            if (Read(row) is { } model) active[row.Sensor] = model;
        return active;
    }

    /// <summary>The stored versions of a sensor, newest first.</summary>
    public IReadOnlyList<ModelVersion<TEvaluation>> Versions(string sensor)
    {
        using var connection = file.Open();
        return [.. connection.Query<VersionRow>(
            """
            SELECT m.version, m.trained_ms AS trainedMs, m.rows, m.threshold, m.evaluation, m.version = a.version AS active
            FROM trained m JOIN in_force a ON a.task = m.task AND a.sensor = m.sensor WHERE m.task = @Name AND m.sensor = @sensor ORDER BY m.version DESC
            """,
            new { task.Name, sensor }).Select(r => new ModelVersion<TEvaluation>(
                (int)r.Version, DateTimeOffset.FromUnixTimeMilliseconds(r.TrainedMs), (int)r.Rows, r.Threshold, r.Active != 0,
                r.Evaluation is null ? null : JsonSerializer.Deserialize<TEvaluation>(r.Evaluation, JsonSerializerOptions.Web)))];
    }

    /// <summary>A model that cannot be read is reported and counts as absent: the station is untrained, not wrong.</summary>
    private ActiveModel<TModel>? Read(ModelRow row)
    {
        try
        {
            return new ActiveModel<TModel>((int)row.Version, task.Form.Read(row.File), row.Pinned != 0);
        }
        catch (InvalidDataException e)
        {
            log.LogError(e, "{File}: {Task} model {Version} of {Sensor} cannot be read; the station counts as not trained", file.Path, task.Name, row.Version, row.Sensor);
            return null;
        }
    }

    private sealed class InForceRow
    {
        public long Version { get; set; }

        public long Newest { get; set; }

        public long Pinned { get; set; }
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

        public double? Threshold { get; set; }

        public string? Evaluation { get; set; }

        public long Active { get; set; }
    }
}

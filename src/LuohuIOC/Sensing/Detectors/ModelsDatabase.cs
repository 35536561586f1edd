using LuohuIOC.Detection;
using LuohuIOC.Detection.Nowcast;
using LuohuIOC.Storage;

namespace LuohuIOC.Sensing.Detectors;

/// <summary><c>models.db</c>: the trained models of every task, and the moves of the detectors' thresholds.</summary>
public static class ModelsDatabase
{
    /// <summary>Models of RandomizedPca that find anomalies. Ten versions: two and a half days of rounds to go back to.</summary>
    public static readonly ModelTask<PcaModel> Anomaly = new("anomaly", PcaModelFile.Form, m => (m.TrainedAt, m.Rows, m.Threshold), VersionsKept: 10);

    /// <summary>Nowcasts: trained when a tenth more rain events have come, so few versions reach back a season; each is a sixth of a megabyte.</summary>
    public static readonly ModelTask<NowcastModel> Nowcast = new("nowcast", NowcastModelFile.Form, m => (m.TrainedAt, m.Rows, null), VersionsKept: 4);

    private const string Models = """
        CREATE TABLE model (
            sensor TEXT NOT NULL, version INTEGER NOT NULL, trained_ms INTEGER NOT NULL, rows INTEGER NOT NULL, threshold REAL NOT NULL,
            evaluation TEXT, file BLOB NOT NULL, PRIMARY KEY (sensor, version)) WITHOUT ROWID;
        CREATE TABLE active (sensor TEXT PRIMARY KEY, version INTEGER NOT NULL, newest INTEGER NOT NULL, pinned INTEGER NOT NULL) WITHOUT ROWID;
        """;

    // Until then there was one task only.
    private const string Tasks = """
        CREATE TABLE trained (
            task TEXT NOT NULL, sensor TEXT NOT NULL, version INTEGER NOT NULL, trained_ms INTEGER NOT NULL, rows INTEGER NOT NULL, threshold REAL,
            evaluation TEXT, file BLOB NOT NULL, PRIMARY KEY (task, sensor, version)) WITHOUT ROWID;
        CREATE TABLE in_force (
            task TEXT NOT NULL, sensor TEXT NOT NULL, version INTEGER NOT NULL, newest INTEGER NOT NULL, pinned INTEGER NOT NULL,
            PRIMARY KEY (task, sensor)) WITHOUT ROWID;
        INSERT INTO trained SELECT 'anomaly', sensor, version, trained_ms, rows, threshold, evaluation, file FROM model;
        INSERT INTO in_force SELECT 'anomaly', sensor, version, newest, pinned FROM active;
        DROP TABLE model;
        DROP TABLE active;
        """;

    public static SqliteFile Open(string dataDirectory) => new(Path.Combine(dataDirectory, "models.db"), Models, Thresholds.Schema, Tasks);
}

using LuohuIOC.Detection;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Storage;
using LuohuIOC.Tests.Detection;
using Microsoft.Data.Sqlite;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors;

public sealed class ModelStoreTests : IDisposable
{
    private readonly ModelStore<PcaModel, ModelEvaluation> _store;
    private readonly string _folder;

    public ModelStoreTests() => _store = Some.Store(out _folder);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_newest_model_is_active_and_survives_a_restart()
    {
        _store.Add("a", Some.Model(threshold: 2), null);
        _store.Add("a", Some.Model(threshold: 3), null);
        _store.Add("b", Some.Model(threshold: 4), null);
        var active = Reopened().ReadActive();
        Assert.Equal((2, 3.0, false), (active["a"].Version, active["a"].Model.Threshold, active["a"].Pinned));
        Assert.Equal((1, 4.0), (active["b"].Version, active["b"].Model.Threshold));
    }

    [Fact]
    public void A_rollback_pins_the_version_before_and_the_next_model_gets_a_number_of_its_own()
    {
        _store.Add("a", Some.Model(threshold: 2), null);
        _store.Add("a", Some.Model(threshold: 3), null);
        var back = _store.Rollback("a")!;
        Assert.Equal((1, 2.0, true), (back.Version, back.Model.Threshold, back.Pinned));
        Assert.True(Reopened().ReadActive()["a"].Pinned);
        Assert.Equal([(2, false), (1, true)], _store.Versions("a").Select(v => (v.Version, v.Active)));

        var next = _store.Add("a", Some.Model(), null, overPin: back.Version)!;
        Assert.Equal((3, false), (next.Version, next.Pinned));
    }

    [Fact]
    public void A_version_pinned_meanwhile_stays_in_force_however_many_come_after_it()
    {
        for (var i = 0; i < 3; i++) _store.Add("a", Some.Model(threshold: 2 + i), null);
        var first = _store.Rollback("a")!.Version;
        var second = _store.Rollback("a")!.Version;
        for (var i = 0; i < ModelsDatabase.Anomaly.VersionsKept + 2; i++) Assert.Null(_store.Add("a", Some.Model(), null, overPin: first));
        var active = Reopened().ReadActive()["a"];
        Assert.Equal((second, 2.0, true), (active.Version, active.Model.Threshold, active.Pinned));
        var versions = _store.Versions("a");
        Assert.Equal((15, false), (versions[0].Version, versions[0].Active));
        Assert.Equal((second, true), (versions[^1].Version, versions[^1].Active));
    }

    [Fact]
    public void Without_an_earlier_version_there_is_no_rollback()
    {
        Assert.Null(_store.Rollback("a"));
        _store.Add("a", Some.Model(), null);
        Assert.Null(_store.Rollback("a"));
        Assert.Equal(1, _store.ReadActive()["a"].Version);
    }

    [Fact]
    public void Only_the_newest_versions_are_kept_with_their_evaluation()
    {
        var evaluation = new ModelEvaluation(2, [new DayEvaluation(new DateOnly(2025, 1, 2), 96, 0.0104)]);
        for (var i = 0; i < ModelsDatabase.Anomaly.VersionsKept + 3; i++) _store.Add("a", Some.Model(), evaluation);
        var versions = _store.Versions("a");
        Assert.Equal(Enumerable.Range(4, ModelsDatabase.Anomaly.VersionsKept).Reverse(), versions.Select(v => v.Version));
        Assert.Equal(2, versions[0].Evaluation!.Alarms);
        Assert.Equal(evaluation.Days, versions[0].Evaluation!.Days);
    }

    [Fact]
    public void A_damaged_model_counts_as_absent_and_spares_the_others()
    {
        _store.Add("a", Some.Model(), null);
        _store.Add("b", Some.Model(), null);
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "models.db")}"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE trained SET file = x'7b7d' WHERE sensor = 'a'";
            command.ExecuteNonQuery();
        }
        Assert.Equal(["b"], Reopened().ReadActive().Keys);
    }

    [Fact]
    public void A_file_from_before_there_were_other_tasks_is_still_read()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "old")).FullName;
        // As that version made it.
        var file = new SqliteFile(Path.Combine(folder, "models.db"), """
            CREATE TABLE model (
                sensor TEXT NOT NULL, version INTEGER NOT NULL, trained_ms INTEGER NOT NULL, rows INTEGER NOT NULL, threshold REAL NOT NULL,
                evaluation TEXT, file BLOB NOT NULL, PRIMARY KEY (sensor, version)) WITHOUT ROWID;
            CREATE TABLE active (sensor TEXT PRIMARY KEY, version INTEGER NOT NULL, newest INTEGER NOT NULL, pinned INTEGER NOT NULL) WITHOUT ROWID;
            """);
        using (var connection = file.Open())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = """
                INSERT INTO model VALUES ('a', 2, 1735689600000, 2880, 1.5, '{"alarms":3,"days":[]}', $file), ('a', 3, 1735689600001, 2880, 1.5, NULL, $file);
                INSERT INTO active VALUES ('a', 2, 3, 1);
                """;
            command.Parameters.AddWithValue("$file", PcaModelFileTests.Golden());
            command.ExecuteNonQuery();
        }
        var store = Some.Store(folder);
        var active = store.ReadActive()["a"];
        Assert.Equal((2, true, 1.5), (active.Version, active.Pinned, active.Model.Threshold));
        Assert.Equal([(3, false), (2, true)], store.Versions("a").Select(v => (v.Version, v.Active)));
        Assert.Equal(3, store.Versions("a")[1].Evaluation!.Alarms);
        Assert.Equal(4, store.Add("a", Some.Model(), null, overPin: 2)!.Version);
    }

    [Fact]
    public void Models_of_two_tasks_do_not_meet()
    {
        var other = new ModelStore<PcaModel, ModelEvaluation>(ModelsDatabase.Open(_folder), ModelsDatabase.Anomaly with { Name = "other" }, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        _store.Add("a", Some.Model(threshold: 2), null);
        Assert.Equal(1, other.Add("a", Some.Model(threshold: 3), null)!.Version);
        Assert.Equal(2, _store.ReadActive()["a"].Model.Threshold);
        Assert.Null(other.Rollback("a"));
        Assert.Single(other.Versions("a"));
    }

    private ModelStore<PcaModel, ModelEvaluation> Reopened() => Some.Store(_folder);
}

using LuohuIOC.DeviceProtocol;
using LuohuIOC.History;
using LuohuIOC.History.DuckDb;
using LuohuIOC.Ingestion;
using Xunit;

namespace LuohuIOC.Tests.History.DuckDb;

public sealed class HistoryFileTests
{
    [Fact]
    public async Task A_damaged_file_is_named_with_its_remedy_and_a_new_one_takes_over()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Tide);
        await File.WriteAllTextAsync(scene.File, new string('x', 100_000), TestContext.Current.CancellationToken);

        var fault = await Assert.ThrowsAsync<HistoryUnavailableException>(() => scene.AppendAsync(new SomeReading(0, HistoryScene.Start)));
        Assert.Contains(scene.File, fault.Message);
        Assert.Contains("move it away", fault.Message);
        await Assert.ThrowsAsync<HistoryUnavailableException>(() => scene.History.CountAsync(TestContext.Current.CancellationToken));

        File.Move(scene.File, scene.File + ".damaged");
        await scene.AppendAsync(new SomeReading(0, HistoryScene.Start));
        Assert.Equal(1, await scene.CountAsync());
    }

    [Fact]
    public async Task A_newer_file_is_refused_and_one_of_the_first_schema_goes_on()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Tide);
        await scene.AppendAsync(new SomeReading(0, HistoryScene.Start));
        var fault = await Assert.ThrowsAsync<HistoryUnavailableException>(() => SetSchemaAsync(scene, 99));
        Assert.Contains("schema 99", fault.Message);
        Assert.Contains("newer version", fault.Message);

        // Schema 0: as a start leaves it that is killed before its first commit of a script.
        await ReopenAsync(scene, "UPDATE state SET schema = 0; DROP TABLE repeated");
        await scene.AppendAsync(new SomeReading(0, HistoryScene.Start + 1));
        Assert.Equal(2, await scene.CountAsync());
    }

    /// <summary>Versions that know schema 1 put three values into <c>state</c> before they look at its number, and can say that it is too new only if it takes them.</summary>
    [Theory]
    [InlineData("UPDATE state SET schema = 1; DROP TABLE repeated", 0)]
    [InlineData("UPDATE state SET schema = 1; DROP TABLE repeated; ALTER TABLE state ADD COLUMN duplicates BIGINT DEFAULT 0; UPDATE state SET duplicates = 1", 1)]
    public async Task A_file_of_schema_1_is_brought_to_2_with_or_without_its_count_of_duplicates(string asBefore, int duplicates)
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Tide);
        await scene.AppendAsync(new SomeReading(0, HistoryScene.Start, 1), new SomeReading(0, HistoryScene.Start, 1));
        await ReopenAsync(scene, asBefore);
        Assert.Equal(duplicates, scene.History.Duplicates);
        await scene.AppendAsync(new SomeReading(0, HistoryScene.Start, 1), new SomeReading(0, HistoryScene.Start + 1, 2));

        await scene.RestartAsync();

        Assert.Equal(2, await scene.ScalarAsync("SELECT schema FROM state", 0));
        await scene.ScalarAsync("INSERT INTO state SELECT 0, 0, 0 WHERE NOT EXISTS (FROM state)", 0);
        Assert.Equal((2, duplicates + 1), (await scene.CountAsync(), scene.History.Duplicates));
    }

    private static Task SetSchemaAsync(HistoryScene scene, int schema) => ReopenAsync(scene, $"UPDATE state SET schema = {schema}");

    /// <summary>Closes the file, does something to it and opens it again.</summary>
    private static async Task ReopenAsync(HistoryScene scene, string sql)
    {
        await scene.History.DisposeAsync();
        using (var connection = new DuckDB.NET.Data.DuckDBConnection($"Data Source={scene.File}"))
        {
            connection.Open();
            foreach (var statement in sql.Split(';')) connection.Execute(statement);
        }
        await scene.RestartAsync();
    }

    [Fact]
    public async Task A_file_cut_short_is_damaged()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Tide);
        await scene.AppendAsync(Enumerable.Range(0, 5000).Select(i => new SomeReading(0, HistoryScene.Start + i)));
        await scene.History.DisposeAsync();
        await using (var file = new FileStream(scene.File, FileMode.Open)) file.SetLength(file.Length / 2);

        var fault = await Assert.ThrowsAsync<HistoryUnavailableException>(async () =>
        {
            await scene.RestartAsync();
            await scene.ReadAsync(0);
        });

        Assert.Contains(scene.File, fault.Message);
    }

    /// <summary>A crash or a full disk in the middle of a commit.</summary>
    [Fact]
    public async Task A_log_torn_at_any_place_loses_only_the_transactions_that_it_tore()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Tide);
        await scene.AppendAsync(new SomeReading(0, HistoryScene.Start));
        for (var i = 1; i <= 20; i++) await scene.AppendAsync(new SomeReading(0, HistoryScene.Start + i));
        var file = await File.ReadAllBytesAsync(scene.File, TestContext.Current.CancellationToken);
        var log = await File.ReadAllBytesAsync(scene.File + ".wal", TestContext.Current.CancellationToken);
        var random = new Random(7);
        for (var round = 0; round < 12; round++)
        {
            await scene.History.DisposeAsync();
            await File.WriteAllBytesAsync(scene.File, file, TestContext.Current.CancellationToken);
            await File.WriteAllBytesAsync(scene.File + ".wal", log[..random.Next(log.Length / 4, log.Length)], TestContext.Current.CancellationToken);
            await scene.RestartAsync();
            var cursor = scene.History.Cursor;
            Assert.Equal(cursor, (await scene.IdentitiesAsync()).Count);
            Assert.Equal(cursor, await scene.CountAsync());

            await scene.History.AppendAsync(
                [.. Enumerable.Range(0, 21).Select(i => HistoryScene.Group(i + 1, [new SomeReading(0, HistoryScene.Start + i)]))], TestContext.Current.CancellationToken);
            Assert.Equal(21, (await scene.IdentitiesAsync()).Distinct().Count());
            Assert.Equal(21, await scene.CountAsync());
        }
    }

    [Fact]
    public async Task A_metric_that_the_contract_gained_is_added_and_old_rows_keep_their_meaning()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Tide);
        await scene.AppendAsync(new SomeReading(0, HistoryScene.Start, Values: [(0, 1.25), (1, 80), (2, -60)]));
        await scene.History.DisposeAsync();
        // As if the file had been made by a contract without battery: the column is added again behind the others.
        using (var connection = new DuckDB.NET.Data.DuckDBConnection($"Data Source={scene.File}"))
        {
            connection.Open();
            using var drop = connection.CreateCommand();
            drop.CommandText = "ALTER TABLE tide DROP COLUMN battery";
            drop.ExecuteNonQuery();
        }
        await scene.RestartAsync();
        await scene.AppendAsync(new SomeReading(0, HistoryScene.Start + 1, Values: [(0, 1.5), (1, 79), (2, -61)],
            Mark: new QualityMark(QualityGrade.Bad, QualityReason.Spike, 0b010)));

        var stored = await scene.ReadAsync(0);

        Assert.Equal([[1.25, double.NaN, -60], [1.5, 79, -61]], stored.Select(r => r.Values));
        Assert.Equal(0b010UL, stored[1].Mark.Slots);
        Assert.Equal("sensor,ts,device_ts,seq,received,quality,reason,slots,level,signal,battery",
            await scene.ScalarAsync("SELECT string_agg(name, ',' ORDER BY cid) FROM pragma_table_info('tide')", ""));
    }

    /// <summary>"Block" has a "lock" in it.</summary>
    [Theory]
    [InlineData("Out of Memory Error: could not allocate block of size 256.0 KiB (488.1 MiB/488.2 MiB used)", "MemoryLimit")]
    [InlineData("TransactionContext Error: Failed to commit: failed to pin block of size 256.0 KiB (488.2 MiB/488.2 MiB used)", "MemoryLimit")]
    [InlineData("IO Error: Could not set lock on file \"history.duckdb\": Conflicting lock is held in dotnet (PID 7)", "Another program")]
    [InlineData("IO Error: Could not write file \"history.duckdb\": No space left on device", "make room")]
    public void What_is_wrong_with_the_file_is_told_with_its_own_remedy(string cause, string remedy) =>
        Assert.Contains(remedy, HistoryFile.Unavailable("history.duckdb", new IOException(cause)).Message);
}

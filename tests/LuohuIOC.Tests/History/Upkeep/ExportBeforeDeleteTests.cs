using DuckDB.NET.Data;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.History;
using LuohuIOC.History.Upkeep;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.History.Upkeep;

/// <summary>Where a day is written before retention deletes it, every value is in history or in a file, and no file loses one.</summary>
public sealed class ExportBeforeDeleteTests
{
    private const long Start = StoreScene.Start;
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(Start);
    private static readonly DateOnly Old = new(2024, 11, 12);

    [Fact]
    public async Task What_comes_after_a_day_was_exported_by_hand_is_written_before_it_is_deleted()
    {
        await using var scene = await NewSceneAsync();
        await StoreAsync(scene, (0, Start - 10 * Day, 1));
        await ExportAsync(scene, Old);
        await StoreAsync(scene, (0, Start - 10 * Day + Hour, 2));

        await NightAsync(scene);

        Assert.Equal([1, 2], FileOf(scene, Old));
        Assert.Equal([0], await StoredAsync(scene));
    }

    [Fact]
    public async Task What_comes_late_for_a_deleted_day_is_added_to_its_file()
    {
        await using var scene = await NewSceneAsync();
        await StoreAsync(scene, (0, Start - 10 * Day, 2));
        await NightAsync(scene);
        await StoreAsync(scene, (0, Start - 10 * Day - Hour, 1), (0, Start - 10 * Day + Hour, 3));

        await NightAsync(scene);

        Assert.Equal([1, 2, 3], FileOf(scene, Old));
        Assert.Equal([0], await StoredAsync(scene));
    }

    [Fact]
    public async Task A_day_exported_again_after_a_part_of_it_was_deleted_keeps_that_part()
    {
        await using var scene = await NewSceneAsync();
        // Tide is kept for longer than parking.
        await StoreAsync(scene, (0, Start - 3 * Day, 1), (1, Start - 3 * Day, 2));
        await NightAsync(scene);
        Assert.Equal([0, 2], await StoredAsync(scene));

        var written = await ExportAsync(scene, Old.AddDays(7));

        Assert.Equal(2, written!.Rows);
        Assert.Equal([1, 2], FileOf(scene, Old.AddDays(7)));
    }

    /// <summary>A device without a battery for its clock begins every time at the same moment, with the same sequence.</summary>
    [Fact]
    public async Task Readings_of_one_identity_that_came_before_and_after_a_deletion_are_both_in_the_file()
    {
        await using var scene = await NewSceneAsync();
        for (var value = 1; value <= 2; value++)
        {
            await StoreAsync(scene, (0, Start - 10 * Day, value));
            await NightAsync(scene);
            // Memory knows a sensor's last readings when they are deleted, too; the file does not.
            await scene.RestartAsync();
        }

        Assert.Equal([1, 2], FileOf(scene, Old));
    }

    /// <summary>As exports were before sequence and device time were columns.</summary>
    [Fact]
    public async Task A_file_without_sequence_and_device_time_is_completed_and_says_nothing_twice()
    {
        await using var scene = await NewSceneAsync();
        await StoreAsync(scene, (0, Start - 10 * Day, 1), (0, Start - 10 * Day + 1, 2));
        var path = Path.Combine(scene.Folder, (await ExportAsync(scene, Old))!.File);
        await scene.ScalarAsync($"COPY (SELECT * EXCLUDE (seq, device_ts) REPLACE (CASE WHEN value = 2 THEN 3 ELSE value END AS value) FROM '{path}') TO '{path}' (FORMAT parquet)", 0L);

        await NightAsync(scene);

        Assert.Equal([1, 2, 3], FileOf(scene, Old));
        Assert.Equal("sensor,kind,name,street,ts,metric,unit,value,quality,reason,seq,device_ts", await scene.ScalarAsync($"SELECT string_agg(column_name, ',') FROM (DESCRIBE SELECT * FROM '{path}')", ""));
    }

    [Fact]
    public async Task What_comes_while_its_day_is_written_stays_for_the_next_night()
    {
        await using var scene = await NewSceneAsync();
        await StoreAsync(scene, (0, Start - 10 * Day, 1), (0, Start - 10 * Day + Hour, 2));
        await Retention(scene, ExportDuring(scene, path =>
        {
            if (path.EndsWith(ParquetExport.Folder, StringComparison.Ordinal)) StoreAsync(scene, (0, Start - 10 * Day + 1, 3)).Wait();
        })).RunAsync(Now, TestContext.Current.CancellationToken);
        Assert.Equal([0, 1, 3], await StoredAsync(scene));

        await NightAsync(scene);

        Assert.Equal([1, 2, 3], FileOf(scene, Old));
        Assert.Equal([0], await StoredAsync(scene));
    }

    /// <summary>Two messages of one moment make one row: the second changes it.</summary>
    [Fact]
    public async Task A_metric_that_completes_a_row_while_its_day_is_written_stays_for_the_next_night()
    {
        await using var scene = await NewSceneAsync();
        await scene.AppendAsync(new SomeReading(0, Start - 10 * Day, Values: [(0, 1)]));
        await Retention(scene, ExportDuring(scene, path =>
        {
            if (path.EndsWith(ParquetExport.Folder, StringComparison.Ordinal)) scene.AppendAsync(new SomeReading(0, Start - 10 * Day, Values: [(1, 50)])).Wait();
        })).RunAsync(Now, TestContext.Current.CancellationToken);
        Assert.Equal([0, 1], await StoredAsync(scene));

        await NightAsync(scene);

        Assert.Equal([1, 50], FileOf(scene, Old));
        Assert.Equal([0], await StoredAsync(scene));
    }

    [Fact]
    public async Task Nothing_is_deleted_for_a_file_that_did_not_reach_the_disk()
    {
        await using var scene = await NewSceneAsync();
        await StoreAsync(scene, (0, Start - 10 * Day, 1));

        await Assert.ThrowsAsync<IOException>(() => Retention(scene, ExportDuring(scene, _ => throw new IOException("Input/output error"))).RunAsync(Now, TestContext.Current.CancellationToken));

        Assert.Equal([0, 1], await StoredAsync(scene));
    }

    [Fact]
    public async Task A_day_whose_file_cannot_be_read_stays_and_the_others_have_their_turn()
    {
        await using var scene = await NewSceneAsync();
        await StoreAsync(scene, (0, Start - 10 * Day, 1), (0, Start - 9 * Day, 2));
        Directory.CreateDirectory(Path.Combine(scene.Folder, ParquetExport.Folder));
        await File.WriteAllTextAsync(ExportOf(scene).PathOf(Old), "torn", TestContext.Current.CancellationToken);

        Assert.Equal(1, await NightAsync(scene));

        Assert.Equal([0, 1], await StoredAsync(scene));
        Assert.Equal([2], FileOf(scene, Old.AddDays(1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_comes_and_is_exported_in_whatever_order_nothing_is_lost_and_nothing_is_there_twice(int seed)
    {
        await using var scene = await NewSceneAsync();
        var random = new Random(seed);
        var last = 0;
        for (var day = 0; day < 8; day++)
        {
            for (var step = random.Next(1, 6); step > 0; step--)
            {
                if (random.Next(3) == 0) await ExportAsync(scene, Old.AddDays(10 + day - random.Next(8)));
                else
                    await StoreAsync(scene, [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => (random.Next(2), Start + (day - random.Next(8)) * Day + random.Next(-11, 4) * Hour, (double)++last))]);
            }
            await StoreAsync(scene, (0, Start + day * Day, ++last));
            await NightAsync(scene, day);

            var files = Directory.EnumerateFiles(Path.Combine(scene.Folder, ParquetExport.Folder)).SelectMany(Values).ToList();
            Assert.Equal(files.Distinct().Count(), files.Count);
            Assert.Equal(Enumerable.Range(0, last + 1).Select(v => (double)v), files.Union(await StoredAsync(scene)).Order());
        }
    }

    /// <summary>Parking is kept for two days and tide for five; reading 0 is today's.</summary>
    private static async Task<HistoryScene> NewSceneAsync()
    {
        var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Parking);
        scene.AddSensor(SensorKind.Tide);
        await StoreAsync(scene, (0, Start, 0));
        return scene;
    }

    private static Task StoreAsync(HistoryScene scene, params (int Sensor, long TimeMs, double Value)[] readings) =>
        // By value in its sequence where random times may be the same.
        scene.AppendAsync(readings.Select(r => new SomeReading(r.Sensor, r.TimeMs, r.TimeMs == Start - 10 * Day ? 1 : (long)r.Value, Values: [(0, r.Value)])));

    private static Task<long?> NightAsync(HistoryScene scene, int day = 0) =>
        Retention(scene, ExportOf(scene)).RunAsync(Now.AddDays(day), TestContext.Current.CancellationToken);

    private static Retention Retention(HistoryScene scene, ParquetExport export) =>
        new(scene.History, export, new HistoryOptions { ExportBeforeDelete = true, Retention = { ["parking"] = 2, ["tide"] = 5 } }, NullLogger<Retention>.Instance);

    private static ParquetExport ExportDuring(HistoryScene scene, Action<string> during) => new(scene.History, scene.Folder) { MakeDurable = during };

    private static ParquetExport ExportOf(HistoryScene scene) => new(scene.History, scene.Folder);

    private static Task<DayExport?> ExportAsync(HistoryScene scene, DateOnly day) => ExportOf(scene).WriteAsync(day, TestContext.Current.CancellationToken);

    private static List<double> FileOf(HistoryScene scene, DateOnly day) => Values(ExportOf(scene).PathOf(day));

    private static List<double> Values(string path)
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        return Numbers(connection, $"SELECT value FROM '{path}' ORDER BY value");
    }

    private static Task<List<double>> StoredAsync(HistoryScene scene) => scene.History.QueryAsync(
        (_, connection) => Numbers(connection, "SELECT v FROM (SELECT occupied AS v FROM parking UNION ALL SELECT level FROM tide) ORDER BY v"), TestContext.Current.CancellationToken);

    private static List<double> Numbers(DuckDBConnection connection, string sql)
    {
        using var query = connection.CreateCommand();
        query.CommandText = sql;
        using var reader = query.ExecuteReader();
        var numbers = new List<double>();
        while (reader.Read()) numbers.Add(reader.GetDouble(0));
        return numbers;
    }
}

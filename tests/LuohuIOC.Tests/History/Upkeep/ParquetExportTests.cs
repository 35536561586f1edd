using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.Upkeep;
using LuohuIOC.Ingestion;
using Xunit;

namespace LuohuIOC.Tests.History.Upkeep;

public sealed class ParquetExportTests
{
    private const long Start = HistoryScene.Start;

    [Fact]
    public async Task A_day_is_a_row_a_value_with_names_units_and_quality()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Outfall);
        scene.AddSensor(SensorKind.Generic, "a", "b", "c");
        var midnight = ParquetExport.MidnightMs(new DateOnly(2024, 11, 22));
        await scene.AppendAsync(
            new SomeReading(0, midnight - 1, Values: [(0, 9)]),
            new SomeReading(0, midnight, Values: [(0, 0.5), (1, 77)], Mark: new QualityMark(QualityGrade.Bad, QualityReason.OutOfRange, 2)),
            new SomeReading(1, Start, Values: [(0, 1), (2, 3)], Mark: new QualityMark(QualityGrade.Doubtful, QualityReason.Stuck, 4)),
            new SomeReading(0, midnight + 86_400_000, Values: [(0, 9)]));

        var written = await new ParquetExport(scene.History, scene.Folder).WriteAsync(new DateOnly(2024, 11, 22), TestContext.Current.CancellationToken);

        Assert.Equal(("export/2024-11-22.parquet", 4L), (written!.File, written.Rows));
        var path = Path.Combine(scene.Folder, written.File);
        Assert.Equal(new FileInfo(path).Length, written.Bytes);
        var text = await scene.ScalarAsync(
            $"SELECT string_agg(concat_ws('|', sensor, kind, name, street, epoch_ms(ts), metric, unit, value, quality, reason), chr(10)) FROM '{path}'", "");
        Assert.Equal(
            [
                $"generic-001|generic|测点1|东门街道|{Start}|a|1.0|good|none",
                $"generic-001|generic|测点1|东门街道|{Start}|c|3.0|doubtful|stuck",
                $"outfall-000|outfall|测点0|东门街道|{midnight}|flow|m3/s|77.0|bad|out-of-range",
                $"outfall-000|outfall|测点0|东门街道|{midnight}|level|m|0.5|good|none",
            ],
            text.Split('\n'));
        Assert.Equal("TIMESTAMP WITH TIME ZONE", await scene.ScalarAsync($"SELECT column_type FROM (DESCRIBE SELECT * FROM '{path}') WHERE column_name = 'ts'", ""));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task A_day_of_several_pieces_is_one_file_in_order()
    {
        const int Sensors = 100, Each = 3_000;
        await using var scene = new HistoryScene { Options = { MemoryLimit = "70MB" } };
        for (var i = 0; i < Sensors; i++) scene.AddSensor(SensorKind.Outfall);
        for (var i = 0; i < Each; i += 100)
            await scene.AppendAsync(from step in Enumerable.Range(i, 100) from sensor in Enumerable.Range(0, Sensors) select new SomeReading(sensor, Start + step * 1000, Values: [(0, step), (1, sensor)]));

        var export = new ParquetExport(scene.History, scene.Folder);
        var written = await export.WriteAsync(new DateOnly(2024, 11, 22), TestContext.Current.CancellationToken);
        Assert.Equal(2L * Sensors * Each, written!.Rows);
        var path = Path.Combine(scene.Folder, written.File);
        // Again, when half of it is gone and some has come: what the file had stays, in pieces too.
        await scene.History.DeleteStepAsync(SensorKind.Outfall, Start + Each / 2 * 1000, Each * 1000, TestContext.Current.CancellationToken);
        await scene.AppendAsync(Enumerable.Range(0, Sensors).Select(sensor => new SomeReading(sensor, Start - 1000, Values: [(0, -1)])));
        written = await export.WriteAsync(new DateOnly(2024, 11, 22), TestContext.Current.CancellationToken);

        Assert.Equal(2L * Sensors * Each + Sensors, written!.Rows);
        Assert.Equal(written.Rows, await scene.ScalarAsync($"SELECT count(*) FROM '{path}'", 0L));
        Assert.Equal(0, await scene.ScalarAsync(
            $"SELECT count(*) FROM (SELECT (sensor, metric, ts) AS own, lag((sensor, metric, ts)) OVER (ORDER BY file_row_number) AS before FROM read_parquet('{path}', file_row_number = true)) WHERE own <= before", 0L));
        Assert.Equal([path], Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
    }

    /// <summary>Which of two readings of one millisecond came before the other is in the file, and in its order.</summary>
    [Fact]
    public async Task Sequence_and_device_time_are_the_last_columns_and_order_the_rows_of_one_time()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Outfall);
        scene.AddSensor(SensorKind.Generic, "a");
        await scene.AppendAsync(
            from sensor in new[] { 0, 1 }
            from reading in (SomeReading[])
            [
                new(sensor, Start + 7_300_000, 1, Start, [(0, 5)]), new(sensor, Start + 7_200_000, 9, Start, [(0, 4)]),
                new(sensor, Start, 8, Values: [(0, 3)]), new(sensor, Start, Values: [(0, 1)]), new(sensor, Start, 7, Values: [(0, 2)]),
            ]
            select reading);

        var written = await new ParquetExport(scene.History, scene.Folder).WriteAsync(new DateOnly(2024, 11, 22), TestContext.Current.CancellationToken);

        var path = Path.Combine(scene.Folder, written!.File);
        var text = await scene.ScalarAsync($"SELECT string_agg(concat_ws('|', sensor, value, coalesce(seq, -1), epoch_ms(device_ts) - {Start}), chr(10)) FROM '{path}'", "");
        Assert.Equal(
            from sensor in new[] { "generic-001", "outfall-000" } from row in new[] { "1.0|-1|0", "2.0|7|0", "3.0|8|0", "4.0|9|7200000", "5.0|1|7300000" } select $"{sensor}|{row}",
            text.Split('\n'));
        Assert.Equal("sensor,kind,name,street,ts,metric,unit,value,quality,reason,seq,device_ts", await scene.ScalarAsync($"SELECT string_agg(column_name, ',') FROM (DESCRIBE SELECT * FROM '{path}')", ""));
    }

    [Fact]
    public async Task A_day_without_readings_writes_no_file_and_spares_the_one_that_is_there()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Outfall);
        await scene.AppendAsync(new SomeReading(0, Start, Values: [(0, 1)]));
        var export = new ParquetExport(scene.History, scene.Folder);
        var day = new DateOnly(2999, 1, 1);
        Assert.Null(await export.WriteAsync(day, TestContext.Current.CancellationToken));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(export.PathOf(day))!));
        await File.WriteAllTextAsync(export.PathOf(day), "whole", TestContext.Current.CancellationToken);
        Assert.Null(await export.WriteAsync(day, TestContext.Current.CancellationToken));
        Assert.Equal("whole", await File.ReadAllTextAsync(export.PathOf(day), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_file_is_on_the_disk_before_it_gets_its_name_and_its_name_before_anything_is_deleted_for_it()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Outfall);
        await scene.AppendAsync(new SomeReading(0, Start, Values: [(0, 1)]));
        var path = Path.Combine(scene.Folder, "export/2024-11-22.parquet");
        var steps = new List<string>();
        var export = new ParquetExport(scene.History, scene.Folder) { MakeDurable = what => steps.Add($"{Path.GetRelativePath(scene.Folder, what)} {File.Exists(path)}") };

        await export.WriteAsync(new DateOnly(2024, 11, 22), TestContext.Current.CancellationToken);

        Assert.Equal(["export/2024-11-22.parquet.part False", "export True", ". True"], steps);
    }

    [Fact]
    public async Task A_file_of_the_day_that_cannot_be_read_is_left_and_named_with_its_remedy()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Outfall);
        await scene.AppendAsync(new SomeReading(0, Start, Values: [(0, 1)]));
        var export = new ParquetExport(scene.History, scene.Folder);
        var path = export.PathOf(new DateOnly(2024, 11, 22));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "torn", TestContext.Current.CancellationToken);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => export.WriteAsync(new DateOnly(2024, 11, 22), TestContext.Current.CancellationToken));

        Assert.Contains(path, fault.Message);
        Assert.Contains("Move it away", fault.Message);
        Assert.Equal("torn", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
    }
}

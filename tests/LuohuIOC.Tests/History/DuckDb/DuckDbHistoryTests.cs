using DuckDB.NET.Data;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.History;
using LuohuIOC.History.DuckDb;
using Xunit;

namespace LuohuIOC.Tests.History.DuckDb;

public sealed class DuckDbHistoryTests : HistoryContract
{
    private const long Start = StoreScene.Start;

    private protected override StoreScene NewScene() => new HistoryScene();

    [Fact]
    public async Task The_file_knows_the_metrics_of_a_generic_sensor()
    {
        await using var scene = new HistoryScene();
        var sensor = scene.AddSensor(SensorKind.Generic, "a");
        await scene.AppendAsync(new SomeReading(0, Start, Values: [(0, 1)]));
        scene.Replace(sensor with { Layout = new([.. Enumerable.Range(0, 64).Select(i => $"m{i}")]) });
        await scene.AppendAsync(Enumerable.Range(1, 5).Select(i =>
            new SomeReading(0, Start + i, Values: [.. Enumerable.Range(0, 64).Where(s => s % 2 == 0 || s == 63).Select(s => (s, i + s / 64.0))])));

        Assert.Equal("m0,m1", await scene.ScalarAsync("SELECT array_to_string(metrics[1:2], ',') FROM sensor", ""));
    }

    [Fact]
    public async Task Every_reading_made_a_row_or_is_counted_as_a_duplicate_also_by_the_next_process()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Outfall);
        await scene.AppendAsync(new SomeReading(0, Start, 1), new SomeReading(0, Start, 1), new SomeReading(0, Start + 1, 2));
        await scene.AppendAsync(new SomeReading(0, Start, 1), new SomeReading(0, Start + 2, 3));
        Assert.Equal((3, 2), (await scene.CountAsync(), scene.History.Duplicates));

        await scene.RestartAsync();
        Assert.Equal((3, 2), (await scene.CountAsync(), scene.History.Duplicates));
        // What another message of the same moment has added to a row has none of its own.
        await scene.AppendAsync(new SomeReading(0, Start + 9), new SomeReading(0, Start + 9, Values: [(1, 4)]));
        Assert.Equal((4, 3), (await scene.CountAsync(), scene.History.Duplicates));
    }

    /// <summary>A disk full at the commit of a deletion: no reading waits to be stored, so that nothing else opens the file again.</summary>
    [Fact]
    public async Task After_a_failed_deletion_the_next_question_opens_the_file_again()
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Outfall);
        await scene.AppendAsync(new SomeReading(0, Start, 1));
        await scene.ScalarAsync("ALTER TABLE state RENAME COLUMN readings TO lost", 0);

        await Assert.ThrowsAsync<HistoryUnavailableException>(
            () => scene.History.DeleteStepAsync(SensorKind.Outfall, Start + 1, 1000, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<HistoryUnavailableException>(() => scene.ReadAsync(0));
        Assert.Contains(scene.File, scene.History.Fault);
        Repair(scene.File);

        Assert.Single(await scene.ReadAsync(0));
        Assert.Null(scene.History.Fault);
        Assert.Equal(1, await scene.CountAsync());
    }

    private static void Repair(string file)
    {
        using var connection = new DuckDBConnection($"Data Source={file}");
        connection.Open();
        connection.Execute("ALTER TABLE state RENAME COLUMN lost TO readings");
    }
}

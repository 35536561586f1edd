using LuohuIOC.DeviceProtocol;
using LuohuIOC.History;
using LuohuIOC.History.Upkeep;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.History.Upkeep;

public sealed class RetentionTests
{
    private const long Start = HistoryScene.Start;
    private const long Day = 86_400_000;

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(Start);

    [Fact]
    public async Task Deletes_what_is_older_than_its_kind_is_kept()
    {
        await using var scene = new HistoryScene();
        await FillAsync(scene);

        var deleted = await Keeping(scene, new HistoryOptions { Retention = { ["parking"] = 2, ["tide"] = 0 } }).RunAsync(Now, TestContext.Current.CancellationToken);

        // Midnight in Shanghai is eight hours before the scene's start: the reading of exactly two days before it stays.
        var parking = await scene.ReadAsync(0);
        Assert.Equal([Start - 8 * 3_600_000 - 2 * Day, Start - Day, Start], parking.Select(r => r.TimeMs));
        Assert.Equal(7, (await scene.ReadAsync(1)).Count);
        Assert.Equal(4, deleted);
        Assert.Equal(10, await scene.CountAsync());
        Assert.Equal(10, (await scene.IdentitiesAsync()).Count);
        await scene.RestartAsync();
        Assert.Equal(10, await scene.CountAsync());
    }

    [Fact]
    public async Task Writes_whole_days_before_it_deletes_them_and_never_replaces_one()
    {
        await using var scene = new HistoryScene();
        await FillAsync(scene);
        var options = new HistoryOptions { ExportBeforeDelete = true, Retention = { ["parking"] = 2, ["tide"] = 3 } };
        var retention = Keeping(scene, options);
        await retention.RunAsync(Now, TestContext.Current.CancellationToken);
        await retention.RunAsync(Now.AddDays(1), TestContext.Current.CancellationToken);

        var written = Directory.GetFiles(Path.Combine(scene.Folder, ParquetExport.Folder)).Select(Path.GetFileName).Order();

        Assert.Equal(["2024-11-16.parquet", "2024-11-18.parquet", "2024-11-19.parquet", "2024-11-20.parquet"], written);
        var kinds = await scene.ScalarAsync($"SELECT string_agg(DISTINCT kind, ',' ORDER BY kind) FROM '{scene.Folder}/export/2024-11-19.parquet'", "");
        Assert.Equal("parking,tide", kinds);
    }

    /// <summary>A clock set ahead for a night deleted everything.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_clock_ahead_of_all_devices_deletes_only_what_is_old_by_theirs(bool exports)
    {
        await using var scene = new HistoryScene();
        await FillAsync(scene);
        // Received by the wrong clock, of a device of right time and of one that is still farther ahead.
        var wrong = Start + 4 * 365 * Day;
        await scene.AppendAsync(new SomeReading(0, Start + 1000, ReceivedMs: wrong), new SomeReading(0, wrong + 3650 * Day, ReceivedMs: wrong));
        var retention = Keeping(scene, new HistoryOptions { ExportBeforeDelete = exports, Retention = { ["parking"] = 2, ["tide"] = 0 } });

        Assert.Equal(4, await retention.RunAsync(Now.AddDays(4 * 365), TestContext.Current.CancellationToken));

        Assert.Equal(12, await scene.CountAsync());
    }

    [Fact]
    public async Task After_a_month_switched_off_the_first_night_deletes_nothing_and_one_with_readings_goes_on()
    {
        await using var scene = new HistoryScene();
        await FillAsync(scene);
        var retention = Keeping(scene, new HistoryOptions { Retention = { ["parking"] = 7, ["tide"] = 7 } });

        Assert.Equal(0, await retention.RunAsync(Now.AddDays(30), TestContext.Current.CancellationToken));

        await scene.AppendAsync(new SomeReading(1, Start + 30 * Day));
        Assert.Equal(14, await retention.RunAsync(Now.AddDays(30), TestContext.Current.CancellationToken));
    }

    /// <summary>Parking and tide: now, one day ago, two days before midnight and to both sides of it, and long ago.</summary>
    private static async Task FillAsync(HistoryScene scene)
    {
        scene.AddSensor(SensorKind.Parking);
        scene.AddSensor(SensorKind.Tide);
        var twoDays = Start - 8 * 3_600_000 - 2 * Day;
        long[] times = [Start, Start - Day, twoDays, twoDays - 1, twoDays - 3_600_001, twoDays - 2 * Day, twoDays - 4 * Day];
        await scene.AppendAsync(times.Order().SelectMany(t => new[] { new SomeReading(0, t), new SomeReading(1, t) }));
    }

    private static Retention Keeping(HistoryScene scene, HistoryOptions options) =>
        new(scene.History, new ParquetExport(scene.History, scene.Folder), options, NullLogger<Retention>.Instance);
}

using LuohuIOC.DeviceProtocol;
using LuohuIOC.History;
using LuohuIOC.History.Influx;
using Xunit;

namespace LuohuIOC.Tests.History.Influx;

[Collection(SharedInfluxd.Collection)]
public sealed class InfluxHistoryTests(SharedInfluxd influxd)
{
    private const long Start = StoreScene.Start;

    [Theory]
    [InlineData(nameof(Fault.Refused), "cannot be reached")]
    [InlineData(nameof(Fault.Overloaded), "answers 503 (try later)")]
    [InlineData(nameof(Fault.Silent), "no answer within")]
    [InlineData(nameof(Fault.AnswerLost), "cannot be reached")]
    public async Task An_outage_leaves_the_cursor_and_says_why(string fault, string reason)
    {
        await using var scene = new InfluxScene(influxd.Server);
        scene.AddSensor(SensorKind.Pipe);
        await scene.AppendAsync(new SomeReading(0, Start));
        var groups = Enumerable.Range(1, 5).Select(g => scene.Group(Enumerable.Range(0, 70).Select(i => new SomeReading(0, Start + g * 1000 + i)))).ToList();

        // For the silent one; what the real server does before and after may take its time.
        var patience = scene.Options.Timeout;
        if (fault == nameof(Fault.Silent)) scene.Options.Timeout = TimeSpan.FromSeconds(1);
        scene.Fault = Enum.Parse<Fault>(fault);
        var error = await Assert.ThrowsAsync<HistoryUnavailableException>(async () => await scene.Store.AppendAsync(groups, default));
        Assert.Contains(reason, error.Message);
        Assert.Contains("Nothing is lost", error.Message);
        Assert.Equal(1, scene.Store.Cursor);

        scene.Fault = Fault.None;
        scene.Options.Timeout = patience;
        await scene.Store.AppendAsync(groups, default);
        Assert.Equal(6, scene.Store.Cursor);
        Assert.Equal(351, await scene.CountAsync());
    }

    [Fact]
    public async Task A_slow_store_gets_smaller_portions_until_it_can_take_them()
    {
        await using var scene = new InfluxScene(influxd.Server, o => o.LinesPerWrite = 1_000);
        scene.AddSensor(SensorKind.Pipe);
        await scene.AppendAsync(new SomeReading(0, Start));
        var group = scene.Group(Enumerable.Range(1, 2_000).Select(i => new SomeReading(0, Start + i)));
        var patience = scene.Options.Timeout;
        scene.Options.Timeout = TimeSpan.FromSeconds(2);
        scene.Fault = Fault.Slow;
        var attempts = 0;
        while (scene.Store.Cursor < group.Position)
        {
            Assert.True(++attempts <= 8, "Portions did not become small enough.");
            try
            {
                await scene.Store.AppendAsync([group], default);
            }
            catch (HistoryUnavailableException)
            {
                // Too large still.
            }
        }
        Assert.True(attempts >= 2, "The first portion was small enough already.");
        scene.Options.Timeout = patience;
        Assert.Equal(2_001, await scene.CountAsync());
    }

    [Fact]
    public async Task A_reading_that_the_store_never_takes_becomes_a_rejection_and_the_rest_stays()
    {
        await using var scene = new InfluxScene(influxd.Server, o => o.LinesPerWrite = 1_000);
        scene.AddSensor(SensorKind.Generic, "x", "y");
        scene.AddSensor(SensorKind.Pipe);
        await scene.Store.OpenAsync(default);
        // Somebody has written whole numbers under that name, on that day.
        await WriteAsync(scene, $"generic,sensor=other x=1i {Start}000000\n");
        await scene.AppendAsync(Enumerable.Range(0, 900).Select(i =>
            new SomeReading(i % 3 == 0 ? 1 : 0, Start + i, Values: i % 3 == 1 ? [(0, i), (1, i)] : [(i % 3 == 0 ? 0 : 1, i)])));

        Assert.Equal(300, scene.Rejections.Count);
        Assert.All(scene.Rejections, r => Assert.Equal(("gw-1", RejectionReason.StoreRefused, "generic-000"), (r.Gateway, r.Reason, r.Sensor)));
        Assert.Equal(1, scene.Store.Cursor);
        Assert.Equal(600, await scene.CountAsync());
        Assert.Equal(600, scene.Store.Readings);
        // One for all, one for the bad ones, one for the others.
        Assert.InRange(scene.Posted.Count, 3, 5);
    }

    [Fact]
    public async Task Readings_older_than_the_retention_policy_are_told_apart_with_few_requests()
    {
        await using var scene = new InfluxScene(influxd.Server, o => o.LinesPerWrite = 1_000);
        scene.AddSensor(SensorKind.Tide);
        await influxd.Server.QueryAsync($"CREATE DATABASE \"{scene.Options.Database}\" WITH DURATION 1d");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await scene.AppendAsync(Enumerable.Range(0, 1_000).Select(i => new SomeReading(0, i % 2 == 0 ? now - i : now - 7 * 86_400_000L - i)));

        Assert.Equal(500, scene.Rejections.Count);
        Assert.Equal(500, await scene.CountAsync());
        Assert.InRange(scene.Posted.Count, 3, 30);
    }

    [Fact]
    public async Task A_database_that_was_dropped_is_made_again()
    {
        await using var scene = new InfluxScene(influxd.Server);
        scene.AddSensor(SensorKind.Tide);
        await scene.AppendAsync(new SomeReading(0, Start));
        await influxd.Server.QueryAsync($"DROP DATABASE \"{scene.Options.Database}\"");
        var group = scene.Group(new SomeReading(0, Start + 1));

        var error = await Assert.ThrowsAsync<HistoryUnavailableException>(async () => await scene.Store.AppendAsync([group], default));
        Assert.Contains("404", error.Message);
        await scene.Store.AppendAsync([group], default);
        Assert.Equal(1, await scene.CountAsync());
    }

    [Fact]
    public async Task Names_of_every_kind_reach_the_server_as_they_are()
    {
        await using var scene = new InfluxScene(influxd.Server);
        await scene.Store.OpenAsync(default);
        var writer = new LineWriter();
        // 1.6.7 itself loses a measurement whose name has a backslash before a comma or a blank; keys and tags it keeps.
        static string MeasurementOf(string name) => "m" + name.Replace("\\,", "").Replace("\\ ", "");
        string[] names = ["a b", "a,b", "a=b", "水位", "a\\b", "a\\,b", "\"q\"", "it's", "a\\ =,b"];
        foreach (var (i, name) in names.Index())
            LineWriterTests.Write(writer, new ParsedLine(MeasurementOf(name), [("k" + name, name)], [("s", name), ("f", 0.1 + i), ("i", long.MaxValue - i), ("b", i % 2 == 0)], Start * 1_000_000 + i));
        Assert.Null(await scene.History.Client.WriteAsync(writer.Written, default));
        foreach (var (i, name) in names.Index())
        {
            var answer = await scene.History.Client.QueryAsync($"SELECT f, i, b, s, {InfluxQl.Name("k" + name)} FROM {InfluxQl.Name(MeasurementOf(name))}", default);
            var row = answer[0][0].Rows[0];
            Assert.Equal((Start * 1_000_000 + i, 0.1 + i, long.MaxValue - i, i % 2 == 0, name, name),
                (row[0].GetInt64(), row[1].GetDouble(), row[2].GetInt64(), row[3].GetBoolean(), row[4].GetString(), row[5].GetString()));
        }
    }

    [Fact]
    public async Task Retention_deletes_by_kind_and_keeps_the_rest()
    {
        await using var scene = new InfluxScene(influxd.Server);
        scene.AddSensor(SensorKind.Parking);
        scene.AddSensor(SensorKind.Tide);
        await scene.CreateDatabaseAsync();
        await scene.AppendAsync(Enumerable.Range(0, 20).Select(i => new SomeReading(i % 2, Start - i * 86_400_000L)));
        var retention = new InfluxRetention(
            scene.History, new HistoryOptions { Retention = { ["parking"] = 5, ["tide"] = 0 } }, Microsoft.Extensions.Logging.Abstractions.NullLogger<InfluxRetention>.Instance);

        await retention.RunAsync(DateTimeOffset.FromUnixTimeMilliseconds(Start), default);

        Assert.Equal([Start - 4 * 86_400_000L, Start - 2 * 86_400_000L, Start], (await scene.ReadAsync(0)).Select(r => r.TimeMs));
        Assert.Equal(10, (await scene.ReadAsync(1)).Count);
    }

    [Fact]
    public async Task Retention_does_not_believe_a_clock_that_no_device_confirms()
    {
        await using var scene = new InfluxScene(influxd.Server);
        scene.AddSensor(SensorKind.Parking);
        await scene.CreateDatabaseAsync();
        var retention = new InfluxRetention(
            scene.History, new HistoryOptions { Retention = { ["parking"] = 5 } }, Microsoft.Extensions.Logging.Abstractions.NullLogger<InfluxRetention>.Instance);
        var wrong = Start + 1500 * 86_400_000L;
        await scene.AppendAsync(Enumerable.Range(0, 10).Select(i => new SomeReading(0, Start - i * 86_400_000L, ReceivedMs: wrong)));
        await scene.AppendAsync([new SomeReading(0, wrong + 86_400_000L, ReceivedMs: wrong)]);

        await retention.RunAsync(DateTimeOffset.FromUnixTimeMilliseconds(wrong), default);

        // By the devices: the five days before Start's midnight stay, and what only the host's clock has dated.
        Assert.Equal([.. Enumerable.Range(0, 6).Reverse().Select(i => Start - i * 86_400_000L), wrong], (await scene.ReadAsync(0)).Select(r => r.TimeMs));
    }

    [Fact]
    public async Task Retention_deletes_nothing_before_a_device_has_told_the_time()
    {
        await using var scene = new InfluxScene(influxd.Server);
        scene.AddSensor(SensorKind.Parking);
        await scene.CreateDatabaseAsync();
        await WriteAsync(scene, $"parking,sensor=s-0 {PointFields.Quality}=0i {(Start - 100 * 86_400_000L) * 1_000_000}");
        var retention = new InfluxRetention(
            scene.History, new HistoryOptions { Retention = { ["parking"] = 5 } }, Microsoft.Extensions.Logging.Abstractions.NullLogger<InfluxRetention>.Instance);

        await retention.RunAsync(DateTimeOffset.FromUnixTimeMilliseconds(Start), default);

        Assert.Equal(1, await scene.History.CountAsync(default));
    }

    private async Task WriteAsync(InfluxScene scene, string lines)
    {
        using var content = new StringContent(lines);
        using var response = await influxd.Server.Http.PostAsync(new Uri($"{influxd.Server.Url}/write?db={scene.Options.Database}"), content, TestContext.Current.CancellationToken);
        Assert.Equal(204, (int)response.StatusCode);
    }
}

using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using Xunit;

namespace LuohuIOC.Tests.History;

/// <summary>What every store of readings does.</summary>
public abstract class HistoryContract
{
    private protected abstract StoreScene NewScene();

    private const long Start = StoreScene.Start;

    [Fact]
    public async Task Readings_of_every_kind_are_read_back_by_slot()
    {
        await using var scene = NewScene();
        foreach (var kind in KindCatalogue.All.Where(k => k.Kind != SensorKind.Generic))
        {
            var number = scene.AddSensor(kind.Kind).Number;
            var values = Enumerable.Range(0, kind.Metrics.Count).Where(slot => slot != 1).Select(slot => (slot, number + slot / 8.0)).ToArray();
            await scene.AppendAsync(new SomeReading(number, Start + number, Sequence: 7, Values: values));

            var stored = Assert.Single(await scene.ReadAsync(number));

            Assert.Equal((Start + number, 7L, default(QualityMark)), (stored.TimeMs, stored.Sequence, stored.Mark));
            Assert.Equal(kind.Metrics.Select((_, slot) => slot == 1 ? double.NaN : number + slot / 8.0), stored.Values);
        }
    }

    [Fact]
    public async Task Generic_sensors_keep_metrics_that_they_gain_up_to_sixty_four()
    {
        await using var scene = NewScene();
        var sensor = scene.AddSensor(SensorKind.Generic, "a");
        await scene.AppendAsync(new SomeReading(0, Start, Values: [(0, 1)]));
        scene.Replace(sensor with { Layout = new(["a", .. Enumerable.Range(1, 63).Select(i => $"m{i}")]) });
        await scene.AppendAsync(Enumerable.Range(1, 500).Select(i =>
            new SomeReading(0, Start + i, Values: [.. Enumerable.Range(0, 64).Where(s => s % 2 == 0 || s == 63).Select(s => (s, i + s / 64.0))])));

        var stored = await scene.ReadAsync(0);

        Assert.Equal(501, stored.Count);
        Assert.Equal([1.0, .. Enumerable.Repeat(double.NaN, 63)], stored[0].Values);
        foreach (var (i, reading) in stored.Index().Skip(1))
            Assert.Equal(Enumerable.Range(0, 64).Select(s => s % 2 == 0 || s == 63 ? i + s / 64.0 : double.NaN), reading.Values);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Metrics_of_one_moment_that_come_in_two_messages_are_all_stored_and_once(bool inOneGroup)
    {
        await using var scene = NewScene();
        scene.AddSensor(SensorKind.Outfall);
        SomeReading[] parts =
        [
            new(0, Start, Values: [(0, 2.5)]), new(0, Start, Values: [(1, 1.5)]), new(0, Start, Values: [(0, 2.5)]), new(0, Start, Values: [(1, 1.5)]),
            new(0, Start - 60_000, Values: [(0, 2.4)]), new(0, Start - 60_000, Values: [(2, 0.4)]), new(0, Start - 60_000, Values: [(2, 0.4)]),
        ];
        if (inOneGroup) await scene.AppendAsync(parts);
        else
            foreach (var part in parts) await scene.AppendAsync(part);

        var stored = await scene.ReadAsync(0);

        Assert.Equal([2.4, 0.4, 2.5, 1.5], stored.SelectMany(r => r.Values).Where(double.IsFinite));
    }

    [Fact]
    public async Task A_clock_that_is_far_ahead_counts_as_of_its_receipt_and_keeps_its_identity()
    {
        await using var scene = NewScene();
        scene.AddSensor(SensorKind.Tide);
        var ahead = Start + 3_600_000;
        var doubtful = new QualityMark(QualityGrade.Doubtful, QualityReason.Clock, ulong.MaxValue);
        await scene.AppendAsync(
            new SomeReading(0, ahead, ReceivedMs: Start, Mark: doubtful), new SomeReading(0, ahead, ReceivedMs: Start + 1000, Mark: doubtful),
            new SomeReading(0, Start + ReadingClock.AheadToleranceMs, ReceivedMs: Start));

        var stored = await scene.ReadAsync(0);

        Assert.Equal([(Start, doubtful), (Start + ReadingClock.AheadToleranceMs, default)], stored.Select(r => (r.TimeMs, r.Mark)));
        await scene.RestartAsync();
        await scene.AppendAsync(new SomeReading(0, ahead, ReceivedMs: ahead));
        Assert.Equal(2, await scene.Store.CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Groups_at_or_below_the_cursor_are_passed_over()
    {
        await using var scene = NewScene();
        scene.AddSensor(SensorKind.Tide);
        var groups = Enumerable.Range(1, 3).Select(i => StoreScene.Group(i, [new SomeReading(0, Start + i)])).ToList();
        await scene.Store.AppendAsync(groups, TestContext.Current.CancellationToken);
        await scene.RestartAsync();

        await scene.Store.AppendAsync([StoreScene.Group(3, [new SomeReading(0, Start + 9)])], TestContext.Current.CancellationToken);

        Assert.Equal(3, scene.Store.Cursor);
        Assert.Equal(3, await scene.Store.CountAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Readings_of_one_millisecond_stay_apart_by_their_sequence()
    {
        await using var scene = NewScene();
        scene.AddSensor(SensorKind.Smoke);
        await scene.AppendAsync(new SomeReading(0, Start, 41), new SomeReading(0, Start), new SomeReading(0, Start, 42), new SomeReading(0, Start, 41));
        await scene.AppendAsync(new SomeReading(0, Start), new SomeReading(0, Start, 42));

        Assert.Equal([ReadingGroup.NoSequence, 41, 42], (await scene.ReadAsync(0)).Select(r => r.Sequence));
        Assert.Equal(3, await scene.CountAsync());
    }

    [Fact]
    public async Task A_range_begins_with_its_first_millisecond_and_ends_before_its_last()
    {
        await using var scene = NewScene();
        scene.AddSensor(SensorKind.Tide);
        scene.AddSensor(SensorKind.Smoke);
        await scene.AppendAsync(Enumerable.Range(0, 10).Select(i => new SomeReading(i % 2, Start + i, Sequence: i)));

        Assert.Equal([Start + 2, Start + 4], (await scene.ReadAsync(0, Start + 2, Start + 6)).Select(r => r.TimeMs));
        Assert.Equal(2, await scene.Queries.CountAsync([scene[0]], Start + 2, Start + 6, default));
        Assert.Equal(4, await scene.Queries.CountAsync([scene[0], scene[1]], Start + 2, Start + 6, default));
        Assert.Equal(4, await scene.Queries.CountAsync([], Start + 2, Start + 6, default));
        Assert.Empty(await scene.ReadAsync(0, 0, Start));
    }

    [Fact]
    public async Task A_mark_is_read_back_with_the_metrics_that_it_is_about()
    {
        await using var scene = NewScene();
        scene.AddSensor(SensorKind.Outfall);
        QualityMark[] marks =
        [
            new(QualityGrade.Bad, QualityReason.OutOfRange, 0b101), new(QualityGrade.Doubtful, QualityReason.Stuck, 0b10),
            new(QualityGrade.Doubtful, QualityReason.Clock, ulong.MaxValue), default,
        ];
        await scene.AppendAsync(marks.Select((mark, i) => new SomeReading(0, Start + i, Values: [(0, 1), (1, 2), (2, 3)], Mark: mark)));

        Assert.Equal(marks, (await scene.ReadAsync(0)).Select(r => r.Mark));
    }
}

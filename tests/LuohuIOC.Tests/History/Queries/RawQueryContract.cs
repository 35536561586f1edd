using CsCheck;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.Queries;
using LuohuIOC.Ingestion;
using Xunit;

namespace LuohuIOC.Tests.History.Queries;

/// <summary>What every store answers to questions for raw readings.</summary>
public abstract class RawQueryContract
{
    private protected abstract StoreScene NewScene();

    private const long Start = StoreScene.Start;

    private static readonly Gen<SomeReading[]> Readings =
        (from sensor in Gen.Int[0, 2]
         from minute in Gen.Int[0, 30]
         from days in Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 60]))
         from sequence in Gen.OneOf(Gen.Const((long?)null), Gen.Long[0, 3].Select(s => (long?)s))
         from aheadMs in Gen.Frequency((6, Gen.Const(0L)), (1, Gen.Const(7_200_000L)))
         from slot in Gen.Int[0, 1]
             // A clock that is ahead gets a millisecond of its own: how it stands to others of the same one is the store's affair.
         let received = Start + minute * 60_000L - days * 86_400_000L + (aheadMs > 0 ? 2 + (sequence ?? -1) : 0)
         select new SomeReading(sensor, received + aheadMs, sequence, received, Values: [(slot, minute)]))
        .Array[1, 80].Select(readings => readings.DistinctBy(r => (r.Sensor, r.DeviceMs, r.Sequence)).ToArray());

    [Fact]
    public async Task Pages_and_newest_equal_a_slow_reference() => await Gen.Select(Readings, Gen.Int[1, 20], Gen.Int[1, 9]).SampleAsync(
        async (readings, limit, last) =>
        {
            await using var scene = NewScene();
            foreach (var kind in new[] { SensorKind.Pipe, SensorKind.Generic, SensorKind.Pipe }) scene.AddSensor(kind, "level", "flow");
            await scene.AppendAsync(readings);
            var request = new ReadingRequest
            {
                Sensors = [scene[0], scene[1], scene[2]],
                FromMs = Start - 30 * 86_400_000L,
                ToMs = Start + 1_200_000,
                Quality = QualityFilter.All,
                Limit = limit,
            };
            var expected = Expected(readings, request, scene);
            Assert.Equal(expected.Select(Line), Lines(await scene.ItemsAsync(request)));

            var levels = request with { Metrics = ["level"] };
            Assert.Equal(expected.Where(r => r.Reading.Values![0].Slot == 0).Select(Line), Lines(await scene.ItemsAsync(levels)));

            var newest = request with { Last = last, FromMs = 0 };
            var expectedNewest = Expected(readings, newest, scene).GroupBy(r => r.Id).SelectMany(ofSensor => ofSensor.TakeLast(last));
            Assert.Equal(expectedNewest.Select(Line), Lines(await scene.ItemsAsync(newest)));

            foreach (var sensor in request.Sensors)
            {
                var ofSensor = expected.Where(r => r.Id == sensor.Id).Select(r => Line(r)[sensor.Id.Length..]).Reverse();
                Assert.Equal(ofSensor, Lines(await scene.ItemsAsync(request with { Sensors = [sensor], IsNewestFirst = true })));
            }
        },
        iter: 15, threads: 1);

    [Fact]
    public async Task A_reading_tells_its_quality_and_the_metrics_that_are_to_blame()
    {
        await using var scene = NewScene();
        var sensor = scene.AddSensor(SensorKind.Outfall);
        await scene.AppendAsync(
            new SomeReading(0, Start, 3, Values: [(0, 11), (1, 2)], Mark: new QualityMark(QualityGrade.Bad, QualityReason.OutOfRange, 1)),
            new SomeReading(0, Start + 7_200_000, 4, Start + 1, Mark: new QualityMark(QualityGrade.Doubtful, QualityReason.Clock, ulong.MaxValue)));
        var request = new ReadingRequest { Sensors = [sensor], FromMs = Start, ToMs = Start + 1000, Quality = QualityFilter.All, Limit = 10 };

        var items = await scene.ItemsAsync(request);
        var usable = await scene.ItemsAsync(request with { Quality = QualityFilter.Usable });

        Assert.Equal((null, Start, null, 3L, QualityGrade.Bad, QualityReason.OutOfRange), Parts(items[0]));
        Assert.Equal(["level"], items[0].Metrics!);
        Assert.Equal((null, Start + 1, Start + 7_200_000, 4L, QualityGrade.Doubtful, QualityReason.Clock), Parts(items[1]));
        Assert.Null(items[1].Metrics);
        Assert.Equal([3L, 4L], usable.Select(i => i.Seq!.Value));
    }

    /// <summary>A bad pH takes nothing from the temperature beside it, and what is left is called what it is.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(5)]
    public async Task Without_metrics_too_a_good_value_beside_a_bad_one_is_given_and_called_good(int? last)
    {
        await using var scene = NewScene();
        foreach (var kind in new[] { SensorKind.Outfall, SensorKind.Generic }) scene.AddSensor(kind, "level", "flow");
        await scene.AppendAsync(from sensor in new[] { 0, 1 }
                                from reading in (SomeReading[])
        [
            new(sensor, Start, 1, Values: [(0, 1.1), (1, 2)], Mark: new QualityMark(QualityGrade.Bad, QualityReason.OutOfRange, 2)),
            new(sensor, Start + 1, 2, Values: [(0, 1.2), (1, 3)], Mark: new QualityMark(QualityGrade.Doubtful, QualityReason.Stuck, 1)),
            new(sensor, Start + 2, 3, Values: [(1, 4)], Mark: new QualityMark(QualityGrade.Bad, QualityReason.Spike, 2)),
            new(sensor, Start + 3, 4, Values: [(0, 1.3)], Mark: new QualityMark(QualityGrade.Bad, QualityReason.Clock, ulong.MaxValue)),
            new(sensor, Start + 4, 5, Values: [(0, 1.4)]),
        ]
                                select reading);
        foreach (var sensor in new[] { 0, 1 })
        {
            var request = new ReadingRequest { Sensors = [scene[sensor]], FromMs = Start, ToMs = Start + 1000, Quality = QualityFilter.Usable, Limit = 2, Last = last };
            Assert.Equal(["1 Good - level=1.1", "2 Doubtful level level=1.2,flow=3", "5 Good - level=1.4"], Labels(await scene.ItemsAsync(request)));
            Assert.Equal(["1 Good - level=1.1", "2 Good - flow=3", "5 Good - level=1.4"], Labels(await scene.ItemsAsync(request with { Quality = QualityFilter.Good })));
            Assert.Equal(5, (await scene.ItemsAsync(request with { Quality = QualityFilter.All })).Count);
        }
    }

    private static IEnumerable<string> Labels(List<ReadingItem> items) =>
        items.Select(i => $"{i.Seq} {i.Quality} {(i.Metrics is null ? i.Reason is null ? "-" : $"{i.Reason}" : string.Join(',', i.Metrics))} {string.Join(',', i.Values.Select(v => $"{v.Key}={v.Value}"))}");

    /// <summary>As figures over time have it: a battery that says 101 % takes nothing from the level beside it.</summary>
    [Fact]
    public async Task A_mark_on_another_metric_is_not_that_of_the_one_asked_for()
    {
        await using var scene = NewScene();
        var sensor = scene.AddSensor(SensorKind.Outfall);
        await scene.AppendAsync(
            new SomeReading(0, Start, 1, Values: [(0, 1.1), (1, 2)], Mark: new QualityMark(QualityGrade.Bad, QualityReason.OutOfRange, 2)),
            new SomeReading(0, Start + 1, 2, Values: [(0, 1.2), (1, 3)], Mark: new QualityMark(QualityGrade.Bad, QualityReason.OutOfRange, 1)),
            new SomeReading(0, Start + 2, 3, Values: [(0, 1.3)], Mark: new QualityMark(QualityGrade.Bad, QualityReason.Clock, ulong.MaxValue)));
        var request = new ReadingRequest { Sensors = [sensor], Metrics = ["level"], FromMs = Start, ToMs = Start + 1000, Quality = QualityFilter.Good, Limit = 10 };

        var level = Assert.Single(await scene.ItemsAsync(request));
        var flow = Assert.Single(await scene.ItemsAsync(request with { Metrics = ["flow"], Last = 3 }));
        var both = await scene.ItemsAsync(request with { Metrics = ["level", "flow"] });

        Assert.Equal((1L, QualityGrade.Good, null, null), (level.Seq!.Value, level.Quality, level.Reason, level.Metrics));
        Assert.Equal(2, flow.Seq);
        Assert.All(both, i => Assert.Equal((QualityGrade.Good, null, null), (i.Quality, i.Reason, i.Metrics)));
        Assert.Equal([["level"], ["flow"]], both.Select(i => i.Values.Keys.ToArray()));
    }

    private static (string?, long, long?, long?, QualityGrade, QualityReason?) Parts(ReadingItem i) => (i.Sensor, i.Ts, i.DeviceTs, i.Seq, i.Quality, i.Reason);

    private static List<(string Id, long Ts, SomeReading Reading)> Expected(SomeReading[] readings, ReadingRequest request, StoreScene scene) =>
    [
        .. readings.Select(r => (scene[r.Sensor].Id, Ts: ReadingClock.EffectiveMs(r.DeviceMs, r.ReceivedMs!.Value), r))
            .Where(r => r.Ts >= request.FromMs && r.Ts < request.ToMs)
            .OrderBy(r => scene[r.r.Sensor].Kind).ThenBy(r => r.r.Sensor).ThenBy(r => r.Ts).ThenBy(r => r.r.DeviceMs).ThenBy(r => r.r.Sequence ?? long.MinValue),
    ];

    private static string Line((string Id, long Ts, SomeReading Reading) r) =>
        $"{r.Id} {r.Ts} {r.Reading.Sequence} {(r.Reading.DeviceMs == r.Ts ? null : r.Reading.DeviceMs)} {(r.Reading.Values![0].Slot == 0 ? "level" : "flow")}={r.Reading.Values[0].Value}";

    private static IEnumerable<string> Lines(List<ReadingItem> items) =>
        items.Select(i => $"{i.Sensor} {i.Ts} {i.Seq} {i.DeviceTs} {string.Join(',', i.Values.Select(v => $"{v.Key}={v.Value}"))}");
}

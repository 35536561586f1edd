using CsCheck;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.Queries;
using LuohuIOC.Ingestion;
using Xunit;

namespace LuohuIOC.Tests.History.Queries;

/// <summary>What every store answers to questions for figures.</summary>
public abstract class BucketQueryContract
{
    private protected abstract StoreScene NewScene();

    private const long Start = StoreScene.Start;
    private const int Metrics = 3;

    private static readonly Aggregate[] AllAggregates = Enum.GetValues<Aggregate>();

    /// <summary>Distinct times; of several readings at one millisecond another test tells.</summary>
    private static readonly Gen<SomeReading[]> Readings =
        (from sensor in Gen.Int[0, 2]
         from minute in Gen.Int[0, 4000]
         from values in Gen.Double[-50, 50].Array[Metrics]
         from present in Gen.Int[1, 7]
         from grade in Gen.Frequency((6, Gen.Const(QualityGrade.Good)), (1, Gen.Const(QualityGrade.Doubtful)), (1, Gen.Const(QualityGrade.Bad)))
         from slots in Gen.OneOf(Gen.ULong[1, 7], Gen.Const(ulong.MaxValue))
         select new SomeReading(sensor, Start + minute * 60_000L, Values: [.. Enumerable.Range(0, Metrics).Where(s => (present >> s & 1) != 0).Select(s => (s, values[s]))],
             Mark: grade == QualityGrade.Good ? default : new QualityMark(grade, QualityReason.Spike, slots)))
        .Array[1, 120].Select(readings => readings.DistinctBy(r => (r.Sensor, r.DeviceMs)).ToArray());

    private static readonly Gen<Question> Questions =
        from everyMs in Gen.OneOf(Gen.Const((long?)null), Gen.Const((long?)600_000), Gen.Const((long?)3_600_000), Gen.Const((long?)86_400_000))
        from fromMinute in Gen.Int[0, 2000]
        from minutes in Gen.Int[1, 4000]
        from quality in Gen.Enum<QualityFilter>()
        from metrics in Gen.Int[1, 7]
        from limit in Gen.Int[1, 30]
        select new Question(everyMs, Start + fromMinute * 60_000L, Start + (fromMinute + minutes) * 60_000L, quality, metrics, limit);

    [Fact]
    public async Task Figures_equal_a_slow_reference_page_by_page() =>
        await Gen.Select(Readings, Questions.Array[1, 6]).SampleAsync(RunAsync, iter: 15, threads: 1);

    /// <summary>As the newest reading and the wall have it: whichever came first over the line.</summary>
    [Fact]
    public async Task Of_one_millisecond_first_and_last_are_by_device_time_then_sequence()
    {
        await using var scene = NewScene();
        var sensor = scene.AddSensor(SensorKind.Outfall);
        await scene.AppendAsync(
            new SomeReading(0, Start, 2, Values: [(0, 2)]), new SomeReading(0, Start, 3, Values: [(0, 3)]), new SomeReading(0, Start, 1, Values: [(0, 1)]),
            new SomeReading(0, Start + 7_300_000, 5, Start + 1, [(0, 6)]), new SomeReading(0, Start + 7_200_000, 9, Start + 1, [(0, 5)]), new SomeReading(0, Start + 1, 99, Values: [(0, 4)]));
        var request = new ReadingRequest
        {
            Sensors = [sensor],
            Metrics = ["level"],
            FromMs = Start,
            ToMs = Start + 1,
            Aggregates = [Aggregate.First, Aggregate.Last],
            Quality = QualityFilter.All,
            Limit = 10,
        };
        foreach (var (fromMs, first, last) in new[] { (Start, 1, 3), (Start + 1, 4, 6) })
        {
            var asked = request with { FromMs = fromMs, ToMs = fromMs + 1 };
            var figures = Assert.Single((await scene.Queries.BucketsAsync(asked, TestContext.Current.CancellationToken)).Items).Values!["level"];
            Assert.Equal((first, last), (figures["first"], figures["last"]));
            Assert.Equal(last, Assert.Single(await scene.ItemsAsync(asked with { Aggregates = [], Last = 1 })).Values["level"]);
            Assert.Equal(first, (await scene.ItemsAsync(asked with { Aggregates = [] }))[0].Values["level"]);
        }
    }

    private async Task RunAsync(SomeReading[] readings, Question[] questions)
    {
        await using var scene = NewScene();
        scene.AddSensor(SensorKind.Outfall);
        scene.AddSensor(SensorKind.Generic, "level", "flow", "velocity");
        scene.AddSensor(SensorKind.Outfall);
        await scene.AppendAsync(readings);
        foreach (var question in questions)
        {
            string[] names = [.. new[] { "level", "flow", "velocity" }.Where((_, slot) => (question.Metrics >> slot & 1) != 0)];
            var request = new ReadingRequest
            {
                Sensors = [scene[0], scene[1], scene[2]],
                Metrics = names,
                FromMs = question.FromMs,
                ToMs = question.ToMs,
                EveryMs = question.EveryMs,
                Aggregates = AllAggregates,
                Quality = question.Quality,
                Limit = question.Limit,
            };
            var expected = Expected(readings, question, scene).ToList();
            var actual = Flat(await PagesAsync(scene, request));
            Assert.Equal(expected.Select(b => b.Key), actual.Select(b => b.Key));
            foreach (var (wanted, got) in expected.Zip(actual))
            {
                Assert.Equal(wanted.Figures.Keys.Order(), got.Figures.Keys.Order());
                foreach (var (figure, value) in wanted.Figures) Assert.Equal(value, got.Figures[figure], tolerance: 1e-9);
            }
        }
    }

    /// <summary>Kinds in order of their number: the generic sensor comes first.</summary>
    private static IEnumerable<Bucket> Expected(SomeReading[] readings, Question question, StoreScene scene)
    {
        string[] names = ["level", "flow", "velocity"];
        var trusted = readings
            .Where(r => r.DeviceMs >= question.FromMs && r.DeviceMs < question.ToMs)
            .Select(r => (r.Sensor, r.DeviceMs, Values: r.Values!.Where(v => (question.Metrics >> v.Slot & 1) != 0 && Trusted(r.Mark, v.Slot, question.Quality)).ToList()))
            .Where(r => r.Values.Count > 0);
        long BucketOf(long ms) => question.EveryMs is { } every ? (long)Math.Floor((ms + 28_800_000) / (double)every) * every - 28_800_000 : question.FromMs;
        foreach (var bucket in trusted.GroupBy(r => (r.Sensor, Ts: BucketOf(r.DeviceMs))).OrderBy(b => scene[b.Key.Sensor].Kind).ThenBy(b => b.Key))
        {
            var figures = Enumerable.Range(0, Metrics)
                .Select(slot => (slot, Values: bucket.OrderBy(r => r.DeviceMs).SelectMany(r => r.Values).Where(v => v.Slot == slot).Select(v => v.Value).ToList()))
                .Where(m => m.Values.Count > 0)
                .SelectMany(m => AllAggregates.Select(a => (Name: $"{names[m.slot]}.{a.ToString().ToLowerInvariant()}", Value: Figure(m.Values, a))));
            yield return new Bucket($"{scene[bucket.Key.Sensor].Id} {bucket.Key.Ts} {bucket.Count()}", figures.ToDictionary(f => f.Name, f => f.Value));
        }
    }

    private static bool Trusted(QualityMark mark, int slot, QualityFilter filter) =>
        filter == QualityFilter.All || (mark.Slots >> slot & 1) == 0
        || mark.Grade == QualityGrade.Good || (mark.Grade == QualityGrade.Doubtful && filter == QualityFilter.Usable);

    private static double Figure(List<double> values, Aggregate aggregate) => aggregate switch
    {
        Aggregate.Min => values.Min(),
        Aggregate.Max => values.Max(),
        Aggregate.Mean => values.Average(),
        Aggregate.Sum => values.Sum(),
        Aggregate.Count => values.Count,
        Aggregate.First => values[0],
        Aggregate.Last => values[^1],
        Aggregate.P50 => Quantile(values, 0.5),
        _ => Quantile(values, 0.95),
    };

    private static double Quantile(List<double> values, double q)
    {
        var sorted = values.Order().ToArray();
        var at = q * (sorted.Length - 1);
        var below = sorted[(int)at];
        return below + (at - (int)at) * (sorted[Math.Min((int)at + 1, sorted.Length - 1)] - below);
    }

    private static async Task<List<BucketItem>> PagesAsync(StoreScene scene, ReadingRequest request)
    {
        var items = new List<BucketItem>();
        while (true)
        {
            var page = await scene.Queries.BucketsAsync(request, default);
            Assert.True(page.Items.Count <= request.Limit);
            items.AddRange(page.Items);
            if (page.Next is null) return items;
            Assert.True(PageMark.TryParse(page.Next, out var mark));
            request = request with { After = mark };
        }
    }

    private static List<Bucket> Flat(List<BucketItem> items) =>
    [
        .. items.Select(item => new Bucket(
            $"{item.Sensor} {item.Ts} {item.Count}",
            item.Values!.SelectMany(m => m.Value.Select(f => (Name: $"{m.Key}.{f.Key}", Value: f.Value!.Value))).ToDictionary(f => f.Name, f => f.Value))),
    ];

    private sealed record Bucket(string Key, Dictionary<string, double> Figures);

    private sealed record Question(long? EveryMs, long FromMs, long ToMs, QualityFilter Quality, int Metrics, int Limit);
}

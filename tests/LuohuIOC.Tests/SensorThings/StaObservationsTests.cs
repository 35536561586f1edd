using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.Queries;
using LuohuIOC.Registry;
using LuohuIOC.SensorThings;
using LuohuIOC.Tests.History;
using Xunit;

namespace LuohuIOC.Tests.SensorThings;

/// <summary>Filters that the store cannot judge, over more readings than one portion holds; every page's link leads to the next.</summary>
public sealed class StaObservationsTests
{
    private const int Readings = 12_500;
    private const int Every = 2_500;

    [Theory]
    [InlineData("phenomenonTime", 0)]
    [InlineData("phenomenonTime desc", 0)]
    [InlineData("phenomenonTime", 3)]
    [InlineData("phenomenonTime desc", 3)]
    public async Task Rare_matches_are_found_page_by_page_with_few_questions(string order, int skip)
    {
        await using var scene = new HistoryScene();
        var sensor = scene.AddSensor(SensorKind.Pipe);
        // Two readings of one time where a portion from the newest ends.
        await scene.AppendAsync(Enumerable.Range(0, Readings).Select(i => new SomeReading(0, HistoryScene.Start + (i / 2 * 1000), i, Values: [(0, i % Every == 0 || i == Readings - 1 ? 9 : 1)])));
        var queries = new Counted(scene.Queries);
        var observations = new StaObservations(queries, new StaEntities(new SensorRegistry(), "", TimeProvider.System));

        var found = new List<string>();
        for (string? next = $"$skip={skip}"; next is not null;)
        {
            var page = await ReadAsync(observations, sensor, $"$filter=result gt 5&$top=2&$orderby={order}&{next}");
            found.AddRange(page.Items.Select(o => (string)o["@iot.id"]!));
            next = page.Next;
        }

        Assert.Equal(6 - skip, found.Distinct().Count());
        Assert.Equal(found.Distinct(), found);
        Assert.InRange(queries.Asked, 1, 20);
    }

    /// <summary>What arrives meanwhile moves no page, and no page is too far back.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("$filter=result ge 1&")]
    public async Task Pages_from_the_newest_give_every_reading_once_while_others_arrive(string filter)
    {
        await using var scene = new HistoryScene();
        var sensor = scene.AddSensor(SensorKind.Pipe);
        // Three of one time: a page's end cuts them in two.
        await scene.AppendAsync(Enumerable.Range(0, Readings).Select(i => new SomeReading(0, HistoryScene.Start + (i / 3 * 1000), i, Values: [(0, i + 1)])));
        var observations = new StaObservations(scene.Queries, new StaEntities(new SensorRegistry(), "", TimeProvider.System));

        var found = new List<int>();
        for (string? next = "$skip=1"; next is not null;)
        {
            var page = await ReadAsync(observations, sensor, $"{filter}$top=997&$orderby=phenomenonTime desc&{next}");
            found.AddRange(page.Items.Select(o => (int)(double)o["result"]!));
            next = page.Next;
            var now = HistoryScene.Start + (2L * Readings * 1000) + found.Count;
            await scene.AppendAsync(new SomeReading(0, now, Values: [(0, 1_000_000)]));
        }

        Assert.Equal(Enumerable.Range(1, Readings - 1).Reverse(), found);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("1732233600000")]
    [InlineData("7.1732233600000.1732233600000")]
    public async Task A_mark_of_another_datastream_or_of_nobody_is_told(string mark)
    {
        await using var scene = new HistoryScene();
        var sensor = scene.AddSensor(SensorKind.Pipe);
        await scene.AppendAsync(new SomeReading(0, HistoryScene.Start));
        var observations = new StaObservations(scene.Queries, new StaEntities(new SensorRegistry(), "", TimeProvider.System));
        foreach (var order in new[] { "asc", "desc" })
            await Assert.ThrowsAsync<StaQueryException>(() => ReadAsync(observations, sensor, $"$orderby=phenomenonTime {order}&$skiptoken={mark}"));
    }

    private static Task<StaPage> ReadAsync(StaObservations observations, Sensor sensor, string query)
    {
        var options = query.Split('&').Select(o => KeyValuePair.Create(o.Split('=')[0], o.Split('=')[1]));
        return observations.ReadAsync(sensor, 0, StaQuery.Parse(options), o => new StaScope(o), TestContext.Current.CancellationToken);
    }

    private sealed class Counted(IReadingQueries queries) : IReadingQueries
    {
        public int Asked { get; private set; }

        public Task<ReadingPage<ReadingItem>> RawAsync(ReadingRequest request, CancellationToken cancellationToken)
        {
            Asked++;
            return queries.RawAsync(request, cancellationToken);
        }

        public Task<ReadingPage<BucketItem>> BucketsAsync(ReadingRequest request, CancellationToken cancellationToken) => queries.BucketsAsync(request, cancellationToken);

        public Task<long> CountAsync(IReadOnlyList<Sensor> sensors, long fromMs, long toMs, CancellationToken cancellationToken) => queries.CountAsync(sensors, fromMs, toMs, cancellationToken);
    }
}

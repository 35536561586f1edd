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
            var query = StaQuery.Parse($"$filter=result gt 5&$top=2&$orderby={order}&{next}".Split('&').Select(o => new KeyValuePair<string, string>(o.Split('=')[0], o.Split('=')[1])));
            var page = await observations.ReadAsync(sensor, 0, query, o => new StaScope(o), TestContext.Current.CancellationToken);
            found.AddRange(page.Items.Select(o => (string)o["@iot.id"]!));
            next = page.Next;
        }

        Assert.Equal(6 - skip, found.Distinct().Count());
        Assert.Equal(found.Distinct(), found);
        Assert.InRange(queries.Asked, 1, 20);
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

        public Task<long> CountAsync(Sensor? sensor, long fromMs, long toMs, CancellationToken cancellationToken) => queries.CountAsync(sensor, fromMs, toMs, cancellationToken);
    }
}

using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.Queries;
using LuohuIOC.Ingestion;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace LuohuIOC.Tests.History.Queries;

public sealed class QueryParametersTests : IAsyncLifetime
{
    private const long Now = HistoryScene.Start;

    private readonly HistoryScene _scene = new();

    [Fact]
    public void Defaults_are_the_last_day_raw_and_all()
    {
        var (request, fault) = Parse("");

        Assert.Null(fault);
        Assert.Equal((Now - 86_400_000, Now + ReadingClock.AheadToleranceMs + 1), (request!.FromMs, request.ToMs));
        Assert.Equal((false, QualityFilter.All, 1_000, (int?)null, (long?)null), (request.IsAggregated, request.Quality, request.Limit, request.Last, request.EveryMs));
    }

    [Fact]
    public void An_interval_alone_asks_for_means_of_usable_readings()
    {
        var (request, _) = Parse("?every=5m&metric=level,flow&metric=level&from=2024-11-21&to=2024-11-22");

        Assert.Equal([Aggregate.Mean], request!.Aggregates);
        Assert.Equal((QualityFilter.Usable, 300_000L, 10_000), (request.Quality, request.EveryMs, request.Limit));
        Assert.Equal(["level", "flow"], request.Metrics);
        Assert.Equal(86_400_000, request.ToMs - request.FromMs);
    }

    [Fact]
    public void The_newest_are_looked_for_in_all_of_history() => Assert.Equal((0L, 5), (Parse("?last=5").Request!.FromMs, Parse("?last=5").Request!.Last!.Value));

    [Theory]
    [InlineData("?from=yesterday", "readings-time")]
    [InlineData("?from=2024-11-22&to=2024-11-21", "readings-range")]
    [InlineData("?limit=0", "readings-number")]
    [InlineData("?limit=10001", "readings-number")]
    [InlineData("?last=-1", "readings-number")]
    [InlineData("?every=1mo", "readings-every")]
    [InlineData("?aggregate=median", "readings-aggregate")]
    [InlineData("?aggregate=2", "readings-aggregate")]
    [InlineData("?quality=fine", "readings-quality")]
    [InlineData("?metric=ph", "readings-metric")]
    [InlineData("?after=7.1.1", "readings-after")]
    [InlineData("?after=x", "readings-after")]
    [InlineData("?last=5&every=1h", "readings-last-alone")]
    [InlineData("?last=5&after=0.1.1", "readings-last-alone")]
    public void Names_what_is_wrong(string query, string code)
    {
        var (request, fault) = Parse(query);

        Assert.Null(request);
        Assert.Equal(code, fault!.Code);
        foreach (var language in new[] { TextBook.Chinese, TextBook.English })
        {
            var detail = TextBook.Get(language, $"problem.{code}.detail", fault.Arguments);
            Assert.DoesNotContain("problem.", detail);
            Assert.DoesNotContain("{", detail);
        }
    }

    [Fact]
    public void An_unknown_metric_is_answered_with_the_known_ones() =>
        Assert.Equal(["ph", "level, flow, velocity, battery, signal"], Parse("?metric=ph").Fault!.Arguments);

    public ValueTask InitializeAsync()
    {
        _scene.AddSensor(SensorKind.Outfall);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();

    private (ReadingRequest? Request, ParameterFault? Fault) Parse(string query)
    {
        var parameters = new QueryParameters(new QueryCollection(QueryHelpers.ParseQuery(query)), Now);
        var request = parameters.Request([_scene[0]]);
        return (request, parameters.Fault);
    }
}

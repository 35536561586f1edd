using System.Text.Json.Nodes;
using LuohuIOC.SensorThings;
using Xunit;

namespace LuohuIOC.Tests.SensorThings;

public sealed class StaFilterTests
{
    private static readonly JsonObject Entity = JsonNode.Parse(
        """{"@iot.id":"river-001","name":"Buji river's bridge","result":0.31,"phenomenonTime":"2023-09-07T10:00:00.000Z","properties":{"kind":"river","synthetic":true},"Datastream":{"@iot.id":"river-001:level"}}""")!.AsObject();

    [Theory]
    [InlineData("id eq 'river-001'", true)]
    [InlineData("name eq 'Buji river''s bridge'", true)]
    [InlineData("properties/kind ne 'river'", false)]
    [InlineData("result gt 0.3 and result le 0.31", true)]
    [InlineData("result lt 0.3 or properties/synthetic eq true", true)]
    [InlineData("not (result lt 0.3 or properties/synthetic eq true)", false)]
    [InlineData("result lt 0.3 or result gt 0.3 and id eq 'x'", false)]
    [InlineData("(result lt 0.3 or result gt 0.3) and id eq 'river-001'", true)]
    [InlineData("startswith(name,'Buji') and substringof('river',name) and endswith(tolower(name),'bridge')", true)]
    [InlineData("length(id) eq 9", true)]
    [InlineData("phenomenonTime ge 2023-09-07T18:00:00+08:00", true)]
    [InlineData("phenomenonTime gt 2023-09-07T10:00:00Z", false)]
    [InlineData("phenomenonTime ge 2023-09-07T18:00:00 and phenomenonTime lt 2023-09-07T18:00:01", true)]
    [InlineData("phenomenonTime ge 2023-09-08 or 2023-09-07 gt phenomenonTime", false)]
    [InlineData("nothing eq 1", false)]
    [InlineData("nothing ne 1", false)]
    public void Judges_an_entity(string filter, bool expected) => Assert.Equal(expected, StaFilter.Parse(filter).Matches(new StaScope(Entity)));

    [Theory]
    [InlineData("")]
    [InlineData("name eq")]
    [InlineData("name eq 'x")]
    [InlineData("(name eq 'x'")]
    [InlineData("name eq 'x' name")]
    [InlineData("launch(name)")]
    [InlineData(") eq 1")]
    [InlineData("phenomenonTime ge '2023-09-07T18:00:00+08:00'")]
    [InlineData("'2023-09-07T18:00:00Z' le Observations/resultTime")]
    [InlineData("phenomenonTime ge 1694080800000")]
    [InlineData("phenomenonTime ge 09/07/2023")]
    [InlineData("phenomenonTime ge yesterday")]
    [InlineData("result gt '0.3'")]
    [InlineData("'0.3' lt Datastreams/Observations/result")]
    [InlineData("length(id) eq '9'")]
    [InlineData("tolower(id) eq 9")]
    [InlineData("not (name eq 'x' or result eq 'x')")]
    [InlineData("result gt 2023-09-07T18:00:00Z")]
    public void What_is_no_filter_is_told(string filter) => Assert.Throws<StaQueryException>(() => StaFilter.Parse(filter));

    /// <summary>What a path holds is known only once it is looked at.</summary>
    [Theory]
    [InlineData("id eq 9")]
    [InlineData("properties/synthetic eq 'true'")]
    [InlineData("name lt 2023-09-07T18:00:00Z")]
    public void What_is_compared_with_another_sort_of_thing_is_told(string filter) =>
        Assert.StartsWith("$filter", Assert.Throws<StaQueryException>(() => StaFilter.Parse(filter).Matches(new StaScope(Entity))).Message);

    [Fact]
    public void Only_bounds_that_every_match_keeps_narrow_history()
    {
        var at = DateTimeOffset.Parse("2023-09-07T10:00:00Z").ToUnixTimeMilliseconds();
        Assert.Equal((at, at + 60_001), StaFilter.Parse("phenomenonTime ge 2023-09-07T10:00:00Z and phenomenonTime le 2023-09-07T10:01:00Z").Bounds);
        Assert.Equal((0, long.MaxValue), StaFilter.Parse("phenomenonTime ge 2023-09-07T10:00:00Z or result gt 1").Bounds);
        Assert.Equal((0, long.MaxValue), StaFilter.Parse("not phenomenonTime ge 2023-09-07T10:00:00Z").Bounds);
        Assert.Equal("river-001:level", StaFilter.Parse("Datastream/id eq 'river-001:level' and result gt 1").Datastream);
        Assert.Null(StaFilter.Parse("Datastream/id eq 'river-001:level' or result gt 1").Datastream);
    }

    [Theory]
    [InlineData("phenomenonTime gt 2023-09-07T10:00:00Z", 1, long.MaxValue, true)]
    [InlineData("phenomenonTime ge 2023-09-07T10:00:00.0005Z and phenomenonTime lt 2023-09-07T10:00:01.0005Z", 1, 1001, true)]
    [InlineData("phenomenonTime le 2023-09-07T10:00:01Z and Datastream/id eq 'a:b'", long.MinValue, 1001, true)]
    [InlineData("phenomenonTime eq 2023-09-07T10:00:00Z and result gt 1", 0, 1, false)]
    [InlineData("phenomenonTime gt 2023-09-07T18:00", 1, long.MaxValue, true)]
    [InlineData("phenomenonTime ne 2023-09-07T10:00:00Z", long.MinValue, long.MaxValue, false)]
    [InlineData("Datastream/id eq 'a:b' and Datastream/id eq 'c:d'", long.MinValue, long.MaxValue, false)]
    public void Bounds_are_exact_where_nothing_else_is_asked(string filter, long from, long to, bool only)
    {
        var at = DateTimeOffset.Parse("2023-09-07T10:00:00Z").ToUnixTimeMilliseconds();
        var parsed = StaFilter.Parse(filter);
        Assert.Equal((from == long.MinValue ? 0 : at + from, to == long.MaxValue ? to : at + to, only), (parsed.Bounds.FromMs, parsed.Bounds.ToMs, parsed.IsBoundsOnly));
    }

    [Fact]
    public void Expansions_nest_by_slash_and_by_parentheses()
    {
        var query = StaQuery.Parse([new("$expand", "Locations,Datastreams($top=1;$filter=name eq 'a;b(c';$expand=Observations($top=2;$orderby=phenomenonTime desc)),Datastreams/ObservedProperty")]);
        Assert.Equal(["Locations", "Datastreams", "Datastreams"], query.Expand.Select(e => e.Name));
        Assert.Equal((1, "Observations", 2), (query.Expand[1].Query.Top, query.Expand[1].Query.Expand[0].Name, query.Expand[1].Query.Expand[0].Query.Top));
        Assert.Equal("ObservedProperty", query.Expand[2].Query.Expand[0].Name);
        Assert.Throws<StaQueryException>(() => StaQuery.Parse([new("$expand", "A/B/C/D/E/F")]));
        Assert.Throws<StaQueryException>(() => StaQuery.Parse([new("$apply", "x")]));
    }
}

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
    [InlineData("result mul 100 sub 1 eq 30", true)]
    [InlineData("(result add 1) mul 2 gt 2.6 and 7 mod 4 eq 3 and 1 div 4 eq 0.25", true)]
    [InlineData("1 add 2 mul 3 eq 7 and 10 sub 3 sub 2 eq 5", true)]
    [InlineData("round(result mul 10) eq 3 and floor(result) eq 0 and ceiling(result) eq 1 and round(2.5) eq 3", true)]
    [InlineData("year(phenomenonTime) eq 2023 and month(phenomenonTime) eq 9 and day(phenomenonTime) eq 7 and hour(phenomenonTime) eq 10", true)]
    [InlineData("minute(phenomenonTime) eq 0 and second(phenomenonTime) eq 0 and fractionalseconds(phenomenonTime) eq 0 and totaloffsetminutes(phenomenonTime) eq 0", true)]
    [InlineData("date(phenomenonTime) eq 2023-09-07 and date(phenomenonTime) lt date(2023-09-08T00:00:00Z)", true)]
    [InlineData("time(phenomenonTime) ge 10:00 and time(phenomenonTime) lt 10:00:00.5", true)]
    [InlineData("phenomenonTime ge now() sub duration'P1D'", false)]
    [InlineData("phenomenonTime lt now() and phenomenonTime gt mindatetime() and phenomenonTime lt maxdatetime()", true)]
    [InlineData("now() sub phenomenonTime eq duration'P1DT2H'", true)]
    [InlineData("phenomenonTime add duration'PT1M' eq 2023-09-07T10:01:00Z", true)]
    [InlineData("substring(name,5) eq 'river''s bridge' and substring(name,0,4) eq 'Buji' and substring(name,40) eq ''", true)]
    [InlineData("(result gt 0.3) eq true", true)]
    [InlineData("properties/synthetic and not (result add nothing gt 0)", true)]
    [InlineData("duration'P10000000D' add duration'P10000000D' gt duration'P1D'", true)]
    [InlineData("duration'-P10675199DT2H48M5.4775808S' sub duration'P1D' lt duration'P1D'", true)]
    [InlineData("phenomenonTime sub duration'-P10675199DT2H48M5.4775808S' gt now()", true)]
    [InlineData("phenomenonTime add duration'P10675199D' gt now() and phenomenonTime sub duration'P10675199D' lt now()", true)]
    [InlineData("date(phenomenonTime) lt maxdatetime()", true)]
    [InlineData("phenomenonTime lt mindatetime()", false)]
    [InlineData("nothing eq 1", false)]
    [InlineData("nothing ne 1", false)]
    public void Judges_an_entity(string filter, bool expected) => Assert.Equal(expected, Parse(filter).Matches(new StaScope(Entity)));

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
    [InlineData("result add 1")]
    [InlineData("result gt 1 and result")]
    [InlineData("not 5")]
    [InlineData("result add 'x' gt 1")]
    [InlineData("result add duration'PT1S' gt 1")]
    [InlineData("phenomenonTime mul 2 gt 1")]
    [InlineData("phenomenonTime gt duration'PT1H'")]
    [InlineData("phenomenonTime gt now() sub duration'P1M'")]
    [InlineData("phenomenonTime gt now() sub duration'1 hour'")]
    [InlineData("result gt 1 div 0")]
    [InlineData("hour(result) eq 1")]
    [InlineData("round(name,1) eq 1")]
    [InlineData("round('1') eq 1")]
    [InlineData("startswith(result,'3')")]
    [InlineData("now(1) gt phenomenonTime")]
    [InlineData("time(phenomenonTime) eq 10")]
    [InlineData("date(phenomenonTime) eq 2023")]
    public void What_is_no_filter_is_told(string filter) => Assert.Throws<StaQueryException>(() => Parse(filter));

    /// <summary>What a path holds is known only once it is looked at.</summary>
    [Theory]
    [InlineData("id eq 9")]
    [InlineData("properties/synthetic eq 'true'")]
    [InlineData("name lt 2023-09-07T18:00:00Z")]
    public void What_is_compared_with_another_sort_of_thing_is_told(string filter) =>
        Assert.StartsWith("$filter", Assert.Throws<StaQueryException>(() => Parse(filter).Matches(new StaScope(Entity))).Message);

    [Fact]
    public void Only_bounds_that_every_match_keeps_narrow_history()
    {
        var at = DateTimeOffset.Parse("2023-09-07T10:00:00Z").ToUnixTimeMilliseconds();
        Assert.Equal((at, at + 60_001), Parse("phenomenonTime ge 2023-09-07T10:00:00Z and phenomenonTime le 2023-09-07T10:01:00Z").Bounds);
        Assert.Equal((0, long.MaxValue), Parse("phenomenonTime ge 2023-09-07T10:00:00Z or result gt 1").Bounds);
        Assert.Equal((0, long.MaxValue), Parse("not phenomenonTime ge 2023-09-07T10:00:00Z").Bounds);
        Assert.Equal("river-001:level", Parse("Datastream/id eq 'river-001:level' and result gt 1").Datastream);
        Assert.Null(Parse("Datastream/id eq 'river-001:level' or result gt 1").Datastream);
    }

    [Theory]
    [InlineData("phenomenonTime gt 2023-09-07T10:00:00Z", 1, long.MaxValue, true)]
    [InlineData("phenomenonTime ge 2023-09-07T10:00:00.0005Z and phenomenonTime lt 2023-09-07T10:00:01.0005Z", 1, 1001, true)]
    [InlineData("phenomenonTime le 2023-09-07T10:00:01Z and Datastream/id eq 'a:b'", long.MinValue, 1001, true)]
    [InlineData("phenomenonTime eq 2023-09-07T10:00:00Z and result gt 1", 0, 1, false)]
    [InlineData("phenomenonTime gt 2023-09-07T18:00", 1, long.MaxValue, true)]
    [InlineData("(phenomenonTime ge 2023-09-07T10:00:00Z and phenomenonTime lt 2023-09-07T10:00:00Z add duration'PT1S')", 0, 1000, true)]
    [InlineData("phenomenonTime ge now() sub duration'PT26H'", 0, long.MaxValue, true)]
    [InlineData("(phenomenonTime ge 2023-09-07T10:00:00Z) eq false", long.MinValue, long.MaxValue, false)]
    [InlineData("false eq (phenomenonTime ge 2023-09-07T10:00:00Z)", long.MinValue, long.MaxValue, false)]
    [InlineData("phenomenonTime add duration'PT1S' ge 2023-09-07T10:00:00Z", long.MinValue, long.MaxValue, false)]
    [InlineData("phenomenonTime ne 2023-09-07T10:00:00Z", long.MinValue, long.MaxValue, false)]
    [InlineData("Datastream/id eq 'a:b' and Datastream/id eq 'c:d'", long.MinValue, long.MaxValue, false)]
    public void Bounds_are_exact_where_nothing_else_is_asked(string filter, long from, long to, bool only)
    {
        var at = DateTimeOffset.Parse("2023-09-07T10:00:00Z").ToUnixTimeMilliseconds();
        var parsed = Parse(filter);
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

    // Twenty-six hours after the observation.
    private static StaFilter Parse(string filter) => StaFilter.Parse(filter, new DateTimeOffset(2023, 9, 8, 12, 0, 0, TimeSpan.Zero));
}

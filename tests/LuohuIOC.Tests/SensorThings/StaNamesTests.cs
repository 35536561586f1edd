using LuohuIOC.SensorThings;
using Xunit;

namespace LuohuIOC.Tests.SensorThings;

public sealed class StaNamesTests
{
    [Theory]
    [InlineData("Things", "$filter", "nmae eq 'x'")]
    [InlineData("Things", "$filter", "properties/kin eq 'river'")]
    [InlineData("Things", "$filter", "Datastreams/ObservedProperty/nam eq 'level'")]
    [InlineData("Things", "$filter", "Datastreams eq 'x'")]
    [InlineData("Datastreams", "$filter", "id eq 'ex-1:level' and Observations/result gt 1")]
    [InlineData("Things", "$filter", "Datastreams/Observations/result gt 1")]
    [InlineData("FeaturesOfInterest", "$orderby", "Observations/phenomenonTime desc")]
    [InlineData("Things", "$filter", "startswith(nmae,'x')")]
    [InlineData("Things", "$filter", "name eq river")]
    [InlineData("Observations", "$filter", "results gt 5")]
    [InlineData("Datastreams", "$orderby", "nmae desc")]
    [InlineData("Locations", "$select", "id,nmae")]
    [InlineData("Thing", "$select", "result")]
    [InlineData("Things", "$expand", "Datastreams($select=nmae)")]
    [InlineData("Things", "$expand", "Datastreams($expand=Observations($orderby=resulTime))")]
    public void A_property_that_the_collection_has_not_is_told(string collection, string option, string value) =>
        Assert.Contains(option == "$expand" ? "$" : option, Assert.Throws<StaQueryException>(() => Check(collection, option, value)).Message);

    [Theory]
    [InlineData("Things", "$filter", "properties/kind eq 'river' and not startswith(name,'y')")]
    [InlineData("Things", "$filter", "Datastreams/ObservedProperty/name eq 'level' and Locations/location/type eq 'Point'")]
    [InlineData("Things", "$filter", "st_within(Locations/location, geography'POLYGON((0 0,1 0,1 1,0 0))')")]
    [InlineData("Things", "$filter", "description ne null")]
    [InlineData("Observations", "$filter", "Datastream/id eq 'a:b' and phenomenonTime ge 2023-09-07T10:00:00Z and resultQuality eq 'good'")]
    [InlineData("Observations", "$orderby", "phenomenonTime desc")]
    [InlineData("Datastreams", "$orderby", "Thing/name,@iot.id")]
    [InlineData("Things", "$select", "id,name,properties,Datastreams,Locations@iot.navigationLink")]
    [InlineData("Datastreams", "$select", "unitOfMeasurement,observedArea,phenomenonTime")]
    [InlineData("Things", "$expand", "Datastreams($expand=Observations($top=1;$orderby=phenomenonTime desc;$select=result)),Locations")]
    public void What_is_served_may_be_named(string collection, string option, string value) => Check(collection, option, value);

    private static void Check(string collection, string option, string value) => StaNames.Check(collection, StaQuery.Parse([new(option, value)]));
}

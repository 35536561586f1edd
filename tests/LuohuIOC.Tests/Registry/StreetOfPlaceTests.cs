using LuohuIOC.Registry;
using LuohuIOC.Spatial;
using Xunit;

namespace LuohuIOC.Tests.Registry;

/// <summary>Which street a sensor has once its place is corrected.</summary>
public sealed class StreetOfPlaceTests
{
    private static readonly GeoPoint Wrong = StreetMap.Find("莲塘街道")!.Centres[0].Point;
    private static readonly GeoPoint Right = StreetMap.Find("桂园街道")!.Centres[0].Point;

    [Theory]
    [InlineData("", "莲塘街道", true, "莲塘街道")] // what a file says stands, also when it was exported and only its coordinates were edited
    [InlineData("", "", true, "桂园街道")]
    [InlineData("", "", false, "桂园街道")]
    [InlineData("", "黄贝街道", true, "黄贝街道")]
    [InlineData("黄贝街道", "黄贝街道", true, "黄贝街道")]
    [InlineData("黄贝街道", "", false, "黄贝街道")]
    [InlineData("黄贝街道", "", true, "桂园街道")]
    public void A_street_that_was_taken_from_the_place_goes_with_it_and_one_that_was_given_stays(string first, string then, bool hasColumn, string expected)
    {
        var registry = Some.Registry(Some.Draft("p") with { Place = Wrong, Street = first });
        var given = hasColumn ? SensorFields.All : SensorFields.All & ~SensorFields.Street;
        registry.Apply(Some.File(Some.Draft("p", given: given) with { Place = Right, Street = then }));
        Assert.Equal(expected, registry[0].Street);
    }

    [Fact]
    public void Without_a_move_a_street_stays()
    {
        var registry = Some.Registry(Some.Draft("p") with { Place = Wrong, Street = "黄贝街道" });
        Assert.Equal(1, registry.Apply(Some.File(Some.Draft("p", given: SensorFields.None) with { Place = Wrong })).Unchanged);
        Assert.Equal("黄贝街道", registry[0].Street);
    }
}

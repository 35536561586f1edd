using LuohuIOC.Spatial;
using Xunit;

namespace LuohuIOC.Tests.Spatial;

public class StreetMapTests
{
    [Fact]
    public void Ten_streets_and_the_109_committees_of_the_national_list()
    {
        Assert.Equal(10, StreetMap.All.Count);
        Assert.Equal(109, StreetMap.All.Sum(s => s.Committees.Count));
        Assert.All(StreetMap.All, s => Assert.NotEmpty(s.Centres));
        Assert.All(StreetMap.All.SelectMany(s => s.Centres), c => Assert.True(Boundary.Luohu.Contains(c.Point), $"{c.Point}"));
    }

    [Fact]
    public void A_street_is_found_by_name_and_by_code()
    {
        Assert.Equal("440303002", StreetMap.Find("黄贝街道")?.Code);
        Assert.Equal("黄贝街道", StreetMap.Find("440303002")?.Name);
        Assert.Null(StreetMap.Find("福田街道"));
    }

    [Fact]
    public void A_place_belongs_to_the_street_of_the_nearest_centre()
    {
        foreach (var street in StreetMap.All)
            foreach (var centre in street.Centres)
                Assert.Equal(street.Name, StreetMap.At(centre.Point.Offset(40, -40)).Name);
    }

    [Fact]
    public void Committees_are_told_from_communities()
    {
        Assert.True(StreetMap.IsResidentsCommittee("黄贝岭社区居民委员会"));
        Assert.False(StreetMap.IsResidentsCommittee("黄贝岭社区"));
    }
}

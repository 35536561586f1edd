using LuohuIOC.SensorThings;
using Xunit;

namespace LuohuIOC.Tests.SensorThings;

public sealed class StaQueryTests
{
    /// <summary>A link to the next page of what was expanded asks the same question, only farther on.</summary>
    [Fact]
    public void What_an_expansion_asked_is_written_again_without_where_it_began()
    {
        var query = StaQuery.Parse([new("$expand", "Observations($orderby=phenomenonTime desc;$filter=result gt 5;$skip=3)")]);
        Assert.Equal("$orderby=phenomenonTime%20desc&$filter=result%20gt%205", Assert.Single(query.Expand).Query.Written);
    }
}

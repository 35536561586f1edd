using LuohuIOC.Sensing;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class DueBoardTests
{
    [Fact]
    public void Hastened_is_what_is_due_later_and_if_asked_only_what_is_due_at_all()
    {
        var dues = new DueBoard();
        dues.Set(1, 1000);
        foreach (var sensor in (int[])[1, 2]) dues.Hasten(sensor, 10, onlyDue: true);
        Assert.Equal([1], dues.Take(10));
        dues.Set(1, 5);
        foreach (var sensor in (int[])[1, 2]) dues.Hasten(sensor, 10);
        Assert.Equal([1], dues.Take(9));
        Assert.Equal([2], dues.Take(10));
    }
}

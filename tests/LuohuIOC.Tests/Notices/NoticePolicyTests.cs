using LuohuIOC.Alerts;
using Xunit;

namespace LuohuIOC.Tests.Notices;

public sealed class NoticePolicyTests
{
    private const string To = "chief@luohu.test";

    [Theory]
    [InlineData("blue", false)]
    [InlineData("yellow", false)]
    [InlineData("orange", true)]
    [InlineData("red", true)]
    public void Least_severity_counts(string severity, bool isDue) => Assert.Equal(isDue, IsDue(SomeAlert.Waiting(severity: severity)));

    [Theory]
    [InlineData("", "", true)]
    [InlineData("outfall, waterlogging", "", true)]
    [InlineData("outfall", "", false)]
    [InlineData("", "东门街道,黄贝街道", true)]
    [InlineData("", "东门街道", false)]
    [InlineData("waterlogging", "东门街道", false)]
    public void Kinds_and_streets_narrow_it(string kinds, string streets, bool isDue) =>
        Assert.Equal(isDue, SomeAlert.Policy(kinds: kinds, streets: streets).IsDue(SomeAlert.Waiting(), To, SomeAlert.Raised));

    [Theory]
    [InlineData(599, false)]
    [InlineData(600, true)]
    public void It_must_have_waited_for_long_enough(int seconds, bool isDue) =>
        Assert.Equal(isDue, SomeAlert.Policy(after: "00:10:00").IsDue(SomeAlert.Waiting(), To, SomeAlert.Raised.AddSeconds(seconds)));

    [Fact]
    public void What_came_back_waits_anew() =>
        Assert.False(SomeAlert.Policy(after: "00:10:00").IsDue(SomeAlert.Waiting() with { HoldsSince = SomeAlert.Raised.AddMinutes(5) }, To, SomeAlert.Raised.AddMinutes(12)));

    [Fact]
    public void What_an_officer_has_seen_or_what_is_over_is_told_to_nobody()
    {
        Assert.False(IsDue(SomeAlert.Waiting() with { State = "acknowledged" }));
        Assert.False(IsDue(SomeAlert.Waiting() with { State = "closed" }));
        Assert.False(IsDue(SomeAlert.Waiting() with { ClearedAt = SomeAlert.Raised.AddMinutes(1) }));
    }

    [Fact]
    public void It_is_told_once_and_again_when_it_is_worse_or_overdue()
    {
        var told = SomeAlert.Waiting() with { Notices = [new NoticeView("值班长", To, true, "orange", SomeAlert.Raised)] };
        Assert.False(IsDue(told));
        Assert.True(IsDue(told with { Severity = "red" }));
        Assert.False(IsDue(told with { Severity = "red", Notices = [new NoticeView("值班长", To, true, "red", SomeAlert.Raised)] }));
        Assert.True(IsDue(told with { OverdueAt = SomeAlert.Raised.AddSeconds(1) }));
        Assert.False(IsDue(told with { OverdueAt = SomeAlert.Raised }));
    }

    [Fact]
    public void Only_what_this_recipient_was_told_by_this_policy_counts()
    {
        Assert.True(IsDue(SomeAlert.Waiting() with { Notices = [new NoticeView("值班长", "other@luohu.test", true, "orange", SomeAlert.Raised)] }));
        Assert.True(IsDue(SomeAlert.Waiting() with { Notices = [new NoticeView("分管领导", To, true, "orange", SomeAlert.Raised)] }));
        var failed = SomeAlert.Waiting() with { Notices = [new NoticeView("值班长", To, false, "orange", SomeAlert.Raised)] };
        Assert.True(IsDue(failed));
        Assert.True(SomeAlert.Policy().IsKnownToFail(failed, To));
        Assert.False(SomeAlert.Policy().IsKnownToFail(failed with { Severity = "red" }, To));
        Assert.False(SomeAlert.Policy().IsKnownToFail(SomeAlert.Waiting(), To));
    }

    private static bool IsDue(AlertView alert) => SomeAlert.Policy().IsDue(alert, To, SomeAlert.Raised.AddMinutes(2));
}

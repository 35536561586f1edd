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

    /// <summary>A clock that ran years ahead, and was set right, leaves alerts of the future: none may wait for years. Hosts' clocks that differ by a little are no such thing.</summary>
    [Theory]
    [InlineData(-30, false)]
    [InlineData(-3600, true)]
    public void What_was_raised_in_the_future_has_waited_for_long_enough(int seconds, bool isDue) =>
        Assert.Equal(isDue, SomeAlert.Policy(after: "00:10:00").IsDue(SomeAlert.Waiting(), To, SomeAlert.Raised.AddSeconds(seconds)));

    [Fact]
    public void What_calls_anew_waits_anew() => Assert.False(SomeAlert.Policy(after: "00:10:00").IsDue(SomeAlert.Anew(SomeAlert.Waiting(), 300), To, SomeAlert.Raised.AddMinutes(12)));

    [Fact]
    public void It_counts_from_when_the_policys_severity_was_reached()
    {
        var late = SomeAlert.Waiting(severity: "yellow") with { Severity = "red" };
        late = late with { Call = late.Call!.Now(Severity.Red, SomeAlert.Raised.AddHours(5)) };
        Assert.False(SomeAlert.Policy(after: "00:10:00").IsDue(late, To, SomeAlert.Raised.AddHours(5)));
        Assert.True(SomeAlert.Policy(after: "00:10:00").IsDue(late, To, SomeAlert.Raised.AddHours(5).AddMinutes(10)));
        Assert.True(SomeAlert.Policy(severity: "yellow", after: "00:10:00").IsDue(late, To, SomeAlert.Raised.AddHours(5)));
    }

    [Fact]
    public void What_an_older_version_raised_has_no_call_and_is_told_all_the_same()
    {
        var old = SomeAlert.Waiting() with { Call = null };
        Assert.True(IsDue(old));
        Assert.False(IsDue(SomeAlert.Told(old)));
        Assert.True(IsDue(SomeAlert.Told(old) with { OverdueAt = SomeAlert.Raised.AddMinutes(1) }));
    }

    [Fact]
    public void What_an_officer_has_seen_or_what_is_over_is_told_to_nobody()
    {
        Assert.False(IsDue(SomeAlert.Waiting() with { State = "acknowledged" }));
        Assert.False(IsDue(SomeAlert.Waiting() with { State = "closed" }));
        Assert.False(IsDue(SomeAlert.Waiting() with { ClearedAt = SomeAlert.Raised.AddMinutes(1) }));
    }

    [Fact]
    public void It_is_told_once_and_again_when_it_is_worse_or_calls_anew()
    {
        var told = SomeAlert.Told(SomeAlert.Waiting());
        Assert.False(IsDue(told));
        Assert.True(IsDue(told with { Severity = "red" }));
        Assert.False(IsDue(SomeAlert.Told(told with { Severity = "red" })));
        Assert.False(IsDue(SomeAlert.Told(told with { Severity = "red" }) with { Severity = "orange" }));
        Assert.True(IsDue(SomeAlert.Anew(told, 60)));
    }

    [Fact]
    public void Only_what_this_recipient_was_told_by_this_policy_counts()
    {
        Assert.True(IsDue(SomeAlert.Told(SomeAlert.Waiting(), "other@luohu.test")));
        Assert.True(IsDue(SomeAlert.Told(SomeAlert.Waiting(), policy: "分管领导")));
        var failed = SomeAlert.Told(SomeAlert.Waiting(), delivered: false);
        Assert.True(IsDue(failed));
        Assert.True(SomeAlert.Policy().IsKnownToFail(failed, To));
        Assert.False(SomeAlert.Policy().IsKnownToFail(failed with { Severity = "red" }, To));
        Assert.False(SomeAlert.Policy().IsKnownToFail(SomeAlert.Anew(failed, 60), To));
        Assert.False(SomeAlert.Policy().IsKnownToFail(SomeAlert.Waiting(), To));
    }

    /// <summary>Water that plays around a limit calls once, and is over once.</summary>
    [Theory]
    [InlineData(60 + 599, false)]
    [InlineData(60 + 600, true)]
    [InlineData(60 + 600 + 3600, true)]
    [InlineData(60 + 600 + 3601, false)]
    public void Who_was_told_is_told_that_it_is_over_once_it_has_been_for_a_while(int seconds, bool isOver)
    {
        var told = SomeAlert.Told(SomeAlert.Waiting());
        Assert.Equal(isOver, IsOver(SomeAlert.Ceased(told, 60), seconds));
        Assert.Equal(isOver, IsOver(SomeAlert.Ceased(told, 60, "system"), seconds));
        Assert.False(IsOver(told, seconds));
    }

    [Fact]
    public void What_a_person_has_closed_while_it_held_is_over_at_once()
    {
        var closed = SomeAlert.Told(SomeAlert.Waiting()) with { State = "closed", ClosedBy = "张三", ClosedAt = SomeAlert.Raised.AddSeconds(60) };
        Assert.True(IsOver(closed, 60));
        Assert.False(IsOver(closed, 59));
        Assert.False(SomeAlert.Policy(ended: false).IsOver(closed, To, SomeAlert.Raised.AddSeconds(60)));
    }

    [Fact]
    public void Nobody_is_told_that_it_is_over_who_was_not_told_of_it_or_knows_already()
    {
        var over = SomeAlert.Ceased(SomeAlert.Waiting(), 0, "system");
        Assert.False(IsOver(over, 600));
        Assert.False(IsOver(SomeAlert.Told(over, delivered: false), 600));
        Assert.False(IsOver(SomeAlert.Told(over, policy: "another"), 600));
        Assert.False(IsOver(SomeAlert.Told(over, to: "duty@luohu.test"), 600));
        Assert.False(IsOver(SomeAlert.Told(over, ended: true), 600));
        // Told of an earlier call, and not of this one.
        Assert.False(IsOver(SomeAlert.Anew(SomeAlert.Told(over), 60), 600));
        Assert.True(IsOver(SomeAlert.Told(over), 600));
    }

    private static bool IsDue(AlertView alert) => SomeAlert.Policy().IsDue(alert, To, SomeAlert.Raised.AddMinutes(2));

    private static bool IsOver(AlertView alert, int seconds) => SomeAlert.Policy().IsOver(alert, To, SomeAlert.Raised.AddSeconds(seconds));
}

using LuohuIOC.Alerts;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

/// <summary>Since when an alert calls for an officer, by what happens to it.</summary>
public sealed class AlertCallTests
{
    private RuleWatch _watch = new(Some.Rule);
    private DateTimeOffset _now = Some.Now;
    private int _observed;

    private AlertCall Call => _watch.Open!.Call!;

    [Fact]
    public void A_severity_calls_since_it_was_reached_and_not_since_the_raise()
    {
        Observe(0, Severity.Yellow);
        Observe(300, Severity.Red);
        Assert.Equal((At(0), At(0), At(300), At(300)), (Call.At, Call.Since(Severity.Yellow), Call.Since(Severity.Orange), Call.Since(Severity.Red)));
        Observe(310, Severity.Orange);
        Observe(320, Severity.Red);
        Assert.Equal((At(0), At(300), At(320)), (Call.At, Call.Since(Severity.Orange), Call.Since(Severity.Red)));
    }

    [Fact]
    public void What_an_officer_has_seen_calls_anew_when_it_is_worse()
    {
        Observe(0, Severity.Red);
        Do(10, new AlertCommand.Acknowledge(Some.Request(_watch)));
        Observe(20, Severity.Yellow);
        Assert.Equal(At(0), Call.At);
        Observe(300, Severity.Red);
        Assert.Equal((At(300), At(300), At(300)), (Call.At, Call.Since(Severity.Yellow), Call.Since(Severity.Red)));
    }

    [Theory]
    [InlineData(9, 0)]
    [InlineData(10, 30)]
    public void What_comes_back_after_a_lull_calls_anew_and_water_that_plays_around_a_limit_does_not(int lull, int since)
    {
        Observe(0, Severity.Red);
        Observe(20, null);
        Observe(20 + lull, Severity.Red);
        Assert.Equal((At(since), At(since)), (Call.At, Call.Since(Severity.Red)));
    }

    [Theory]
    [InlineData(true, 30)]
    [InlineData(false, 0)]
    public void A_deadline_that_passes_is_a_new_call_and_who_has_waited_all_the_time_goes_on_waiting(bool isSeen, int since)
    {
        Observe(0, Severity.Red);
        if (isSeen) Do(1, new AlertCommand.Acknowledge(Some.Request(_watch)));
        Do(2, new AlertCommand.Assign(Some.Request(_watch) with { DueAt = At(25) }, "抢险一队"));
        Do(30, new AlertCommand.Expire());
        Assert.Equal((At(30), At(since)), (Call.At, Call.Since(Severity.Red)));
    }

    [Fact]
    public void Told_twice_it_stands_once()
    {
        Observe(0, Severity.Red);
        var told = new AlertCommand.Tell(_watch.Open!.Id, Severity.Red, [new NoticeDelivery("值班长", "chief@luohu.test", true, null, At(1), Call.At)]);
        Do(1, told);
        Do(2, told);
        Assert.Equal(2, _watch.Open!.Version);
        Do(3, told with { Notices = [told.Notices[0] with { At = At(3) }] });
        Assert.Equal(3, _watch.Open!.Version);
    }

    private static DateTimeOffset At(int minute) => Some.Now.AddMinutes(minute);

    private void Observe(int minute, Severity? severity) => Do(minute, Some.Observed(severity, ++_observed));

    private void Do(int minute, AlertCommand command)
    {
        _now = At(minute);
        var (after, _, refusal) = AlertLifecycle.Step(_watch, command, _now, TimeSpan.FromHours(24));
        Assert.Equal(AlertRefusal.None, refusal);
        _watch = after;
    }
}

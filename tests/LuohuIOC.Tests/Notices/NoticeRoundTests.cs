using LuohuIOC.Alerts;
using LuohuIOC.Notices;
using LuohuIOC.Tests.Alerts;
using LuohuIOC.Tests.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace LuohuIOC.Tests.Notices;

public sealed class NoticeRoundTests
{
    /// <summary>A host without a battery for its clock starts hours ahead and is set right soon after.</summary>
    [Fact]
    public void A_clock_that_was_ahead_at_the_start_keeps_nobody_from_being_told()
    {
        var (clock, shown) = (new FakeClock(), new ShownAlerts());
        var options = new NoticeOptions { Policies = { new PolicyOptions { Name = "值班长", Severity = "red", After = TimeSpan.Zero, To = ["chief@luohu.test"] } } };
        using var ended = new EndedAlerts(shown, null!, clock, NullLogger<EndedAlerts>.Instance);
        var round = new NoticeRound(
            shown, ended, [], new WorkdayCalendar(options), new NoticeRecord(null!, null!, clock, NullLogger<NoticeRecord>.Instance), null!, null!, Options.Create(options), clock, NullLogger<NoticeRound>.Instance);
        clock.Set(TimeSpan.FromHours(-8));
        shown.Open = [SomeAlert.Waiting(severity: "red") with { ObservedAt = clock.GetUtcNow(), RaisedAt = clock.GetUtcNow(), Call = AlertCall.Begin(Severity.Red, clock.GetUtcNow()) }];
        Assert.False(round.IsDue());
        clock.Advance(options.Grace);
        Assert.True(round.IsDue());
    }
}

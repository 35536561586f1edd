using LuohuIOC.Alerts;
using LuohuIOC.Notices;
using Xunit;

namespace LuohuIOC.Tests.Notices;

public sealed class NoticeLineTests
{
    private static readonly DateTimeOffset Now = SomeAlert.Raised;
    private static readonly NoticeOptions Options = new() { Every = TimeSpan.FromMinutes(1), RetryFirst = TimeSpan.FromSeconds(10), RetryMax = TimeSpan.FromSeconds(35) };

    private readonly NoticeLine _line = new(SomeAlert.Policy(severity: "yellow"), Recipient.Of("chief@luohu.test")!);

    [Fact]
    public void What_comes_soon_after_a_message_waits_for_the_next_and_what_is_worse_does_not()
    {
        Deliver(Now, SomeAlert.Waiting());
        Assert.Empty(DueAt(30, SomeAlert.Waiting(), SomeAlert.Waiting("a2"), SomeAlert.Waiting("a3", "yellow")));
        Assert.Equal(["a2", "a3"], DueAt(60, SomeAlert.Waiting(), SomeAlert.Waiting("a2"), SomeAlert.Waiting("a3", "yellow")));
        Assert.Equal(["a2", "a4"], DueAt(30, SomeAlert.Waiting(), SomeAlert.Waiting("a2"), SomeAlert.Waiting("a4", "red")));
    }

    /// <summary>The ledger may be away: what was told is known without it.</summary>
    [Fact]
    public void Nobody_is_told_the_same_thing_twice_though_no_record_says_so()
    {
        Deliver(Now, SomeAlert.Waiting());
        Assert.Empty(DueAt(600, SomeAlert.Waiting()));
        Assert.Equal(["a1"], DueAt(600, SomeAlert.Waiting(severity: "red")));
        Assert.Equal(["a1"], DueAt(600, SomeAlert.Waiting() with { OverdueAt = Now.AddSeconds(300) }));
        // Over, and the same rule's next one has another id.
        Assert.Empty(DueAt(700));
        Assert.Equal(["b1"], DueAt(701, SomeAlert.Waiting("b1")));
    }

    [Fact]
    public void A_failure_is_tried_again_after_pauses_that_grow_to_a_bound_and_stands_in_the_record_once()
    {
        var recorded = new List<int>();
        var alert = SomeAlert.Waiting();
        foreach (var (at, early) in new[] { (0, 0), (10, 9), (30, 29), (65, 64), (100, 99) })
        {
            if (early > 0) Assert.Empty(DueAt(early, alert));
            Assert.Equal(["a1"], DueAt(at, alert));
            var notices = _line.Sent([alert], new NoticeResult(false, "refused"), Now.AddSeconds(at)).ToArray();
            recorded.Add(notices.Length);
            if (notices.Length > 0) alert = alert with { Notices = [new NoticeView("值班长", "chief@luohu.test", false, "orange", Now)] };
        }
        Assert.Equal([1, 0, 0, 0, 0], recorded);
        Assert.Equal((5, "refused", null), (_line.Failures, _line.Answer, _line.DeliveredAt));
        Deliver(Now.AddSeconds(200), alert);
        Assert.Equal((0, Now.AddSeconds(200)), (_line.Failures, _line.DeliveredAt));
    }

    private void Deliver(DateTimeOffset at, AlertView alert)
    {
        var (told, notice) = Assert.Single(_line.Sent([alert], new NoticeResult(true, null), at));
        Assert.Equal((alert.Id, "值班长", "chief@luohu.test", true), (told.Id, notice.Policy, notice.To, notice.Delivered));
    }

    private string[] DueAt(int second, params AlertView[] open) => [.. _line.DueOf(open, Options, Now.AddSeconds(second)).Select(alert => alert.Id)];
}

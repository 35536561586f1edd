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
        Deliver(0, SomeAlert.Waiting());
        Assert.Empty(DueAt(30, SomeAlert.Waiting(), SomeAlert.Waiting("a2"), SomeAlert.Waiting("a3", "yellow")));
        Assert.Equal(["a2", "a3"], DueAt(60, SomeAlert.Waiting(), SomeAlert.Waiting("a2"), SomeAlert.Waiting("a3", "yellow")));
        Assert.Equal(["a2", "a4"], DueAt(30, SomeAlert.Waiting(), SomeAlert.Waiting("a2"), SomeAlert.Waiting("a4", "red")));
    }

    [Fact]
    public void A_trial_holds_no_alert_up()
    {
        _line.Tried(new NoticeResult(true, "250 ok"), Now);
        Assert.Equal((0, "250 ok", Now), (_line.View.Failures, _line.View.Answer, _line.View.DeliveredAt));
        Assert.Equal(["a1"], DueAt(1, SomeAlert.Waiting(severity: "yellow")));
    }

    [Fact]
    public void A_clock_that_is_set_back_holds_no_message_up()
    {
        Deliver(1_000_000, SomeAlert.Waiting());
        Assert.Equal(["a2"], DueAt(0, SomeAlert.Waiting("a2")));
    }

    /// <summary>The ledger may be away: what was told is known without it.</summary>
    [Fact]
    public void Nobody_is_told_the_same_thing_twice_though_no_record_says_so()
    {
        Deliver(0, SomeAlert.Waiting());
        Assert.Empty(DueAt(600, SomeAlert.Waiting()));
        Assert.Equal(["a1"], DueAt(600, SomeAlert.Waiting(severity: "red")));
        Assert.Equal(["a1"], DueAt(600, SomeAlert.Anew(SomeAlert.Waiting(), 300)));
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
            var notices = Send(at, new NoticeResult(false, "refused"), alert);
            recorded.Add(notices.Length);
            if (notices.Length > 0) alert = SomeAlert.Told(alert, delivered: false);
        }
        Assert.Equal([1, 0, 0, 0, 0], recorded);
        Assert.Equal((5, "refused", null), (_line.View.Failures, _line.View.Answer, _line.View.DeliveredAt));
        // The pause is for the same; what is worse is tried at once.
        Assert.Equal(["a1", "a2"], DueAt(101, alert, SomeAlert.Waiting("a2", "red")));
        Deliver(200, alert);
        Assert.Equal((0, Now.AddSeconds(200)), (_line.View.Failures, _line.View.DeliveredAt));
    }

    [Fact]
    public void No_pause_is_too_long_for_a_clock()
    {
        var options = new NoticeOptions { RetryFirst = TimeSpan.FromHours(1), RetryMax = TimeSpan.FromDays(1) };
        for (var i = 0; i < 100; i++) Send(i, new NoticeResult(false, "refused"), SomeAlert.Waiting());
        Assert.Empty(_line.DueOf([SomeAlert.Waiting()], options, Now.AddHours(24)));
        Assert.Single(_line.DueOf([SomeAlert.Waiting()], options, Now.AddHours(25)));
    }

    /// <summary>The server may have delivered it, or not: once more after a long pause, and not for ever.</summary>
    [Fact]
    public void What_was_handed_over_without_an_answer_is_sent_once_more()
    {
        Send(0, new NoticeResult(false, "?", Unanswered: true), SomeAlert.Waiting());
        Assert.Empty(DueAt(34, SomeAlert.Waiting()));
        Assert.Equal(["a1"], DueAt(35, SomeAlert.Waiting()));
        Send(35, new NoticeResult(false, "?", Unanswered: true), SomeAlert.Waiting());
        Assert.Empty(DueAt(10_000, SomeAlert.Waiting()));
        Assert.Equal(["a1"], DueAt(10_000, SomeAlert.Waiting(severity: "red")));
    }

    [Fact]
    public void The_record_says_which_alerts_a_message_named_and_which_it_counted()
    {
        var notices = Send(0, new NoticeResult(true, null), [.. Enumerable.Range(1, 23).Select(i => SomeAlert.Waiting($"a{i}"))]);
        Assert.Equal([(true, 20), (false, 3)], notices.CountBy(notice => notice.Named).Select(named => (named.Key, named.Value)));
    }

    [Fact]
    public void That_it_is_over_is_told_once_and_what_comes_after_it_does_not_wait()
    {
        var over = SomeAlert.Ceased(SomeAlert.Told(SomeAlert.Waiting(severity: "red")), 0, "system");
        string[] OverAt(int second, params AlertView[] ended) => [.. _line.OverOf(ended, Options, Now.AddSeconds(second)).Select(alert => alert.Id)];
        Assert.Equal(["a1"], OverAt(600, over));
        var told = Assert.Single(_line.Sent(NoticeMessage.Over(_line.Policy, [over], "", Now), new NoticeResult(true, null), Now.AddSeconds(600)));
        Assert.True(told.Notice.Ended);
        // The record may not have it yet.
        Assert.Empty(OverAt(700, over));
        Assert.Equal(["b1"], DueAt(601, SomeAlert.Waiting("b1", "yellow")));
        Deliver(601, SomeAlert.Waiting("b1", "yellow"));
        // Good news waits for the next message.
        var another = SomeAlert.Ceased(SomeAlert.Told(SomeAlert.Waiting("a2")), 0, "system");
        Assert.Empty(OverAt(650, over, another));
        Assert.Equal(["a2"], OverAt(661, over, another));
    }

    [Fact]
    public void One_message_at_a_time()
    {
        Assert.True(_line.TryBegin());
        Assert.False(_line.TryBegin());
        _line.End();
        Assert.True(_line.TryBegin());
    }

    private void Deliver(int second, AlertView alert)
    {
        var notice = Assert.Single(Send(second, new NoticeResult(true, null), alert));
        Assert.Equal(("值班长", "chief@luohu.test", true, NoticePolicy.CallOf(alert)), (notice.Policy, notice.To, notice.Delivered, notice.Call));
    }

    private NoticeDelivery[] Send(int second, NoticeResult result, params AlertView[] alerts) =>
        [.. _line.Sent(NoticeMessage.Of(_line.Policy, alerts, "", Now), result, Now.AddSeconds(second)).Select(told => told.Notice)];

    private string[] DueAt(int second, params AlertView[] open) => [.. _line.DueOf(open, Options, Now.AddSeconds(second)).Select(alert => alert.Id)];
}

using CsCheck;
using LuohuIOC.Alerts;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Wall;
using Xunit;

namespace LuohuIOC.Tests.Wall;

public sealed class MailboxTests
{
    private readonly SensorRegistry _registry = new();
    private readonly LatestBoard _latest = new();

    [Fact]
    public void Alerts_leave_before_readings_and_in_order()
    {
        var mailbox = new Mailbox(10);
        mailbox.Put(Frame(0, 1));
        var (first, second) = (Notice(), Notice());
        mailbox.Put(first);
        mailbox.Put(second);
        Assert.Same(first, Take(mailbox).Alert);
        Assert.Same(second, Take(mailbox).Alert);
        Assert.NotNull(Take(mailbox).Frame);
        Assert.False(mailbox.TryTake(out _));
    }

    [Fact]
    public void An_alert_overtakes_the_rest_of_a_large_frame()
    {
        var mailbox = new Mailbox(10);
        mailbox.Put(Frame(Enumerable.Range(0, 2 * ReadingsFrame.MessageMax).ToArray()));
        Assert.Equal(0, Take(mailbox).Message);
        mailbox.Put(Notice());
        Assert.NotNull(Take(mailbox).Alert);
        Assert.Equal(1, Take(mailbox).Message);
    }

    [Fact]
    public void More_alerts_than_fit_become_one_resync_and_what_follows_it_is_sent()
    {
        var mailbox = new Mailbox(3);
        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(mailbox.Put(Notice())));
        Assert.False(mailbox.Put(Notice()));
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.True(mailbox.Put(Notice())));
        Assert.Equal(0, mailbox.AlertsQueued);
        Assert.True(Take(mailbox).Resync);
        var after = Notice();
        mailbox.Put(after);
        Assert.Same(after, Take(mailbox).Alert);
        Assert.False(mailbox.TryTake(out _));
    }

    [Fact]
    public void A_browser_that_keeps_pace_gets_the_shared_frames()
    {
        var mailbox = new Mailbox(3);
        var frame = Frame(1, 2);
        Assert.True(mailbox.Put(frame));
        Assert.Same(frame, Take(mailbox).Frame);
        Assert.True(mailbox.Put(Frame(3)));
    }

    /// <summary>However frames and takes mix: every sensor of every frame comes out after its last frame went in, none that was in no frame.</summary>
    [Fact]
    public void No_sensor_is_forgotten_and_nothing_piles_up() =>
        Gen.Select(Gen.Int[0, 2000].HashSet[1, 700], Gen.Int[0, 4]).List[1, 15].Sample(rounds =>
        {
            var mailbox = new Mailbox(3);
            var waiting = new HashSet<int>();
            foreach (var (sensors, takes) in rounds)
            {
                mailbox.Put(Frame([.. sensors]));
                waiting.UnionWith(sensors);
                for (var i = 0; i < takes && mailbox.TryTake(out var parcel); i++) Remove(waiting, parcel.Value);
            }
            // One shared frame, or the missed ones in full messages: never more than what is waiting.
            var left = 0;
            for (; mailbox.TryTake(out var parcel); left++) Remove(waiting, parcel.Value);
            Assert.Empty(waiting);
            Assert.True(left <= 2001 / ReadingsFrame.MessageMax + 1);
        });

    [Fact]
    public void A_sensor_set_is_a_set() => Gen.Int[0, 300].List[0, 50].List[0, 8].Sample(adds =>
    {
        var set = new SensorSet();
        var reference = new HashSet<int>();
        foreach (var add in adds)
        {
            set.Add(add.ToArray());
            reference.UnionWith(add);
            Assert.Equal(reference.Count, set.Count);
            var taken = set.Take(7);
            Assert.Equal(Math.Min(7, reference.Count), taken.Length);
            Assert.All(taken, sensor => Assert.True(reference.Remove(sensor)));
        }
        Assert.Equal(reference.Order(), set.Take(int.MaxValue).Order());
        Assert.True(set.IsEmpty);
    });

    private static void Remove(HashSet<int> waiting, Parcel parcel)
    {
        var sensors = parcel.Sensors ?? parcel.Frame!.Sensors.Skip(parcel.Message * ReadingsFrame.MessageMax).Take(ReadingsFrame.MessageMax);
        foreach (var sensor in sensors) Assert.True(waiting.Remove(sensor));
    }

    private static Parcel Take(Mailbox mailbox)
    {
        Assert.True(mailbox.TryTake(out var parcel));
        return parcel.Value;
    }

    private ReadingsFrame Frame(params int[] sensors) => new(sensors, _registry, _latest);

    private static AlertNotice Notice()
    {
        var (_, events, _) = AlertLifecycle.Step(
            new RuleWatch(Alerts.Some.Rule), Alerts.Some.Observed(Severity.Red, 1), Alerts.Some.Now, TimeSpan.FromHours(24));
        return new AlertNotice(AlertView.Of(events[0].Apply(null)));
    }
}

using System.Text.Json;
using LuohuIOC.Alerts;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

/// <summary>What is on disk must be readable for ever: these texts were written once by hand from the contract and are not regenerated.</summary>
public sealed class AlertJsonTests
{
    private const string Raised =
        """{"alertId":"0123456789abcdef01234567","sequence":1,"type":"Raised","at":"2023-09-07T18:00:05+00:00","actor":"system","subject":{"sensorId":"wl-001","name":"文锦渡易涝点","kind":"waterlogging","street":"黄贝街道","longitude":114.13,"latitude":22.54},"rule":"waterlogging-depth","to":"Orange","metric":"depth","value":0.31,"threshold":0.15,"observedAt":"2023-09-07T18:00:00+00:00"}""";

    private const string Acknowledged =
        """{"alertId":"0123456789abcdef01234567","sequence":2,"type":"Acknowledged","at":"2023-09-07T18:01:00+00:00","actor":"值班员甲","comment":"已派人"}""";

    private const string Stored =
        """{"id":"0123456789abcdef01234567","subject":{"sensorId":"wl-001","name":"文锦渡易涝点","kind":"waterlogging","street":"黄贝街道","longitude":114.13,"latitude":22.54},"rule":"waterlogging-depth","state":"Acknowledged","severity":"Orange","worst":"Orange","metric":"depth","value":0.31,"threshold":0.15,"observedAt":"2023-09-07T18:00:00+00:00","raisedAt":"2023-09-07T18:00:05+00:00","updatedAt":"2023-09-07T18:01:00+00:00","acknowledgedBy":"值班员甲","acknowledgedAt":"2023-09-07T18:01:00+00:00","comment":"已派人","version":2}""";

    private const string Stored2 =
        """{"id":"0123456789abcdef01234567","subject":{"sensorId":"wl-001","name":"文锦渡易涝点","kind":"waterlogging","street":"黄贝街道","longitude":114.13,"latitude":22.54},"rule":"waterlogging-depth","state":"Acknowledged","severity":"Orange","worst":"Orange","metric":"depth","value":0.31,"threshold":0.15,"observedAt":"2023-09-07T18:00:00+00:00","raisedAt":"2023-09-07T18:00:05+00:00","updatedAt":"2023-09-07T18:01:00+00:00","acknowledgedBy":"值班员甲","acknowledgedAt":"2023-09-07T18:01:00+00:00","comment":"已派人","version":2,"highest":"Orange","fold":3}""";

    private const string Stored4 =
        """{"id":"0123456789abcdef01234567","subject":{"sensorId":"wl-001","name":"文锦渡易涝点","kind":"waterlogging","street":"黄贝街道","longitude":114.13,"latitude":22.54},"rule":"waterlogging-depth","state":"Acknowledged","severity":"Orange","worst":"Orange","metric":"depth","value":0.31,"threshold":0.15,"observedAt":"2023-09-07T18:00:00+00:00","raisedAt":"2023-09-07T18:00:05+00:00","updatedAt":"2023-09-07T18:01:00+00:00","acknowledgedBy":"值班员甲","acknowledgedAt":"2023-09-07T18:01:00+00:00","comment":"已派人","version":2,"highest":"Orange","fold":4,"call":{"at":"2023-09-07T18:00:05+00:00","yellow":"2023-09-07T18:00:05+00:00","orange":"2023-09-07T18:00:05+00:00"}}""";

    private const string Watch = """{"rule":"waterlogging-depth","condition":"Orange","forgottenMs":-9223372036854775808,"keys":[13553323200003]}""";

    [Fact]
    public void Events_fold_to_the_stored_alert()
    {
        Alert? alert = null;
        foreach (var text in new[] { Raised, Acknowledged })
        {
            var happened = JsonSerializer.Deserialize(text, AlertJson.Stored.AlertEvent)!;
            Assert.Equal(text, JsonSerializer.Serialize(happened, AlertJson.Stored.AlertEvent));
            alert = happened.Apply(alert);
        }
        Assert.Equal(Stored4, JsonSerializer.Serialize(alert!, AlertJson.Stored.Alert));
        Assert.Equal(alert, JsonSerializer.Deserialize(Stored4, AlertJson.Stored.Alert));
        // As it was stored before the fourth way of folding, and before the second.
        Assert.Equal(alert! with { Fold = 3, Call = null }, JsonSerializer.Deserialize(Stored2, AlertJson.Stored.Alert));
        Assert.Equal(alert! with { Highest = null, Fold = null, Call = null }, JsonSerializer.Deserialize(Stored, AlertJson.Stored.Alert));
    }

    /// <summary>While the ledger is away an alert goes on from what walls show of it.</summary>
    [Fact]
    public void A_view_gives_its_alert_back()
    {
        var alert = JsonSerializer.Deserialize(Stored, AlertJson.Stored.Alert)!;
        Assert.Equal(alert with { Highest = Severity.Orange }, AlertView.Of(alert).ToAlert());
        var late = alert with { Highest = Severity.Orange, AssignedTo = "抢险一队", DueAt = alert.RaisedAt.AddMinutes(30), OverdueAt = alert.RaisedAt.AddMinutes(31) };
        Assert.Equal(late, AlertView.Of(late).ToAlert());
        var told = late with { Notices = [new NoticeMark("值班长", "chief@luohu.test", true, Severity.Red, alert.RaisedAt, alert.RaisedAt)] };
        Assert.Equal(told.Notices, AlertView.Of(told).ToAlert().Notices);
    }

    [Fact]
    public void Who_was_told_is_the_newest_of_each_policy_and_recipient()
    {
        const string Told = """{"alertId":"0123456789abcdef01234567","sequence":3,"type":"Notified","at":"2023-09-07T18:02:00+00:00","actor":"system","to":"Orange","notices":[{"policy":"值班长","to":"chief@luohu.test","delivered":true,"answer":"250 ok","at":"2023-09-07T18:01:59+00:00","call":"2023-09-07T18:00:05+00:00","named":true}]}""";
        var alert = JsonSerializer.Deserialize(Stored4, AlertJson.Stored.Alert)!;
        var happened = JsonSerializer.Deserialize(Told, AlertJson.Stored.AlertEvent)!;
        Assert.Equal(Told, JsonSerializer.Serialize(happened, AlertJson.Stored.AlertEvent));
        alert = happened.Apply(alert);
        Assert.Equal((2, 3, AlertState.Acknowledged), (alert.TurnedAs, alert.Version, alert.State));
        var first = Assert.Single(happened.Notices!);
        // What failed later takes nothing back of what was delivered.
        alert = (happened with { Sequence = 4, To = Severity.Red, Notices = [first with { Delivered = false }, first with { Policy = "分管领导" }] }).Apply(alert);
        Assert.Equal([("值班长", true, Severity.Orange), ("值班长", false, Severity.Red), ("分管领导", true, Severity.Red)], alert.Notices!.Select(mark => (mark.Policy, mark.Delivered, mark.Severity)));
        alert = (happened with { Sequence = 5, To = Severity.Red }).Apply(alert);
        Assert.Equal([("分管领导", true, Severity.Red), ("值班长", true, Severity.Red)], alert.Notices!.Select(mark => (mark.Policy, mark.Delivered, mark.Severity)));
        Assert.EndsWith(
            ""","notices":[{"policy":"分管领导","to":"chief@luohu.test","delivered":true,"severity":"Red","at":"2023-09-07T18:01:59+00:00","call":"2023-09-07T18:00:05+00:00"},{"policy":"值班长","to":"chief@luohu.test","delivered":true,"severity":"Red","at":"2023-09-07T18:01:59+00:00","call":"2023-09-07T18:00:05+00:00"}],"call":{"at":"2023-09-07T18:00:05+00:00","yellow":"2023-09-07T18:00:05+00:00","orange":"2023-09-07T18:00:05+00:00"}}""",
            JsonSerializer.Serialize(alert, AlertJson.Stored.Alert), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_person_eyes_that_need_not_know_see_a_letter_and_the_server()
    {
        var notice = new NoticeDelivery("值班长", "chief@luohu.test", false, "550 no box CHIEF@luohu.test here", Some.Now, Some.Now);
        Assert.Equal(("c…@luohu.test", "550 no box c…@luohu.test here"), (notice.Masked().To, notice.Masked().Answer));
        var robot = notice with { To = "qyapi.weixin.qq.com …8d30" };
        Assert.Equal(robot, robot.Masked());
    }

    [Fact]
    public void A_watch_keeps_what_it_has_seen()
    {
        var watch = JsonSerializer.Deserialize(Watch, AlertJson.Stored.StoredWatch)!.With(null);
        Assert.Equal(Severity.Orange, watch.Condition);
        // 1694165400000 ms × 8 + 3
        Assert.True(watch.Seen.Contains(new RuleChange(watch.Rule, Severity.Orange, "depth", 0.3, 0.15, 1694165400000, null)));
        Assert.False(watch.Seen.Contains(new RuleChange(watch.Rule, Severity.Red, "depth", 0.3, 0.15, 1694165400000, null)));
        Assert.Equal(Watch, JsonSerializer.Serialize(StoredWatch.Of(watch), AlertJson.Stored.StoredWatch));
    }
}

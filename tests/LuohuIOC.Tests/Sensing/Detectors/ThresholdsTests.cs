using LuohuIOC.Alerts;
using LuohuIOC.Sensing.Detectors;
using LuohuIOC.Storage;
using LuohuIOC.Tests.Storage;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Detectors;

[Collection(SharedPostgres.Collection)]
public sealed class ThresholdsTests(SharedPostgres postgres) : IDisposable
{
    private readonly DetectorDesk _desk = new();

    public void Dispose() => _desk.Dispose();

    [Fact]
    public void A_false_alarm_raises_it_a_true_one_lowers_it_and_the_history_says_who()
    {
        Mark("a", AlertVerdict.False, "甲");
        Mark("b", AlertVerdict.True, "乙");
        var view = Assert.Single(_desk.Views.Of(DetectorDesk.River(), TextBook.English)).Threshold;
        Assert.Equal(1.15 * 0.95, view.Factor, 6);
        Assert.Equal(view.Standard * view.Factor, view.Value, 9);
        Assert.Equal([("a", "false", "甲", 1, 1.15), ("b", "true", "乙", 1.15, 1.0925)], view.Moves.Select(m => (m.AlertId, m.Verdict, m.By, m.From, m.To)));
    }

    [Fact]
    public void The_same_mark_again_counts_once_and_one_taken_back_leaves_no_trace()
    {
        for (var i = 0; i < 3; i++) Mark("a", AlertVerdict.False);
        Assert.Single(_desk.Thresholds.History("rv-1", "novelty-level"));
        Mark("a", AlertVerdict.True);
        Assert.Equal(0.95, Factor, 6);
    }

    [Fact]
    public void A_mark_that_is_taken_back_takes_its_move_back_and_the_history_says_who()
    {
        Mark("a", null);
        Assert.Empty(_desk.Thresholds.History("rv-1", Rule));
        Mark("a", AlertVerdict.False);
        Mark("b", AlertVerdict.True);
        for (var again = 0; again < 2; again++) Mark("a", null, "乙");
        Assert.Equal(0.95, Factor, 6);
        Assert.Equal(("a", "none", "乙", 1.0925, 0.95), _desk.Thresholds.History("rv-1", Rule).Skip(2).Select(m => (m.AlertId, m.Verdict, m.By, m.From, m.To)).Single());
        _desk.Open();
        Mark("a", AlertVerdict.False);
        Assert.Equal((1.0925, 4), (Factor, _desk.Thresholds.History("rv-1", Rule).Count));
    }

    [Fact]
    public void One_of_many_marks_at_the_bound_is_taken_back_within_it()
    {
        for (var i = 0; i < 8; i++) Mark($"f{i}", AlertVerdict.False);
        Mark("t", AlertVerdict.True);
        Mark("f0", null);
        Assert.Equal(2 * 0.95, Factor, 6);
        for (var i = 1; i < 8; i++) Mark($"f{i}", null);
        Assert.Equal(0.95, Factor, 6);
    }

    [Fact]
    public void However_often_it_is_marked_it_stays_within_its_bounds()
    {
        for (var i = 0; i < 30; i++) Mark($"f{i}", AlertVerdict.False);
        Assert.Equal(Threshold.FactorMax, Factor);
        for (var i = 0; i < 90; i++) Mark($"t{i}", AlertVerdict.True);
        Assert.Equal(Threshold.FactorMin, Factor);
    }

    [Fact]
    public void It_survives_a_restart_and_is_one_sensors_alone()
    {
        Mark("a", AlertVerdict.False);
        _desk.Open();
        Assert.Equal(1.15, Factor, 6);
        Assert.Equal(1, _desk.Thresholds.Of(Some.Station(LuohuIOC.DeviceProtocol.SensorKind.River, "rv-2"), "novelty-level").Factor);
    }

    [Fact]
    public void Marks_of_threshold_rules_move_nothing()
    {
        Mark("a", AlertVerdict.False, rule: "river-rise");
        Assert.Empty(_desk.Thresholds.History("rv-1", "river-rise"));
    }

    [Fact]
    public void A_raised_threshold_holds_back_what_was_an_alert()
    {
        var detector = _desk.Detectors.For(DetectorDesk.River())!;
        _desk.Levels(detector, 600);
        _desk.Thresholds.Of(DetectorDesk.River(), "novelty-level").Factor = 100;
        for (var i = 0; i < 4; i++) _desk.Level(detector, 4.5 + (i * 0.3));
        Assert.Empty(_desk.Changes);
    }

    [Fact]
    public async Task A_mark_on_one_host_moves_the_threshold_on_the_others_and_marks_on_two_both_count()
    {
        await using var database = new PostgresDatabase(await postgres.Server.NewDatabaseAsync());
        var (a, b) = (Shared(database), Shared(database));
        // The grain's object: it stays the same.
        var there = b.Of(DetectorDesk.River(), Rule);
        a.Marked(Alert("x", AlertVerdict.False), AlertVerdict.False, "甲");
        Assert.Equal(1, there.Factor);
        b.Refresh();
        Assert.Equal(1.15, there.Factor, 6);
        // The officer's browser asks again by the other host.
        b.Marked(Alert("x", AlertVerdict.False), AlertVerdict.False, "甲");
        b.Marked(Alert("y", AlertVerdict.False, minute: 1), AlertVerdict.False, "甲");
        a.Refresh();
        Assert.Equal(1.15 * 1.15, a.Of(DetectorDesk.River(), Rule).Factor, 6);
        Assert.Equal(["x", "y"], a.History("rv-1", Rule).Select(m => m.AlertId));
        Assert.Equal(there.Factor, Shared(database).Of(DetectorDesk.River(), Rule).Factor);
    }

    [Fact]
    public async Task A_mark_is_taken_back_on_another_host_than_it_was_given_on()
    {
        await using var database = new PostgresDatabase(await postgres.Server.NewDatabaseAsync());
        var (a, b) = (Shared(database), Shared(database));
        a.Marked(Alert("x", AlertVerdict.False), AlertVerdict.False, "甲");
        b.Marked(Alert("x", null), null, "乙");
        a.Refresh();
        Assert.Equal((1, 1), (a.Of(DetectorDesk.River(), Rule).Factor, b.Of(DetectorDesk.River(), Rule).Factor));
        Assert.Equal([("false", "甲"), ("none", "乙")], a.History("rv-1", Rule).Select(m => (m.Verdict, m.By)));
    }

    [Fact]
    public async Task Marks_in_the_files_of_hosts_that_did_not_share_them_are_taken_over_once()
    {
        Mark("x", AlertVerdict.False);
        Mark("x", AlertVerdict.True);
        Mark("x", AlertVerdict.False, minute: 2);
        await using var database = new PostgresDatabase(await postgres.Server.NewDatabaseAsync());
        Shared(database).Marked(Alert("y", AlertVerdict.False, minute: 3), AlertVerdict.False, "甲");
        for (var start = 0; start < 2; start++) Assert.Equal(1.15 * 1.15, Shared(database).Of(DetectorDesk.River(), Rule).Factor, 6);
        Assert.Equal(["x", "x", "x", "y"], Shared(database).History("rv-1", Rule).Select(m => m.AlertId));
    }

    [Fact]
    public async Task A_mark_that_is_taken_over_does_not_replace_a_newer_one()
    {
        await using var database = new PostgresDatabase(await postgres.Server.NewDatabaseAsync());
        Shared(database).Marked(Alert("x", AlertVerdict.True, minute: 9), AlertVerdict.True, "甲");
        Mark("x", AlertVerdict.False);
        Assert.Equal(0.95, Shared(database).Of(DetectorDesk.River(), Rule).Factor, 6);
    }

    private const string Rule = "novelty-level";

    private Thresholds Shared(PostgresDatabase database) => new(database, _desk.File, _desk.Options);

    private double Factor => _desk.Thresholds.Of(DetectorDesk.River(), "novelty-level").Factor;

    private void Mark(string alert, AlertVerdict? verdict, string actor = "甲", string rule = Rule, int minute = 0) =>
        _desk.Thresholds.Marked(Alert(alert, verdict, actor, rule, minute), verdict, actor);

    private static AlertView Alert(string id, AlertVerdict? verdict, string actor = "甲", string rule = Rule, int minute = 0) =>
        new()
        {
            Id = id,
            SensorId = "rv-1",
            SensorName = "",
            Kind = "river",
            Street = "",
            Rule = rule,
            RuleName = "",
            Severity = "blue",
            Worst = "blue",
            State = "closed",
            Metric = "level",
            Unit = "m",
            ObservedAt = DateTimeOffset.UnixEpoch,
            RaisedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch.AddMinutes(minute),
            Version = 3,
            MarkedBy = verdict is null ? null : actor,
            MarkedAt = verdict is null ? null : DateTimeOffset.UnixEpoch.AddMinutes(minute),
            Verdict = verdict is { } said ? AlertWords.Of(said) : null,
        };
}

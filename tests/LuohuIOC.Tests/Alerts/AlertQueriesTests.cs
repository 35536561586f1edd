using LuohuIOC.Alerts;
using LuohuIOC.Storage;
using LuohuIOC.Tests.Storage;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

/// <summary>Five alerts of a night: one ended early, one closed by a person while it held, one ended late, one that holds, and one raised late.</summary>
public sealed class AlertQueriesTests
{
    [Theory]
    [InlineData(0, 1000, "cleared-at-100,closed-at-200,cleared-at-300,holds,raised-at-400")]
    [InlineData(100, 1000, "cleared-at-100,closed-at-200,cleared-at-300,holds,raised-at-400")]
    [InlineData(101, 1000, "closed-at-200,cleared-at-300,holds,raised-at-400")]
    [InlineData(200, 400, "closed-at-200,cleared-at-300,holds")]
    [InlineData(201, 401, "cleared-at-300,holds,raised-at-400")]
    [InlineData(301, 302, "holds")]
    [InlineData(900, 1000, "holds,raised-at-400")]
    public async Task Alerts_are_found_by_the_time_in_which_they_held(int from, int to, string expected)
    {
        await using var night = new StoreFixture();
        await Night(night);
        Assert.Equal(expected, Held(night, from, to));
    }

    [Fact]
    public async Task So_they_are_in_the_ledger_of_several_hosts()
    {
        await using var server = new PostgresServer();
        await server.StartAsync();
        await using var database = new PostgresDatabase(await server.NewDatabaseAsync());
        await using var night = new StoreFixture(database);
        await Night(night);
        Assert.Equal("closed-at-200,cleared-at-300,holds", Held(night, 200, 400));
        Assert.Equal("holds,raised-at-400", Held(night, 900, 1000));
    }

    [Fact]
    public async Task Pages_of_what_held_follow_each_other()
    {
        await using var night = new StoreFixture();
        await Night(night);
        var filter = new AlertFilter { HeldFromMs = At(150), Limit = 3 };
        var (first, next) = night.Queries.List(filter);
        var (rest, none) = night.Queries.List(filter with { After = next });
        Assert.Equal(["raised-at-400", "holds", "cleared-at-300", "closed-at-200"], first.Concat(rest).Select(alert => alert.Subject.SensorId));
        Assert.Null(none);
    }

    /// <summary>A ledger of years must not be read to its beginning for a night.</summary>
    [Fact]
    public async Task What_held_is_looked_for_by_its_end()
    {
        await using var night = new StoreFixture();
        using var connection = night.Database.Open();
        using var plan = connection.CreateCommand();
        var (sql, parameters) = night.Queries.Statement(new AlertFilter { HeldFromMs = At(200), HeldToMs = At(400) });
        plan.CommandText = $"EXPLAIN QUERY PLAN {sql}";
        foreach (var name in parameters.ParameterNames)
        {
            var parameter = plan.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, parameters.Get<object>(name));
            plan.Parameters.Add(parameter);
        }
        using var reader = plan.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Contains("SEARCH alert USING INDEX alert_by_end (<expr>>?)", reader.GetString(3));
    }

    /// <summary>What came late tells of the time at which it was measured.</summary>
    [Fact]
    public async Task What_an_alert_covers_is_told_by_the_times_of_its_readings()
    {
        await using var night = new StoreFixture();
        await Life(night, "late", 1, (Cleared(100), 160));
        await Life(night, "back", 2, (Cleared(100), 100), (new AlertCommand.Observe(Some.Subject("back"), Some.Change(Severity.Red, 150)), 150));
        await Life(night, "closed", 3, (new AlertCommand.Close(Request("closed", 3, "现场已处置")), 200));
        AlertSpan Span(bool isOpen, int from, int? to) => new(Some.Rule, "depth", null, isOpen, At(from), to is { } second ? At(second) : null);
        Assert.Equal([Span(true, 1, 100)], night.Queries.SpansOf("late", Some.Now));
        Assert.Equal([Span(true, 2, null)], night.Queries.SpansOf("back", Some.Now));
        Assert.Equal([Span(false, 3, 200)], night.Queries.SpansOf("closed", Some.Now));
        Assert.Empty(night.Queries.SpansOf("closed", Some.Now.AddSeconds(201)));
    }

    private static long At(int second) => Some.Now.AddSeconds(second).ToUnixTimeMilliseconds();

    private static string Held(StoreFixture night, int from, int to) => string.Join(
        ',', night.Queries.List(new AlertFilter { HeldFromMs = At(from), HeldToMs = At(to) }).Items.Reverse().Select(alert => alert.Subject.SensorId));

    private static async Task Night(StoreFixture night)
    {
        await Life(night, "cleared-at-100", 1, (Cleared(100), 100));
        await Life(night, "closed-at-200", 2, (new AlertCommand.Close(Request("closed-at-200", 2, "\"clearedAt\":\"2030-01-01\"")), 200));
        await Life(night, "cleared-at-300", 3, (Cleared(300), 300));
        await Life(night, "holds", 4);
        await Life(night, "raised-at-400", 400);
    }

    private static AlertCommand.Observe Cleared(int second) => new(Some.Subject("cleared"), Some.Change(null, second));

    private static AlertRequest Request(string sensor, int raised, string comment) =>
        new(Alert.IdOf(sensor, Some.Change(Severity.Orange, raised)), "值班员甲", comment, null);

    private static async Task Life(StoreFixture night, string sensor, int raised, params (AlertCommand Command, int Second)[] steps)
    {
        var watch = new RuleWatch(Some.Rule);
        Alert? alert = null;
        foreach (var (command, second) in steps.Prepend((new AlertCommand.Observe(Some.Subject(sensor), Some.Change(Severity.Orange, raised)), raised)))
        {
            var step = AlertLifecycle.Step(watch, command, Some.Now.AddSeconds(second), TimeSpan.FromHours(24));
            Assert.Equal(AlertRefusal.None, step.Refusal);
            alert = step.Events.Aggregate(alert, (current, happened) => happened.Apply(current));
            watch = step.Watch;
            await night.Store.AppendAsync([new AlertSave(sensor, watch, step.Events, alert)]);
        }
    }
}

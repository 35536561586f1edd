using LuohuIOC.Alerts;
using LuohuIOC.Identity;
using LuohuIOC.Registry;
using LuohuIOC.Storage;
using LuohuIOC.Tests.Http;
using LuohuIOC.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.Alerts;

/// <summary>A host of several, whose PostgreSQL is killed and comes back.</summary>
public sealed class LedgerAwayTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PostgresServer _postgres = new();
    private string _database = "";
    private WebHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        await _postgres.StartAsync();
        _database = await _postgres.NewDatabaseAsync();
        _host = await WebHost.StartAsync([$"--Cluster:PostgreSql={_database}", $"--Cluster:SiloPort={Ports.Next()}"], Add, app => app.MapAlerts());
        Services.GetRequiredService<SensorRegistry>().AutoRegister("wl-001", "gw-1");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Fact]
    public async Task A_sensors_first_alert_reaches_walls_at_once_and_the_ledger_when_it_is_back()
    {
        using var officer = _host.ClientAs(Role.DutyOfficer);
        await _postgres.KillAsync();
        var stored = ObserveAsync(Some.Change(Severity.Orange, 1));
        Shows("the first alert", a => a is { SensorId: "wl-001", Severity: "orange" });
        var worse = ObserveAsync(Some.Change(Severity.Orange, 1), Some.Change(Severity.Red, 2));
        Shows("the next step", a => a is { SensorId: "wl-001", Severity: "red", Version: 2 });
        Assert.False(stored.IsCompleted || worse.IsCompleted);
        var shown = Assert.Single(Board.Open);
        // What an officer would decide needs what is written.
        Assert.Equal(503, (int)(await officer.Post($"/api/v1/alerts/{shown.Id}/acknowledge", "{}")).StatusCode);

        await _postgres.StartAsync();
        await Task.WhenAll(stored, worse).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(shown, AlertView.Of(Assert.Single(Queries.Open())));
        Assert.Equal(shown, Assert.Single(Board.Open));
        Assert.Equal(200, (int)(await officer.Post($"/api/v1/alerts/{shown.Id}/acknowledge", "{}")).StatusCode);
        Assert.True(Services.GetRequiredService<AlertChain>().Verify().Intact);
    }

    [Fact]
    public async Task Where_the_ledger_has_an_open_alert_of_the_rule_it_goes_on_and_no_second_one_is_raised()
    {
        string known;
        await using (var other = new PostgresDatabase(_database))
        {
            await using var host = new StoreFixture(other);
            await host.DoAsync(Some.Observed(Severity.Yellow, 1));
            known = host.Watch.Open!.Id;
        }
        await _postgres.KillAsync();
        var stored = ObserveAsync(Some.Change(Severity.Red, 2));
        Shows("an alert", a => a is { SensorId: "wl-001", Severity: "red" });

        await _postgres.StartAsync();
        await stored.WaitAsync(Patience, TestContext.Current.CancellationToken);
        var open = Assert.Single(Queries.Open());
        Assert.Equal((known, 2, Severity.Red), (open.Id, open.Version, open.Severity));
        Assert.Equal(AlertView.Of(open), Assert.Single(Board.Open));
        Assert.True(Services.GetRequiredService<AlertChain>().Verify().Intact);
    }

    /// <summary>Two hosts that each have a grain of the sensor, as in a partition.</summary>
    [Fact]
    public async Task The_ledger_takes_no_second_open_alert_of_a_rule()
    {
        await using var other = new PostgresDatabase(_database);
        await using var host = new StoreFixture(other);
        await ObserveAsync(Some.Change(null, 1));
        await host.DoAsync(Some.Observed(Severity.Yellow, 2));
        await Assert.ThrowsAnyAsync<Exception>(() => ObserveAsync(Some.Change(Severity.Orange, 3)));
        // The sensor tells again, and its alerts begin again from what is written.
        await ObserveAsync(Some.Change(Severity.Orange, 3));
        var open = Assert.Single(Queries.Open());
        Assert.Equal((host.Watch.Open!.Id, Severity.Orange), (open.Id, open.Severity));
        Assert.True(Services.GetRequiredService<AlertChain>().Verify().Intact);
    }

    private static void Add(WebApplicationBuilder builder)
    {
        // The silo's own timers need a clock that runs.
        builder.Services.AddSingleton(TimeProvider.System);
        builder.AddSilo();
        builder.AddAlerts();
    }

    private IServiceProvider Services => _host.Services;

    private AlertBoard Board => Services.GetRequiredService<AlertBoard>();

    private Task ObserveAsync(params RuleChange[] changes) => Services.GetRequiredService<IGrainFactory>().GetGrain<IAlertGrain>("wl-001").Observe(changes);

    private AlertQueries Queries => Services.GetRequiredService<AlertQueries>();

    private void Shows(string what, Func<AlertView, bool> isIt) =>
        Assert.True(SpinWait.SpinUntil(() => Board.Open.Any(isIt), Patience), $"The wall does not show {what} while PostgreSQL is away.");
}

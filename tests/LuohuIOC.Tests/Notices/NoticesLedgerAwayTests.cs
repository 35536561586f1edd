using LuohuIOC.Alerts;
using LuohuIOC.Notices;
using LuohuIOC.Registry;
using LuohuIOC.Storage;
using LuohuIOC.Tests.Alerts;
using LuohuIOC.Tests.Http;
using LuohuIOC.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.Notices;

/// <summary>A host of several, whose PostgreSQL is killed and comes back.</summary>
public sealed class NoticesLedgerAwayTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task People_are_told_once_while_the_ledger_is_away_and_the_record_has_it_when_it_is_back()
    {
        await using var postgres = new PostgresServer();
        await postgres.StartAsync();
        await using var mail = MailServer.Start();
        await using var host = await WebHost.StartAsync(
            [
                $"--Cluster:PostgreSql={await postgres.NewDatabaseAsync()}", $"--Cluster:SiloPort={Ports.Next()}", "--Notices:LookEvery=00:00:02", "--Notices:Every=00:00:00", "--Notices:SurveyPatience=00:00:00", "--Notices:Grace=00:00:00",
                "--Notices:Mail:Host=127.0.0.1", $"--Notices:Mail:Port={mail.Port}", "--Notices:Mail:Security=None", "--Notices:Mail:From=ioc@luohu.test", "--Notices:Policies:0:Name=值班长", "--Notices:Policies:0:To:0=chief@luohu.test",
            ],
            builder =>
            {
                builder.Services.AddSingleton(TimeProvider.System);
                builder.AddSilo();
                builder.AddAlerts();
                builder.AddNotices();
            },
            app => app.MapAlerts());
        var board = host.Services.GetRequiredService<AlertBoard>();
        host.Services.GetRequiredService<SensorRegistry>().AutoRegister("wl-001", "gw-1");
        await postgres.KillAsync();
        var stored = host.Services.GetRequiredService<IGrainFactory>().GetGrain<IAlertGrain>("wl-001").Observe([Some.Change(Severity.Orange, 1)]);
        Assert.True(SpinWait.SpinUntil(() => mail.Messages.Count == 1, Patience), "Nobody was told while PostgreSQL was away.");
        Assert.False(stored.IsCompleted);

        await postgres.StartAsync();
        await stored.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.True(SpinWait.SpinUntil(() => board.Open.Single().Notices is not null, Patience), "The record never had it.");
        Assert.Equal([("chief@luohu.test", true)], board.Open.Single().Notices!.Select(notice => (notice.To, notice.Delivered)));
        Assert.Single(mail.Messages);
        var chain = host.Services.GetRequiredService<AlertChain>();
        Assert.True(SpinWait.SpinUntil(() => chain.Verify() is { Intact: true, Events: 2 }, Patience), "The chain is not of two events, or broken.");
    }
}

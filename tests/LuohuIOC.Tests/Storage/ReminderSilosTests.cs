using System.Collections.Concurrent;
using System.Diagnostics;
using LuohuIOC.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using Xunit;

namespace LuohuIOC.Tests.Storage;

/// <summary>A grain that is reminded, for the test below.</summary>
[Alias("luohu.tests.alarm-clock")]
public interface IAlarmClock : IGrainWithStringKey
{
    [Alias("wind")]
    Task Wind(TimeSpan due, TimeSpan period);
}

/// <summary>Notes each reminder: which grain, which of its times, and in which silo. Placed by chance, so that both silos have some.</summary>
[RandomPlacement]
public sealed class AlarmClock(ILocalSiloDetails silo) : Grain, IAlarmClock, IRemindable
{
    public static ConcurrentQueue<(string Grain, long Time, SiloAddress Silo)> Rung { get; } = new();

    public Task Wind(TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder("ring", due, period);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        // A timer may ring late, on a busy machine by much, and a little early.
        var since = status.CurrentTickTime - status.FirstTickTime + TimeSpan.FromMilliseconds(100);
        Rung.Enqueue((this.GetPrimaryKeyString(), (long)Math.Floor(since / status.Period), silo.SiloAddress));
        return Task.CompletedTask;
    }
}

/// <summary>Reminders of two silos, as the product makes them, on one table: each rings once for each time, and goes on when its silo has gone.</summary>
[Collection(SharedPostgres.Collection)]
public sealed class ReminderSilosTests(SharedPostgres postgres)
{
    private const int Clocks = 24;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task A_reminder_of_two_silos_rings_once_for_each_time_and_goes_on_when_one_silo_has_gone()
    {
        var database = await postgres.Server.NewDatabaseAsync();
        await using var first = await StartAsync(database);
        var second = await StartAsync(database);
        var run = Guid.NewGuid().ToString("N");
        var silos = first.Services.GetRequiredService<ISiloStatusOracle>();
        var manifests = first.Services.GetRequiredService<IClusterManifestProvider>();
        // Where a grain may live is known a little later than who lives.
        await UntilAsync(() => silos.GetApproximateSiloStatuses(onlyActive: true).Count == 2 && manifests.Current.Silos.Count == 2, run);
        for (var i = 0; i < Clocks; i++)
            await first.Services.GetRequiredService<IGrainFactory>().GetGrain<IAlarmClock>($"{run}-{i}").Wind(TimeSpan.FromSeconds(1), Period);
        await UntilAsync(() => RungOf(run).All(times => times.Count >= 3), run);
        var gone = second.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        await second.StopAsync(TestContext.Current.CancellationToken);
        await second.DisposeAsync();
        var before = RungOf(run);
        await UntilAsync(() => RungOf(run).Zip(before).All(times => times.First.Count >= times.Second.Count + 2), run);

        foreach (var times in RungOf(run)) Assert.Equal(times.Distinct(), times);
        Assert.Contains(AlarmClock.Rung, r => r.Grain.StartsWith(run, StringComparison.Ordinal) && r.Silo.Equals(gone));
    }

    private static List<List<long>> RungOf(string run) =>
        [.. Enumerable.Range(0, Clocks).Select(i => AlarmClock.Rung.Where(r => r.Grain == $"{run}-{i}").Select(r => r.Time).ToList())];

    private static async Task<WebApplication> StartAsync(string database)
    {
        var builder = WebApplication.CreateSlimBuilder([$"--Cluster:PostgreSql={database}", $"--Cluster:SiloPort={Ports.Next()}", "--Cluster:ProbeTimeout=00:00:10"]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddSilo();
        // A minute is the least that Orleans takes unless told otherwise.
        builder.Services.Configure<ReminderOptions>(o => (o.MinimumReminderPeriod, o.RefreshReminderListPeriod) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)));
        var app = builder.Build();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private static async Task UntilAsync(Func<bool> condition, string run)
    {
        var started = Stopwatch.GetTimestamp();
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(90))
                Assert.Fail($"Reminders did not ring; so often they did: {string.Join(' ', RungOf(run).Select(t => t.Count))}");
            await look.WaitForNextTickAsync();
        }
    }
}

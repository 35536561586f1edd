using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Xunit;

namespace LuohuIOC.Tests.Storage;

/// <summary>A process that writes is killed in the middle of it: what it was told to be stored is there, whole.</summary>
public abstract class CrashContract
{
    private protected abstract Task<string> NewStoreAsync();

    /// <summary>Kills whatever else the store is made of, and starts it again.</summary>
    private protected virtual Task KillStoreAsync() => Task.CompletedTask;

    [Fact]
    public async Task Killed_in_mid_write_every_acknowledged_state_and_reminder_is_there_and_whole()
    {
        await using var site = new StoreSite(await NewStoreAsync());
        foreach (var round in Enumerable.Range(1, 3))
        {
            var acknowledged = await WriteUntilKilledAsync(site, 40 * round + 17 * round * round);
            await site.StartAsync();
            foreach (var (grain, count) in acknowledged)
            {
                var held = new Held();
                await site.Grains.ReadStateAsync(CrashWriter.Name, CrashWriter.Id(grain), held);
                Assert.True(held.State.IsWhole, $"the state of grain {grain} is torn at {held.State.Count}");
                Assert.InRange(held.State.Count, count, count + 1);
                var reminder = await site.Reminders.ReadRow(CrashWriter.Id(grain), CrashWriter.Name);
                Assert.InRange(reminder!.Period.TotalMinutes, count, count + 1);
            }
            await site.StopAsync();
        }
    }

    private async Task<Dictionary<int, int>> WriteUntilKilledAsync(StoreSite site, int acknowledgements)
    {
        var acks = Path.GetTempFileName();
        var output = new ConcurrentQueue<string?>();
        var writer = CrashWriter.Launch(site.Settings, acks, output.Enqueue);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var started = Stopwatch.GetTimestamp();
        while (File.ReadLines(acks).Count() < acknowledgements)
        {
            if (writer.HasExited)
            {
                // Its last words, too.
                await writer.WaitForExitAsync();
                // A silo's life is told by its address and the second of its start: one that comes up at once in the place of another ends again,
                // and whoever looks after it starts it again.
                Assert.True(output.Any(line => line?.Contains("told I am dead", StringComparison.Ordinal) == true), $"the writer ended by itself:\n{string.Join('\n', output)}");
                output.Clear();
                writer.Dispose();
                writer = CrashWriter.Launch(site.Settings, acks, output.Enqueue);
            }
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(3), $"no {acknowledgements} acknowledgements of the writer within 3 minutes");
            await look.WaitForNextTickAsync();
        }
        await KillStoreAsync();
        writer.Kill(entireProcessTree: true);
        await writer.WaitForExitAsync();
        writer.Dispose();
        // The last line may be torn: then nobody was told.
        var lines = (await File.ReadAllTextAsync(acks)).Split('\n')[..^1];
        File.Delete(acks);
        return lines.Select(l => l.Split(' ')).GroupBy(l => int.Parse(l[0], CultureInfo.InvariantCulture)).ToDictionary(g => g.Key, g => int.Parse(g.Last()[1], CultureInfo.InvariantCulture));
    }
}

/// <summary>The writer of <see cref="CrashContract"/>: this test program again, as a process of its own that runs this one test.</summary>
public sealed class CrashWriter
{
    public const string Name = "tally";
    private const string SettingsVariable = "LUOHU_CRASH_SETTINGS";
    private const string AcksVariable = "LUOHU_CRASH_ACKS";

    public static GrainId Id(int grain) => GrainId.Create("sensor", $"crash-{grain}");

    public static Process Launch(IReadOnlyList<string> settings, string acks, Action<string?> tell)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CrashWriter).Assembly.Location, "--explicit", "only", "--filter-method", $"*{nameof(Writes_until_it_is_killed)}"])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        (start.Environment[SettingsVariable], start.Environment[AcksVariable]) = (string.Join('\n', settings), acks);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => tell(line.Data);
        process.ErrorDataReceived += (_, line) => tell(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    [Fact(Explicit = true)]
    public async Task Writes_until_it_is_killed()
    {
        var settings = Environment.GetEnvironmentVariable(SettingsVariable) ?? throw new InvalidOperationException("This is the child of another test.");
        await using var app = await StoreSite.StartAsync(settings.Split('\n'));
        var (store, reminders) = (app.Services.GetRequiredKeyedService<IGrainStorage>(LuohuIOC.Storage.Silo.Grains), app.Services.GetRequiredService<IReminderTable>());
        var noon = new DateTime(2026, 6, 1, 12, 0, 0, DateTimeKind.Utc);
        await using var acks = new FileStream(Environment.GetEnvironmentVariable(AcksVariable)!, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(grain => Task.Run(async () =>
        {
            var held = new Held();
            await store.ReadStateAsync(Name, Id(grain), held);
            while (true)
            {
                held.State = Tally.Of(held.State.Count + 1);
                await store.WriteStateAsync(Name, Id(grain), held);
                await reminders.UpsertRow(new ReminderEntry { GrainId = Id(grain), ReminderName = Name, StartAt = noon, Period = TimeSpan.FromMinutes(held.State.Count) });
                lock (acks)
                {
                    acks.Write(System.Text.Encoding.ASCII.GetBytes($"{grain} {held.State.Count}\n"));
                    acks.Flush();
                }
            }
        })));
    }
}

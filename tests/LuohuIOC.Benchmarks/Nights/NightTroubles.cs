using LuohuIOC.Benchmarks.Ladder;
using LuohuIOC.Tests.Storage;
using Npgsql;

namespace LuohuIOC.Benchmarks.Nights;

/// <summary>What goes wrong in a bad night, one trouble after the other, drawn by a seed: hosts that are killed, stopped, frozen, and a database that is killed or locked.</summary>
internal sealed class NightTroubles(IReadOnlyList<ServedRung> hosts, PostgresServer server, string database, int seed)
{
    private static readonly string[] Tables = ["alert", "rule_watch", "grain_state"];
    private readonly Random _random = new(seed);
    private readonly List<(DateTimeOffset At, string What)> _log = [];

    /// <summary>What was done and when.</summary>
    public IReadOnlyList<(DateTimeOffset At, string What)> Log => _log;

    /// <summary>Until it is stopped; then all are up again.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await PauseAsync(3, 12);
            var (host, trouble) = (_random.Next(hosts.Count), _random.Next(7));
            await (trouble switch
            {
                0 or 1 => KilledAsync(host, locks: false),
                2 => KilledAsync(host, locks: true),
                3 => StoppedAsync(host),
                4 => FrozenAsync(host),
                5 => DatabaseAwayAsync(),
                _ => LockedAsync(() => PauseAsync(0.5, 6)),
            });
        }
    }

    private async Task KilledAsync(int host, bool locks)
    {
        async Task Kill()
        {
            if (locks) await PauseAsync(0, 2);
            await hosts[host].KillAsync();
            Note($"host {host} killed");
        }
        if (locks) await LockedAsync(Kill);
        else await Kill();
        await BackAsync(host, 20);
    }

    private async Task StoppedAsync(int host)
    {
        Note($"host {host} is asked to end");
        await hosts[host].SignalAsync("TERM");
        await hosts[host].EndedAsync();
        await BackAsync(host, 5);
    }

    private async Task BackAsync(int host, double longest)
    {
        await PauseAsync(0, longest);
        Note($"host {host} started");
        await hosts[host].StartAgainAsync();
        Note($"host {host} ready");
    }

    private async Task FrozenAsync(int host)
    {
        Note($"host {host} frozen");
        await hosts[host].SignalAsync("STOP");
        await PauseAsync(0.5, 4);
        await hosts[host].SignalAsync("CONT");
        Note($"host {host} goes on");
    }

    private async Task DatabaseAwayAsync()
    {
        Note("database killed");
        await server.KillAsync();
        await PauseAsync(0, 6);
        await server.StartAsync();
        Note("database ready");
    }

    /// <summary>A table cannot be written meanwhile.</summary>
    private async Task LockedAsync(Func<Task> meanwhile)
    {
        var table = Tables[_random.Next(Tables.Length)];
        await using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var locked = new NpgsqlCommand($"LOCK TABLE {table} IN SHARE MODE", connection);
        await locked.ExecuteNonQueryAsync();
        Note($"{table} locked");
        await meanwhile();
        Note($"{table} free");
    }

    private Task PauseAsync(double least, double most) => Task.Delay(TimeSpan.FromSeconds(least + _random.NextDouble() * (most - least)));

    private void Note(string what) => _log.Add((DateTimeOffset.UtcNow, what));
}

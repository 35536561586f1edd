using LuohuIOC.Simulator.Load;
using LuohuIOC.Tests.Storage;

namespace LuohuIOC.Benchmarks.Ladder;

/// <summary>What the hosts of a city and their database have used since they were started, seconds where it is time.</summary>
internal readonly record struct SilosUse(CoreTime Hosts, CoreTime Database, double Commits, double Collections, double Pause, double Compiling)
{
    public static async Task<SilosUse> OfAsync(List<ServedRung> hosts, PostgresServer? server)
    {
        async Task<double> Sum(string metric) => (await Task.WhenAll(hosts.Select(h => h.MetricAsync(metric)))).Sum();
        return new SilosUse(
            CoreTime.Of(hosts.Select(h => h.ProcessId)), server is null ? default : CoreTime.Of(CoreTime.Family($"port={server.Port}")),
            await Sum("luohu_journal_commits_total"), await Sum("dotnet_gc_collections_total"), await Sum("dotnet_gc_pause_time_seconds_total"),
            await Sum("dotnet_jit_compilation_time_seconds_total"));
    }

    public static SilosUse operator -(SilosUse a, SilosUse b) =>
        new(a.Hosts - b.Hosts, a.Database - b.Database, a.Commits - b.Commits, a.Collections - b.Collections, a.Pause - b.Pause, a.Compiling - b.Compiling);
}

/// <summary>One round of load and what it took.</summary>
internal sealed record SilosRound(SilosUse Used, LoadSummary Sent)
{
    /// <summary>Means over the rounds, in the order of the table's columns.</summary>
    public static double[] Figures(List<SilosRound> rounds)
    {
        var (messages, seconds) = (rounds.Sum(r => r.Sent.Messages), rounds.Sum(r => r.Sent.Seconds));
        double PerMessage(Func<SilosUse, double> of) => rounds.Sum(r => of(r.Used)) / messages;
        return
        [
            PerMessage(u => (u.Hosts.User + u.Hosts.Kernel).TotalMicroseconds), PerMessage(u => u.Hosts.Kernel.TotalMicroseconds), PerMessage(u => 1e6 * u.Compiling),
            PerMessage(u => (u.Database.User + u.Database.Kernel).TotalMicroseconds), messages / rounds.Sum(r => r.Used.Commits), PerMessage(u => u.Hosts.Switches),
            rounds.Sum(r => r.Used.Collections) / seconds, 1000 * rounds.Sum(r => r.Used.Pause) / seconds,
        ];
    }
}

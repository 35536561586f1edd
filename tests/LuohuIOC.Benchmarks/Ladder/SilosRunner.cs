using System.Globalization;
using LuohuIOC.Simulator.Load;
using LuohuIOC.Tests.Storage;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Ladder;

/// <summary>
/// <c>silos [SECONDS [READINGS [WARM-UP SECONDS [ROUNDS [SETTING …]]]]]</c>: the same fifty gateways as fast as acknowledgements come back, to one host alone, to one on PostgreSQL, to three on the
/// same PostgreSQL and the same processors, and to three that are no city. Beside the messages stands what they cost, and what of it the hosts spent compiling.
/// </summary>
internal static class SilosRunner
{
    private const int Gateways = 50;
    private const int Sensors = 1_000;
    /// <summary>
    /// A host compiles some 17,000 methods in its first minute of load, wakes the sensors that nobody sends for a quarter of a minute after the last host has come, and three on two
    /// processors need three times as long for it.
    /// </summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(1);

    public const int Rounds = 3;

    public static async Task<int> RunAsync(TimeSpan duration, int[] readings, TimeSpan warmUp, int count, string[] settings)
    {
        await using var server = new PostgresServer();
        await server.StartAsync();
        // Three that know nothing of each other tell what three processes cost, whatever they do.
        (string Name, int Hosts, bool Shared)[] cities =
            [("one host, PostgreSQL", 1, true), ("three hosts, PostgreSQL", 3, true), ("three hosts, each alone", 3, false), ("one host, SQLite", 1, false)];
        var table = new Table().Border(TableBorder.Markdown).AddColumns(
            "city", "readings a message", "messages/s", "of one host on PostgreSQL", "lowest", "highest", "hosts µs a message", "in the kernel", "compiling", "PostgreSQL µs", "messages a commit",
            "switches a message", "collections/s", "pause ms/s");
        foreach (var each in readings)
        {
            var whole = 0.0;
            foreach (var (name, hosts, shared) in cities)
            {
                AnsiConsole.MarkupLineInterpolated($"[grey]{name}, {each} reading(s) a message …[/]");
                var rounds = await MeasureAsync(hosts, shared ? server : null, each, duration, warmUp, count, settings);
                var speeds = rounds.ConvertAll(r => r.Sent.MessagesPerSecond);
                if (whole == 0) whole = Median(speeds);
                string[] row =
                [
                    name, $"{each}", Text(Median(speeds), "#,0"), Text(100 * Median(speeds) / whole, "0") + " %", Text(speeds.Min(), "#,0"), Text(speeds.Max(), "#,0"),
                    .. SilosRound.Figures(rounds).Select(f => Text(f, "0.0")),
                ];
                // At once: the whole takes a quarter of an hour.
                AnsiConsole.MarkupLineInterpolated($"[grey]{string.Join(" | ", row)}; rounds: {string.Join(' ', speeds.Select(s => Text(s, "0")))}[/]");
                table.AddRow(row);
            }
        }
        AnsiConsole.Write(table);
        return 0;
    }

    private static async Task<List<SilosRound>> MeasureAsync(int count, PostgresServer? server, int readings, TimeSpan duration, TimeSpan warmUp, int wanted, string[] settings)
    {
        var hosts = new List<ServedRung>();
        try
        {
            var database = server is null ? null : await server.NewDatabaseAsync();
            for (var i = 0; i < count; i++) hosts.Add(await ServedRung.StartAsync(Rung.Published, database is null ? settings : [$"--Cluster:PostgreSql={database}", .. settings]));
            if (warmUp > TimeSpan.Zero) await LoadAsync(hosts, readings, warmUp);
            var rounds = new List<SilosRound>();
            while (rounds.Count < wanted)
            {
                var before = await SilosUse.OfAsync(hosts, server);
                var sent = await LoadAsync(hosts, readings, duration);
                rounds.Add(new SilosRound(await SilosUse.OfAsync(hosts, server) - before, sent));
            }
            return rounds;
        }
        finally
        {
            await Task.WhenAll(hosts.Select(h => h.DisposeAsync().AsTask()));
        }
    }

    /// <summary>Acknowledged messages a second, of all hosts together. One source for all: each would take a core's time of its own.</summary>
    private static async Task<LoadSummary> LoadAsync(List<ServedRung> hosts, int readings, TimeSpan duration)
    {
        using var source = new LoadSource(
            new LoadOptions
            {
                Ports = [.. hosts.Select(h => h.MqttPort)],
                Connections = Gateways,
                InFlight = 20,
                ReadingsPerMessage = readings,
                MetricsPerReading = 3,
                Duration = duration,
                Gateways = LoadGateway.Anonymous(Gateways, Sensors, 3),
            },
            TimeProvider.System);
        await source.ConnectAsync(CancellationToken.None);
        return await source.RunAsync(CancellationToken.None);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

using System.Globalization;
using LuohuIOC.Simulator.Load;
using LuohuIOC.Tests.Storage;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Ladder;

/// <summary>
/// <c>silos [SECONDS]</c>: the same fifty gateways as fast as acknowledgements come back, to one host alone, to one on PostgreSQL, to three on the same
/// PostgreSQL and the same processors, and to three that are no city, in turn.
/// </summary>
internal static class SilosRunner
{
    private const int Gateways = 50;
    private const int Sensors = 1_000;
    private const int Rounds = 3;

    public static async Task<int> RunAsync(TimeSpan duration)
    {
        await using var server = new PostgresServer();
        await server.StartAsync();
        // Three that know nothing of each other tell what three processes cost, whatever they do.
        (string Name, int Hosts, bool Shared)[] cities =
            [("one host, SQLite", 1, false), ("one host, PostgreSQL", 1, true), ("three hosts, PostgreSQL", 3, true), ("three hosts, each alone", 3, false)];
        var table = new Table().Border(TableBorder.Markdown).AddColumns("city", "readings a message", "messages/s, median", "of one host on PostgreSQL", "lowest", "highest");
        foreach (var readings in (int[])[1, 20])
        {
            var speeds = cities.Select(_ => new List<double>()).ToArray();
            // In turn, so that what else the machine does falls on all.
            for (var round = 0; round < Rounds; round++)
                for (var i = 0; i < cities.Length; i++)
                {
                    AnsiConsole.MarkupLineInterpolated($"[grey]{cities[i].Name}, {readings} reading(s) a message, round {round + 1} …[/]");
                    speeds[i].Add(await MeasureAsync(cities[i].Hosts, cities[i].Shared ? await server.NewDatabaseAsync() : null, readings, duration));
                }
            for (var i = 0; i < cities.Length; i++)
                table.AddRow(
                    cities[i].Name, $"{readings}", Text(Median(speeds[i]), "#,0"), Text(100 * Median(speeds[i]) / Median(speeds[1]), "0") + " %", Text(speeds[i].Min(), "#,0"),
                    Text(speeds[i].Max(), "#,0"));
        }
        AnsiConsole.Write(table);
        return 0;
    }

    private static async Task<double> MeasureAsync(int count, string? database, int readings, TimeSpan duration)
    {
        var hosts = new List<ServedRung>();
        try
        {
            for (var i = 0; i < count; i++) hosts.Add(await ServedRung.StartAsync(Rung.Published, database is null ? [] : [$"--Cluster:PostgreSql={database}"]));
            await LoadAsync(hosts, readings, duration);
            return await LoadAsync(hosts, readings, duration);
        }
        finally
        {
            await Task.WhenAll(hosts.Select(h => h.DisposeAsync().AsTask()));
        }
    }

    /// <summary>Acknowledged messages a second, of all hosts together. One source for all: each would take a core's time of its own.</summary>
    private static async Task<double> LoadAsync(List<ServedRung> hosts, int readings, TimeSpan duration)
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
        return (await source.RunAsync(CancellationToken.None)).MessagesPerSecond;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

using System.Diagnostics;
using System.Globalization;
using LuohuIOC.Simulator.Load;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Ladder;

/// <summary><c>capacity</c>: start to ready with the default registry, and resident memory with 100,000 registered and active sensors.</summary>
internal static class CapacityRunner
{
    private const int Sensors = 100_000;
    private const int Rounds = 10;

    public static async Task<int> RunAsync()
    {
        var table = new Table().Border(TableBorder.Markdown).AddColumns("what", "figure");
        await using (var fresh = await ServedRung.StartAsync(Rung.Published))
        {
            table.AddRow("start → ready, first start (makes the district and its secrets)", Seconds(fresh.ReadyAfter));
            table.AddRow("resident at ready, default registry", Megabytes(fresh));
        }

        await using var host = await ServedRung.StartAsync(Rung.Published);
        var readings = 0L;
        for (var round = 0; round < Rounds; round++) readings += await SendAsync(host);
        var stored = Stopwatch.GetTimestamp();
        while ((await host.GetAsync("readings/count")).GetProperty("count").GetInt64() < readings && Stopwatch.GetElapsedTime(stored) < TimeSpan.FromMinutes(2))
            await Task.Delay(100);
        table.AddRow($"resident, {Sensors:#,0} sensors beside the default registry, {readings / Sensors} readings each, just sent", Megabytes(host));
        await Task.Delay(TimeSpan.FromSeconds(40));
        table.AddRow("resident 40 s later, states saved", Megabytes(host));
        AnsiConsole.Write(table);
        return 0;
    }

    // Every sensor once or more: 100,000 of them in messages of twenty.
    private static async Task<long> SendAsync(ServedRung host)
    {
        using var source = new LoadSource(
            new LoadOptions
            {
                Port = host.MqttPort,
                Connections = 50,
                InFlight = 20,
                ReadingsPerMessage = 20,
                MessagesPerSecond = Sensors / 20 / 5,
                Duration = TimeSpan.FromSeconds(6),
                Gateways = LoadGateway.Anonymous(50, Sensors, 3),
            },
            TimeProvider.System);
        await source.ConnectAsync(CancellationToken.None);
        return (await source.RunAsync(CancellationToken.None)).Readings;
    }

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture);

    private static string Megabytes(ServedRung host) => host.ResidentMegabytes.ToString("#,0 MB", CultureInfo.InvariantCulture);
}

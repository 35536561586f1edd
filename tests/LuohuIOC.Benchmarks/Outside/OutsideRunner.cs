using System.Diagnostics;
using System.Globalization;
using LuohuIOC.Benchmarks.Ladder;
using LuohuIOC.IntegrationTests;
using LuohuIOC.Simulator.Load;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Outside;

/// <summary>
/// <c>outside [SECONDS]</c>: what mosquitto delivers to the least subscriber that there can be, and to the product over one connection, over two, and with the share
/// unguarded, in turn, three rounds. A rate counts until the last message is acknowledged to mosquitto, which takes them faster than it can hand them on.
/// </summary>
internal static class OutsideRunner
{
    private const int Rounds = 3;

    private static readonly (string Name, int Connections, bool Guard)[] Settings =
        [("the host, one connection", 1, true), ("the host, two connections", 2, true), ("the host, one connection, share not guarded", 1, false)];

    public static async Task<int> RunAsync(TimeSpan duration)
    {
        await using var raw = new MosquittoServer();
        await raw.StartAsync();
        using var subscriber = new RawSubscriber(raw.Port, "luohu/v1/#");
        await subscriber.Subscribed;
        var served = new List<(MosquittoServer Broker, ServedRung Host, List<Rate> Rates)>();
        try
        {
            foreach (var (_, connections, guard) in Settings)
            {
                var broker = new MosquittoServer();
                await broker.StartAsync();
                served.Add((broker, await HostAsync(broker, connections, guard), []));
            }
            // The first round is the runtime's.
            foreach (var (broker, host, _) in served) await HostRateAsync(host, broker, duration);
            var least = new List<Rate>();
            for (var round = 0; round < Rounds; round++)
            {
                AnsiConsole.MarkupLineInterpolated($"[grey]round {round + 1} of {Rounds} …[/]");
                least.Add(await RawRateAsync(subscriber, raw, duration));
                foreach (var (broker, host, rates) in served) rates.Add(await HostRateAsync(host, broker, duration));
            }
            Write([("the least subscriber", least), .. Settings.Zip(served, (s, h) => (s.Name, h.Rates))]);
        }
        finally
        {
            foreach (var (broker, host, _) in served)
            {
                await host.DisposeAsync();
                await broker.DisposeAsync();
            }
        }
        return 0;
    }

    private static void Write(IReadOnlyList<(string Name, List<Rate> Rates)> rows)
    {
        var table = new Table().Border(TableBorder.Markdown).AddColumns("mosquitto to", "messages/s", "lowest", "highest", "of the least", "mosquitto µs a message", "host µs a message");
        var least = Median(rows[0].Rates, r => r.MessagesPerSecond);
        foreach (var (name, rates) in rows)
        {
            var median = Median(rates, r => r.MessagesPerSecond);
            table.AddRow(
                name, Text(median, "#,0"), Text(rates.Min(r => r.MessagesPerSecond), "#,0"), Text(rates.Max(r => r.MessagesPerSecond), "#,0"),
                Text(100 * median / least, "0") + " %", Text(Median(rates, r => r.BrokerMicroseconds), "0.0"),
                rates[0].HostMicroseconds == 0 ? "" : Text(Median(rates, r => r.HostMicroseconds), "0.0"));
        }
        AnsiConsole.Write(table);
    }

    private static async Task<ServedRung> HostAsync(MosquittoServer broker, int connections, bool guard)
    {
        var host = await ServedRung.StartAsync(
            Rung.History, "--Mqtt:Port=0", $"--Mqtt:Outside:Url={broker.Url}", "--Mqtt:Outside:Host=bench", $"--Mqtt:Outside:Connections={connections}", $"--Mqtt:Outside:Guard={guard}");
        // Raw frames have a session of their own.
        while (await ServedAsync(host) < connections + 1) await Task.Delay(20);
        return host;
    }

    private static async Task<Rate> RawRateAsync(RawSubscriber subscriber, MosquittoServer broker, TimeSpan duration)
    {
        var (before, processor, started) = (subscriber.Received, broker.ProcessorTime, Stopwatch.GetTimestamp());
        var sent = await LoadAsync(broker.Port, duration);
        while (subscriber.Received - before < sent) await Task.Delay(1);
        return new Rate(sent / Stopwatch.GetElapsedTime(started).TotalSeconds, (broker.ProcessorTime - processor).TotalMicroseconds / sent, 0);
    }

    private static async Task<Rate> HostRateAsync(ServedRung host, MosquittoServer broker, TimeSpan duration)
    {
        var (before, processor, own, started) = (await SumAsync(host, "received"), broker.ProcessorTime, host.ProcessorTime, Stopwatch.GetTimestamp());
        var sent = await LoadAsync(broker.Port, duration);
        while (await SumAsync(host, "received") - before < sent || await SumAsync(host, "unacknowledged") > 0) await Task.Delay(5);
        return new Rate(
            sent / Stopwatch.GetElapsedTime(started).TotalSeconds, (broker.ProcessorTime - processor).TotalMicroseconds / sent, (host.ProcessorTime - own).TotalMicroseconds / sent);
    }

    private static async Task<long> LoadAsync(int port, TimeSpan duration)
    {
        using var source = new LoadSource(
            new LoadOptions { Port = port, Connections = 50, InFlight = 20, MetricsPerReading = 3, Duration = duration, Gateways = LoadGateway.Anonymous(50, 1_000, 3) },
            TimeProvider.System);
        await source.ConnectAsync(CancellationToken.None);
        var summary = await source.RunAsync(CancellationToken.None);
        if (summary.Unacked > 0) throw new InvalidOperationException($"mosquitto did not acknowledge {summary.Unacked} messages.");
        return summary.Messages;
    }

    private static async Task<int> ServedAsync(ServedRung host) =>
        (await host.GetAsync("ingestion/outside")).GetProperty("sessions").EnumerateArray().Count(s => s.GetProperty("connectedSince").ValueKind == System.Text.Json.JsonValueKind.String);

    private static async Task<long> SumAsync(ServedRung host, string what) =>
        (await host.GetAsync("ingestion/outside")).GetProperty("sessions").EnumerateArray().Sum(s => s.GetProperty(what).GetInt64());

    private static double Median(List<Rate> rates, Func<Rate, double> of) => rates.Select(of).Order().ElementAt(rates.Count / 2);

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private readonly record struct Rate(double MessagesPerSecond, double BrokerMicroseconds, double HostMicroseconds);
}

using System.Collections.Concurrent;
using LuohuIOC.Simulator.Load;

namespace LuohuIOC.IntegrationTests;

public sealed class PowerLossTests
{
    private const int Rounds = 20;

    [Fact]
    public async Task Killed_twenty_times_under_load_every_acknowledged_reading_is_in_history_exactly_once()
    {
        var acknowledged = new ConcurrentQueue<AcknowledgedMessage>();
        await using var host = new HostProcess(null, "--Mqtt:AllowAnonymous=true", "--Registry:AutoRegister=true", "--Registry:District=Empty", "--Sensing:SaveEvery=00:00:00.7");
        for (var round = 0; round < Rounds; round++)
        {
            await host.StartAsync();
            var before = acknowledged.Count;
            using var source = Source(host.MqttPort, acknowledged);
            await source.ConnectAsync(CancellationToken.None);
            var load = source.RunAsync(CancellationToken.None);

            // Killed at another depth each round, from the first acknowledgements on.
            var want = before + 50 + (round * 137);
            await Wait.UntilAsync(() => acknowledged.Count >= want, () => $"{want} acknowledgements, round {round}, output:\n{host.Output}");
            await host.KillAsync();
            await load;
        }

        await host.StartAsync();
        var expected = acknowledged.SelectMany(m => m.Sensors.Select((sensor, k) => (Sensor: sensor, m.UnixMilliseconds, Sequence: m.FirstSequence + k))).ToList();
        Assert.Equal(expected.Count, expected.Distinct().Count());
        // A count of all would be reached early: readings that were stored but never acknowledged are in it.
        foreach (var sensor in expected.GroupBy(e => e.Sensor))
        {
            List<(long Ts, long Sequence)> stored = [], missing = [];
            await Wait.UntilAsync(
                async () =>
                {
                    stored = await ReadAllAsync(host, sensor.Key);
                    missing = [.. sensor.Select(e => (e.UnixMilliseconds, e.Sequence)).Except(stored)];
                    return missing.Count == 0;
                },
                () => $"{missing.Count} of {sensor.Count()} acknowledged readings of {sensor.Key} in history, first {missing[0]}");
            Assert.Equal(stored.Count, stored.Distinct().Count());
        }
    }

    private static LoadSource Source(int port, ConcurrentQueue<AcknowledgedMessage> acknowledged) => new(
        new LoadOptions
        {
            Port = port,
            Connections = 10,
            InFlight = 20,
            Duration = TimeSpan.FromSeconds(60),
            Drain = TimeSpan.FromSeconds(1),
            ReadingsPerMessage = 2,
            Gateways = LoadGateway.Anonymous(10, 20, 3),
            OnAcknowledged = acknowledged.Enqueue,
        },
        TimeProvider.System);

    /// <summary>Every reading of a sensor, page after page.</summary>
    internal static async Task<List<(long Ts, long Sequence)>> ReadAllAsync(HostProcess host, string sensor)
    {
        var all = new List<(long, long)>();
        for (string? after = null; ;)
        {
            var page = await host.GetAsync($"sensors/{sensor}/readings?from=0&limit=10000&quality=all{(after is null ? "" : $"&after={after}")}");
            all.AddRange(page.GetProperty("items").EnumerateArray().Select(r => (r.GetProperty("ts").GetInt64(), r.GetProperty("seq").GetInt64())));
            var next = page.GetProperty("next");
            if (next.ValueKind == System.Text.Json.JsonValueKind.Null) return all;
            after = Uri.EscapeDataString(next.ToString());
        }
    }
}

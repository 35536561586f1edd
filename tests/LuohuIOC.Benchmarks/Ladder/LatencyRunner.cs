using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LuohuIOC.Simulator.Load;
using Microsoft.AspNetCore.SignalR.Client;
using MQTTnet;
using MQTTnet.Protocol;
using Spectre.Console;

namespace LuohuIOC.Benchmarks.Ladder;

/// <summary>
/// <c>latency [SECONDS [RUNG] [--Section:Key=value …]]</c>: from the publish of a smoke alarm to the alert at a SignalR client, while other sensors send
/// 2,000, 8,000 and 40,000 messages a second. Load source, probe and client share the machine with the host.
/// </summary>
internal static class LatencyRunner
{
    private const int ProbesPerSecond = 50;

    public static async Task<int> RunAsync(TimeSpan duration, string[] settings)
    {
        var table = new Table().Border(TableBorder.Markdown).AddColumns("messages/s asked", "messages/s acknowledged", "alerts", "p50 ms", "p99 ms", "max ms");
        // The first may name a rung, to see what the rooms behind the alert cost it.
        var hasRung = settings.Length > 0 && !settings[0].StartsWith('-');
        await using var host = await ServedRung.StartAsync(hasRung ? Arguments.Word<Rung>(settings[0], "latency: the rung") : Rung.Published, settings[(hasRung ? 1 : 0)..]);
        var smoke = await SmokeSensorsAsync(host);
        await using var probe = await AlarmProbe.ConnectAsync(host);
        await MeasureAsync(host, probe, smoke, 20_000, TimeSpan.FromSeconds(10));
        foreach (var rate in (int[])[2_000, 8_000, 40_000])
        {
            AnsiConsole.MarkupLineInterpolated($"[grey]{rate} messages/s …[/]");
            var (summary, latencies) = await MeasureAsync(host, probe, smoke, rate, duration);
            table.AddRow(
                Number(rate, "#,0"), Number(summary.MessagesPerSecond, "#,0"), $"{latencies.Length}", Number(At(latencies, 0.5), "0.0"),
                Number(At(latencies, 0.99), "0.0"), Number(At(latencies, 1), "0.0"));
        }
        AnsiConsole.Write(table);
        return 0;
    }

    internal static async Task<(LoadSummary Summary, double[] Milliseconds)> MeasureAsync(
        ServedRung host, AlarmProbe probe, (string Id, string Gateway)[] smoke, int rate, TimeSpan duration)
    {
        using var source = new LoadSource(
            new LoadOptions
            {
                Port = host.MqttPort,
                Connections = 50,
                InFlight = 200,
                MessagesPerSecond = rate,
                Duration = duration,
                Gateways = LoadGateway.Anonymous(50, 1_000, 3),
            },
            TimeProvider.System);
        await source.ConnectAsync(CancellationToken.None);
        var load = source.RunAsync(CancellationToken.None);
        var latencies = await probe.RunAsync(smoke, ProbesPerSecond, duration - TimeSpan.FromSeconds(2));
        return (await load, latencies);
    }

    internal static async Task<(string Id, string Gateway)[]> SmokeSensorsAsync(ServedRung host)
    {
        var page = await host.GetAsync("sensors?kind=smoke&limit=1000");
        return [.. page.GetProperty("items").EnumerateArray().Select(s => (s.GetProperty("id").GetString()!, s.GetProperty("gateway").GetString()!))];
    }

    internal static double At(double[] sorted, double share) => sorted.Length == 0 ? double.NaN : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

/// <summary>Publishes smoke alarms one after the other and waits for each at a hub client of its own.</summary>
internal sealed class AlarmProbe : IAsyncDisposable
{
    private readonly IMqttClient _mqtt;
    private readonly HubConnection _hub;
    private readonly ConcurrentDictionary<string, long> _published = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<double> _milliseconds = [];
    private int _next;
    private int _acknowledged;
    private bool _alarm;

    private AlarmProbe(IMqttClient mqtt, HubConnection hub)
    {
        _mqtt = mqtt;
        _hub = hub;
        hub.On<JsonElement>("alert", alert =>
        {
            var received = Stopwatch.GetTimestamp();
            if (alert.GetProperty("rule").GetString() == "smoke-alarm" && _published.TryRemove(alert.GetProperty("sensorId").GetString()!, out var at))
                _milliseconds.Add(Stopwatch.GetElapsedTime(at, received).TotalMilliseconds);
        });
    }

    public static async Task<AlarmProbe> ConnectAsync(ServedRung host)
    {
        var mqtt = new MqttClientFactory().CreateMqttClient();
        await mqtt.ConnectAsync(new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", host.MqttPort).WithClientId("probe").Build());
        var hub = new HubConnectionBuilder().WithUrl(new Uri(host.Url, "/hubs/wall"), o => o.AccessTokenProvider = () => Task.FromResult<string?>(host.Token)).Build();
        var probe = new AlarmProbe(mqtt, hub);
        await hub.StartAsync();
        return probe;
    }

    /// <summary>Latencies in milliseconds, sorted. Alarms are raised through all sensors, then ended through all, and so on.</summary>
    public async Task<double[]> RunAsync((string Id, string Gateway)[] sensors, int perSecond, TimeSpan duration)
    {
        _milliseconds.Clear();
        _published.Clear();
        _acknowledged = 0;
        var started = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / perSecond));
        while (Stopwatch.GetElapsedTime(started) < duration && await timer.WaitForNextTickAsync())
        {
            if (_next == 0) _alarm = !_alarm;
            var (id, gateway) = sensors[_next];
            _next = (_next + 1) % sensors.Length;
            var payload = $$$"""{"ts":{{{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}},"values":{"alarm":{{{(_alarm ? 1 : 0)}}}}}""";
            _published[id] = Stopwatch.GetTimestamp();
            _ = PublishAsync(new MqttApplicationMessageBuilder().WithTopic($"luohu/v1/{gateway}/{id}/telemetry").WithPayload(payload)
                .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());
        }
        var waited = Stopwatch.GetTimestamp();
        while (!_published.IsEmpty && Stopwatch.GetElapsedTime(waited) < TimeSpan.FromSeconds(5)) await Task.Delay(10);
        if (!_published.IsEmpty) AnsiConsole.MarkupLineInterpolated($"[red]{_published.Count} alarms never came[/]");
        return [.. _milliseconds.Order()];
    }

    /// <summary>Alarms of the last run that the broker has acknowledged.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    private async Task PublishAsync(MqttApplicationMessage message)
    {
        if ((await _mqtt.PublishAsync(message)).IsSuccess) Interlocked.Increment(ref _acknowledged);
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _mqtt.Dispose();
    }
}

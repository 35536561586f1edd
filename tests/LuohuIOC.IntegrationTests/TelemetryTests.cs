using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using LuohuIOC.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace LuohuIOC.IntegrationTests;

/// <summary>One reading is followed through a real host by a collector that takes OTLP.</summary>
public sealed class TelemetryTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Sender = "b7ad6b7169203331";

    private readonly ConcurrentQueue<Span> _spans = new();
    private readonly ConcurrentQueue<int> _metrics = new();

    [Fact]
    public async Task A_reading_that_carries_a_traceparent_is_one_trace_from_its_publish_to_its_alert_and_history()
    {
        var port = Ports.Next();
        await using var collector = await CollectAsync(port);
        await using var host = new HostProcess(null, $"--Telemetry:Otlp:Endpoint=http://127.0.0.1:{port}", "--Telemetry:OneIn=0", "--Mqtt:AllowAnonymous=true")
        {
            Wrapper = ["env", "OTEL_BSP_SCHEDULE_DELAY=200", "OTEL_METRIC_EXPORT_INTERVAL=500"],
        };
        await host.StartAsync();
        var sensor = (await host.GetAsync("sensors?kind=smoke&limit=1")).GetProperty("items")[0];
        var (gateway, id) = (sensor.GetProperty("gateway").GetString()!, sensor.GetProperty("id").GetString()!);
        Task<(int ExitCode, string Output)> PublishAsync(int alarm, params string[] more) => Mosquitto.RunAsync(
            "mosquitto_pub", host.MqttPort, null, null,
            ["-V", "mqttv5", "-q", "1", "-t", $"luohu/v1/{gateway}/{id}/telemetry", .. more, "-m", JsonSerializer.Serialize(new { ts = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), values = new { alarm } })]);
        Assert.Equal(0, (await PublishAsync(0)).ExitCode);
        Assert.Equal(0, (await PublishAsync(1, "-D", "publish", "user-property", "traceparent", $"00-{Trace}-{Sender}-01")).ExitCode);

        List<Span> ours = [];
        string[] stages = ["alert", "history", "journal", "publish", "sensor"];
        await Wait.UntilAsync(
            () => (ours = [.. _spans.Where(s => s.Trace == Trace)]).Select(s => s.Name).Order(StringComparer.Ordinal).SequenceEqual(stages),
            () => $"the trace; came: {string.Join(' ', _spans.Select(s => $"{s.Trace[..4]}/{s.Name}"))}");
        var publish = ours.Single(s => s.Name == "publish");
        Assert.Equal(Sender, publish.Parent);
        Assert.All(ours.Where(s => s != publish), s => Assert.Equal(publish.Id, s.Parent));
        // The publish without a traceparent was not followed, one in none.
        Assert.DoesNotContain(_spans, s => s.Name == "publish" && s.Trace != Trace);
        await Wait.UntilAsync(() => _metrics.Any(bytes => bytes > 1000), () => "metrics");
    }

    private async Task<WebApplication> CollectAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        app.MapPost("/v1/traces", async (HttpContext context) =>
        {
            foreach (var span in Spans(await BodyAsync(context))) _spans.Enqueue(span);
        });
        app.MapPost("/v1/metrics", async (HttpContext context) => _metrics.Enqueue((await BodyAsync(context)).Length));
        await app.StartAsync();
        return app;
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return body.ToArray();
    }

    // ExportTraceServiceRequest: resource_spans 1 → scope_spans 2 → spans 2 → trace_id 1, span_id 2, parent_span_id 4, name 5.
    private static IEnumerable<Span> Spans(byte[] request) =>
        from resource in Fields(request, 1)
        from scope in Fields(resource, 2)
        from span in Fields(scope, 2)
        select new Span(
            Convert.ToHexStringLower(Fields(span, 1).Single()), Convert.ToHexStringLower(Fields(span, 2).Single()),
            Convert.ToHexStringLower(Fields(span, 4).FirstOrDefault() ?? []), Encoding.UTF8.GetString(Fields(span, 5).Single()));

    /// <summary>The length-delimited fields of a number in a protobuf message.</summary>
    private static List<byte[]> Fields(byte[] message, int number)
    {
        var (at, found) = (0, new List<byte[]>());
        while (at < message.Length)
        {
            var key = Varint();
            switch (key & 7)
            {
                case 0: Varint(); break;
                case 1: at += 8; break;
                case 5: at += 4; break;
                default:
                    var length = (int)Varint();
                    if (key >> 3 == (ulong)number) found.Add(message[at..(at + length)]);
                    at += length;
                    break;
            }
        }
        return found;

        ulong Varint()
        {
            var (value, shift) = (0UL, 0);
            while (true)
            {
                var b = message[at++];
                value |= (ulong)(b & 0x7f) << shift;
                if (b < 0x80) return value;
                shift += 7;
            }
        }
    }

    private sealed record Span(string Trace, string Id, string Parent, string Name);
}

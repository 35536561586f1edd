using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.History.Influx;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.History.Influx;

/// <summary>
/// The second API against an implementation that shares no line with InfluxDB: Debian's VictoriaMetrics. It takes line protocol at
/// <c>/api/v2/write</c>, keeps milliseconds, and answers in a language of its own, so only writing is tested with it. It ignores
/// token, organisation and bucket; that they are sent is seen from the request.
/// </summary>
public sealed class VictoriaMetricsTests
{
    [Fact]
    public async Task Readings_reach_a_store_of_the_second_api()
    {
        var folder = Directory.CreateTempSubdirectory("luohu-vm-").FullName;
        var port = Ports.Next();
        using var http = new HttpClient();
        using var process = Start(folder, port);
        try
        {
            await Influxd.AnswersAsync(http, new Uri($"http://127.0.0.1:{port}/health"), process, TimeSpan.FromSeconds(60));
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - 60_000;
            var seen = new Headers();
            await WriteAsync(folder, port, seen, now);
            await http.GetAsync(new Uri($"http://127.0.0.1:{port}/internal/force_flush"), TestContext.Current.CancellationToken);

            var exported = await http.GetStringAsync(
                new Uri($"http://127.0.0.1:{port}/api/v1/export?match[]={Uri.EscapeDataString("{__name__=\"pipe_level\"}")}"), TestContext.Current.CancellationToken);

            var series = JsonDocument.Parse(exported.Trim().Split('\n').Single()).RootElement;
            Assert.Equal("pipe-000", series.GetProperty("metric").GetProperty("sensor").GetString());
            Assert.Equal(Enumerable.Range(0, 250).Select(i => i / 8.0), series.GetProperty("values").EnumerateArray().Select(v => v.GetDouble()));
            Assert.Equal(Enumerable.Range(0, 250).Select(i => now + i), series.GetProperty("timestamps").EnumerateArray().Select(v => v.GetInt64()));
            Assert.Equal(["Token s3cret", "Token s3cret", "Token s3cret"], seen.Authorizations);
            Assert.All(seen.Addresses, a => Assert.Equal("/api/v2/write?org=luohu%20ioc&bucket=city%2Fwater&precision=ns", a));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WriteAsync(string folder, int port, Headers seen, long startMs)
    {
        await using var scene = new HistoryScene();
        scene.AddSensor(SensorKind.Pipe);
        var options = new InfluxOptions { Url = $"http://127.0.0.1:{port}/", ApiVersion = 2, Org = "luohu ioc", Bucket = "city/water", Token = "s3cret", LinesPerWrite = 100 };
        await using var history = new InfluxHistory(
            Path.Combine(folder, "sink"), options, new HttpClient(seen), n => scene[n], _ => Task.CompletedTask, TimeProvider.System, NullLogger<InfluxHistory>.Instance);
        await history.AppendAsync([scene.Group(Enumerable.Range(0, 250).Select(i => new SomeReading(0, startMs + i, Values: [(0, i / 8.0)])))], TestContext.Current.CancellationToken);
        Assert.Equal((1, 250), (history.Cursor, history.Readings));
    }

    private static Process Start(string folder, int port)
    {
        try
        {
            var process = Process.Start(new ProcessStartInfo("victoria-metrics", [$"-storageDataPath={folder}/data", $"-httpListenAddr=127.0.0.1:{port}", "-loggerLevel=ERROR"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return process;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("victoria-metrics is missing. Install it: apt-get install victoria-metrics", e);
        }
    }

    private sealed class Headers() : DelegatingHandler(new SocketsHttpHandler())
    {
        public List<string> Authorizations { get; } = [];

        public List<string> Addresses { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            lock (Authorizations)
            {
                Authorizations.Add(request.Headers.Authorization?.ToString() ?? "");
                Addresses.Add(request.RequestUri!.PathAndQuery);
            }
            return base.SendAsync(request, cancellationToken);
        }
    }
}

using System.IO.Pipelines;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Http;
using LuohuIOC.Ingestion.Stations;
using LuohuIOC.Tests.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Stations;

public sealed class StationConnectionsTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Whoever_merely_holds_connections_open_keeps_no_station_out()
    {
        await using var scene = await StationScene.OpenAsync();
        scene.StationOptions.ConnectionsMax = 2;
        var connections = new StationConnections(PayloadForm.Hj212, scene.Intake, scene.Book, new StationBoard(), scene.StationOptions, TimeProvider.System, NullLogger.Instance);
        var station = new Line(connections);
        await station.SpeakAsync();
        var silent = new Line(connections);

        var other = new Line(connections);
        await silent.Ended.WaitAsync(Longest, TestContext.Current.CancellationToken);
        await other.SpeakAsync();

        // Both places are stations' now.
        await new Line(connections).Ended.WaitAsync(Longest, TestContext.Current.CancellationToken);
        await station.SpeakAsync();
        await other.SpeakAsync();
        station.Abort();
        other.Abort();
        await Task.WhenAll(station.Ended, other.Ended).WaitAsync(Longest, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Strangers_do_not_fill_the_disk()
    {
        await using var scene = await StationScene.OpenAsync();
        var clock = new FakeClock();
        using var log = new CapturedLog();
        var connections = new StationConnections(PayloadForm.Hj212, scene.Intake, scene.Book, new StationBoard(), scene.StationOptions, clock, log.CreateLogger("stations"));
        for (var i = 0; i < LogBudget.StrangersMax + 50; i++) await StrangerAsync(connections);
        Assert.Equal(LogBudget.StrangersMax, Told(log));
        clock.Advance(TimeSpan.FromMinutes(1));
        await StrangerAsync(connections);
        Assert.Equal(LogBudget.StrangersMax + 2, Told(log));
        Assert.Contains(log.Lines, line => line.Contains(" 50 more ", StringComparison.Ordinal));
    }

    private static int Told(CapturedLog log) => log.Lines.Count(line => line.StartsWith($"{LogLevel.Warning}", StringComparison.Ordinal));

    private static async Task StrangerAsync(StationConnections connections)
    {
        var stranger = new Line(connections);
        await stranger.SendAsync("stranger");
        await stranger.Ended.WaitAsync(Longest, TestContext.Current.CancellationToken);
    }

    /// <summary>A station's line, its own end in hand.</summary>
    private sealed class Line : DefaultConnectionContext
    {
        private readonly CancellationTokenSource _closed = new();
        private readonly Pipe _up = new();
        private readonly Pipe _down = new();

        public Line(StationConnections connections)
        {
            Transport = new Ends(_up.Reader, _down.Writer);
            Ended = connections.OnConnectedAsync(this);
        }

        public Task Ended { get; }

        public override CancellationToken ConnectionClosed => _closed.Token;

        public override void Abort(ConnectionAbortedException abortReason) => _closed.Cancel();

        public async Task SendAsync(string station) =>
            await _up.Writer.WriteAsync(StationScene.Packet(station, "DataTime=20230907180001;w01018-Avg=12.5,w01018-Flag=N"), TestContext.Current.CancellationToken);

        /// <summary>Sends a registered station's packet and waits for its answer.</summary>
        public async Task SpeakAsync()
        {
            await SendAsync("A");
            var answer = await _down.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Longest, TestContext.Current.CancellationToken);
            Assert.False(answer.Buffer.IsEmpty);
            _down.Reader.AdvanceTo(answer.Buffer.End);
        }

        private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
    }
}

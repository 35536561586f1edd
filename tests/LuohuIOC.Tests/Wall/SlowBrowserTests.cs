using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using LuohuIOC.Alerts;
using LuohuIOC.Identity;
using LuohuIOC.Wall;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.Wall;

/// <summary>A browser that opens its socket and never reads it, beside one that does: real Kestrel, real SignalR, real sockets.</summary>
public sealed class SlowBrowserTests
{
    [Fact]
    public async Task A_hung_browser_slows_nobody_grows_nothing_and_is_disconnected()
    {
        await using var city = await CityHost.StartAsync(null, "--Wall:SendTimeout=00:00:02", "--Wall:AlertsQueuedMax=100");
        await using var good = await city.ConnectAsync();
        var alerts = new BlockingCollection<AlertView>();
        good.On<AlertView>("alert", alerts.Add);
        using var hung = await OpenAndNeverRead(city);
        var room = city.Services.GetRequiredService<WallRoom>();
        await WaitFor(() => room.Count == 2, "two browsers in the room");
        // Each message is 20 KB, so that the system's socket buffers, which hold megabytes, fill too.
        var view = AlertView.Of(Raised()) with { Evidence = $"{{\"padding\":\"{new string('x', 20_000)}\"}}" };
        var sent = 0;
        while (room.Count == 2 && room.Stats.All(stats => stats.Resyncs == 0))
        {
            // It reads nothing, and lives: one that says nothing for half a minute is given up for that.
            try
            {
                await hung.SendAsync(TextFrame("{\"type\":6}\u001e"), TestContext.Current.CancellationToken);
            }
            catch (SocketException)
            {
                // It has been disconnected already.
                break;
            }
            Assert.True(sent < 20_000, "400 MB went to a browser that reads nothing: its mailbox is not bounded.");
            city.Alerts.Publish(view with { Version = ++sent });
            // The good browser has each alert before the next is raised: it never waits for the hung one.
            Assert.True(alerts.TryTake(out var alert, TimeSpan.FromSeconds(30)), $"The good browser did not get alert {sent}.");
            Assert.Equal(sent, alert.Version);
            foreach (var stats in room.Stats) Assert.True(stats.AlertsQueued <= 100, "The mailbox grew beyond its limit.");
        }
        await WaitFor(() => room.Count == 1, "the hung browser's end");
        Assert.Contains(city.Log.Lines, line => line.Contains("took nothing", StringComparison.Ordinal));
        var mine = await good.InvokeAsync<WallStats>("Stats", TestContext.Current.CancellationToken);
        Assert.Equal((sent, 0), (mine.AlertsSent, mine.Resyncs));
    }

    private static Alert Raised()
    {
        var (watch, _, _) = AlertLifecycle.Step(
            new RuleWatch(Alerts.Some.Rule), Alerts.Some.Observed(Severity.Red, 1), Alerts.Some.Now, TimeSpan.FromHours(24));
        return watch.Open!;
    }

    /// <summary>A WebSocket by hand with the smallest receive buffer: handshakes, then leaves everything unread.</summary>
    private static async Task<Socket> OpenAndNeverRead(CityHost city)
    {
        var address = new Uri(city.Address);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        var request = $"GET /hubs/wall?access_token={city.TokenOf(Role.Viewer)} HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        var answer = new byte[1024];
        var read = await socket.ReceiveAsync(answer, TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 101", Encoding.ASCII.GetString(answer, 0, read));
        await socket.SendAsync(TextFrame("{\"protocol\":\"json\",\"version\":1}\u001e"), TestContext.Current.CancellationToken);
        return socket;
    }

    // Masked, with a mask of 0.
    private static byte[] TextFrame(string text) => [0x81, (byte)(0x80 | text.Length), 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(text)];

    private static async Task WaitFor(Func<bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var i = 0; i < 1500 && !condition(); i++) await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        Assert.True(condition(), $"Waited 30 s in vain for {what}.");
    }
}

using System.Net;
using System.Net.Sockets;
using LuohuIOC.Ingestion.Outside;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Outside;

/// <summary>Over real sockets of the loopback interface.</summary>
public sealed class GatheredStreamTests : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public GatheredStreamTests() => _listener.Start();

    public ValueTask DisposeAsync()
    {
        _listener.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task What_is_written_arrives_in_its_order_and_whole_when_the_stream_is_closed_at_once()
    {
        var (stream, peer) = await PairAsync();
        using (peer)
        {
            var sent = new byte[100_000 * 4];
            for (var i = 0; i < 100_000; i++)
            {
                BitConverter.TryWriteBytes(sent.AsSpan(i * 4), i);
                await stream.WriteAsync(sent.AsMemory(i * 4, 4), TestContext.Current.CancellationToken);
            }
            await stream.DisposeAsync();
            using var received = new MemoryStream();
            await using var other = new NetworkStream(peer);
            await other.CopyToAsync(received, TestContext.Current.CancellationToken);
            Assert.Equal(sent, received.ToArray());
        }
    }

    /// <summary>A reset takes back what the peer has not read yet, perhaps the goodbye.</summary>
    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(false, 100_000)]
    public async Task A_close_is_no_reset_while_somebody_reads_or_bytes_have_come_unread(bool isRead, int unread)
    {
        for (var round = 0; round < 200; round++)
        {
            var (stream, peer) = await PairAsync();
            using var _ = peer;
            var reading = isRead ? stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask() : Task.FromResult(0);
            peer.Send(new byte[unread]);
            await stream.WriteAsync(new byte[4], TestContext.Current.CancellationToken);
            await stream.DisposeAsync();
            var received = new byte[5];
            Assert.Equal(4, await peer.ReceiveAsync(received, TestContext.Current.CancellationToken));
            Assert.Equal(0, await peer.ReceiveAsync(received, TestContext.Current.CancellationToken));
            Assert.Equal(0, await reading);
        }
    }

    [Fact]
    public async Task What_has_come_is_read_in_any_pieces_and_the_end_is_seen()
    {
        var (stream, peer) = await PairAsync();
        var sent = Enumerable.Range(0, 300_000).Select(i => (byte)i).ToArray();
        var sending = Task.Run(() =>
        {
            peer.Send(sent);
            peer.Dispose();
        }, TestContext.Current.CancellationToken);
        var received = new List<byte>();
        var piece = new byte[1000];
        for (var size = 1; await stream.ReadAsync(piece.AsMemory(0, size), TestContext.Current.CancellationToken) is > 0 and var got; size = (size * 7 % 999) + 1)
            received.AddRange(piece[..got]);
        await sending;
        Assert.Equal(sent, received);
        await stream.DisposeAsync();
    }

    [Fact]
    public async Task A_reader_is_at_the_end_when_the_stream_is_closed_and_a_lost_peer_is_told_to_the_writer()
    {
        var (stream, peer) = await PairAsync();
        var reading = stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();
        await stream.DisposeAsync();
        await Task.WhenAny(reading);
        Assert.True(reading.IsFaulted || await reading == 0);
        peer.Dispose();

        (stream, peer) = await PairAsync();
        peer.LingerState = new LingerOption(true, 0);
        peer.Dispose();
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (true) await stream.WriteAsync(new byte[1000], TestContext.Current.CancellationToken);
        });
        await stream.DisposeAsync();
    }

    private async Task<(Stream Stream, Socket Peer)> PairAsync()
    {
        var connecting = new GatheredSockets().ConnectAsync(_listener.LocalEndpoint, TestContext.Current.CancellationToken);
        var peer = await _listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        return (await connecting, peer);
    }
}

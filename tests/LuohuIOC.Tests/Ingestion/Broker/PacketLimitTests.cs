using System.IO.Pipelines;
using LuohuIOC.Ingestion.Broker;
using Microsoft.AspNetCore.Connections;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Broker;

public sealed class PacketLimitTests
{
    private const int PacketBytesMax = 1 << 20;

    private readonly Pipe _pipe = new();
    private readonly Door _door = new();
    private readonly List<long> _tooLarge = [];
    private readonly PacketLimit.Reader _reader;

    public PacketLimitTests() => _reader = new(_pipe.Reader, PacketBytesMax, _door, (bytes, _, _) =>
    {
        _tooLarge.Add(bytes);
        return Task.CompletedTask;
    });

    /// <summary>The broker would read again and again, a processor a connection.</summary>
    [Theory]
    // CONNECT with 100 bytes to come, of which 3 came; the first byte only; a length that goes on.
    [InlineData("1064000451")]
    [InlineData("10")]
    [InlineData("10FFFF")]
    public async Task A_connection_that_is_closed_within_a_packet_ends(string came)
    {
        await _pipe.Writer.WriteAsync(Convert.FromHexString(came), TestContext.Current.CancellationToken);
        var first = await _reader.ReadAsync(TestContext.Current.CancellationToken);
        _reader.AdvanceTo(first.Buffer.Start, first.Buffer.End);
        await _pipe.Writer.CompleteAsync();

        await Assert.ThrowsAsync<ConnectionResetException>(async () => await _reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Empty(_tooLarge);
    }

    /// <summary>Open or closed: the broker would take all that comes behind it for the rest of a length.</summary>
    [Theory]
    [InlineData("10FFFFFFFF01", false)]
    [InlineData("30FFFFFFFF", true)]
    [InlineData("C08080808001", true)]
    public async Task A_length_of_more_than_four_bytes_ends_the_connection(string came, bool isClosed)
    {
        await _pipe.Writer.WriteAsync(Convert.FromHexString(came), TestContext.Current.CancellationToken);
        if (isClosed) await _pipe.Writer.CompleteAsync();
        Assert.False(_reader.TryRead(out _));
        await Assert.ThrowsAsync<ConnectionAbortedException>(async () => await _reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Empty(_tooLarge);
    }

    [Fact]
    public async Task Whole_packets_before_the_end_are_read()
    {
        // PINGREQ twice, then half of a third.
        await _pipe.Writer.WriteAsync(Convert.FromHexString("C000C000C0"), TestContext.Current.CancellationToken);
        await _pipe.Writer.CompleteAsync();
        for (var i = 0; i < 2; i++)
        {
            var result = await _reader.ReadAsync(TestContext.Current.CancellationToken);
            _reader.AdvanceTo(result.Buffer.GetPosition(2));
        }
        await Assert.ThrowsAsync<ConnectionResetException>(async () => await _reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_connection_that_ends_between_packets_ends_as_ever()
    {
        await _pipe.Writer.CompleteAsync();
        var result = await _reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.True(result is { IsCompleted: true, Buffer.IsEmpty: true });
    }

    [Fact]
    public async Task Only_who_has_sent_a_first_packet_may_send_a_large_one()
    {
        await _pipe.Writer.WriteAsync(Convert.FromHexString("C000"), TestContext.Current.CancellationToken);
        var welcome = await _reader.ReadAsync(TestContext.Current.CancellationToken);
        _reader.AdvanceTo(welcome.Buffer.Start, welcome.Buffer.End);
        Assert.False(_door.IsOpen);
        // PUBLISH of 262,144 bytes.
        await _pipe.Writer.WriteAsync(Convert.FromHexString("30808010"), TestContext.Current.CancellationToken);
        var both = await _reader.ReadAsync(TestContext.Current.CancellationToken);
        _reader.AdvanceTo(both.Buffer.GetPosition(2));
        Assert.True(_door.IsOpen);

        Assert.Equal(4, (await _reader.ReadAsync(TestContext.Current.CancellationToken)).Buffer.Length);
        Assert.Empty(_tooLarge);
    }

    [Fact]
    public async Task A_large_first_packet_ends_the_connection_at_its_header()
    {
        await _pipe.Writer.WriteAsync(Convert.FromHexString("10808010"), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<ConnectionAbortedException>(async () => await _reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal([262_148L], _tooLarge);
    }

    private sealed class Door : IDisposable
    {
        public bool IsOpen { get; private set; }

        public void Dispose() => IsOpen = true;
    }
}

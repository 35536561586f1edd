using System.Buffers;
using System.Net;
using System.Net.Sockets;
using MQTTnet.Channel;

namespace LuohuIOC.Ingestion.Outside;

/// <summary>Opens the sockets of the connections to the broker; encryption, where there is any, lies above them.</summary>
internal sealed class GatheredSockets : IMqttClientStreamProvider
{
    public async Task<Stream> ConnectAsync(EndPoint brokerEndPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(brokerEndPoint, cancellationToken);
            return new GatheredStream(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>
/// A socket by as few calls as can be: the client reads a packet in parts and writes four bytes for every acknowledgement, each by a call of the system.
/// Here a read takes whatever has come, and what is written while a send is on its way leaves with the next one. A write that failed is told by the next one, and by the end of the connection.
/// </summary>
internal sealed class GatheredStream(Socket socket) : Stream
{
    private const int ReceivedBytesMax = 64 * 1024;

    /// <summary>A write waits for the socket when so much waits before it.</summary>
    private const int WaitingBytesMax = 256 * 1024;

    /// <summary>How long the last bytes may take to leave after the stream was closed.</summary>
    private static readonly TimeSpan GoodbyeMax = TimeSpan.FromSeconds(2);

    /// <summary>So much that has come unread is read at the close at most, in pieces of <see cref="ReceivedBytesMax"/>.</summary>
    private const int UnreadPiecesMax = 64;

    private readonly byte[] _received = new byte[ReceivedBytesMax];
    private int _at;
    private int _end;

    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _waiting = new();
    private ArrayBufferWriter<byte> _leaving = new();
    private Task _sending = Task.CompletedTask;
    private bool _isSending;
    private bool _isReceiving;
    private bool _isClosed;
    private bool _isEnded;
    private Exception? _failure;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _at < _end ? new ValueTask<int>(Take(buffer.Span)) : ReceiveAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (_failure is not null) return ValueTask.FromException(new IOException(_failure.Message, _failure));
            ObjectDisposedException.ThrowIf(_isClosed, this);
            _waiting.Write(buffer.Span);
            // By another thread: meanwhile the caller may write more.
            if (!_isSending) _sending = Task.Run(SendAsync, CancellationToken.None);
            _isSending = true;
            return _waiting.WrittenCount < WaitingBytesMax ? ValueTask.CompletedTask : new ValueTask(_sending.WaitAsync(cancellationToken));
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
        // What is written leaves by itself.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    // The last packet may still be on its way: a goodbye that does not arrive has the broker publish the last will.
    protected override void Dispose(bool disposing)
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            // Whoever reads is at the end now.
            End(SocketShutdown.Receive);
            _sending = CloseAsync(_sending);
        }
    }

    private async Task CloseAsync(Task sending)
    {
        await sending.WaitAsync(GoodbyeMax, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            End(SocketShutdown.Send);
            _isEnded = true;
            if (!_isReceiving) Leave();
        }
    }

    private void End(SocketShutdown direction)
    {
        try
        {
            socket.Shutdown(direction);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Closes without a reset, which would take back what the peer has not read yet: nobody may be in a call of the socket, and nothing may have come unread.</summary>
    private void Leave()
    {
        try
        {
            var unread = new byte[ReceivedBytesMax];
            for (var piece = 0; piece < UnreadPiecesMax && socket.Available > 0; piece++) socket.Receive(unread);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended by itself.
        }
        socket.Dispose();
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_isClosed) return 0;
            _isReceiving = true;
        }
        try
        {
            (_at, _end) = (0, await socket.ReceiveAsync(_received, cancellationToken));
        }
        finally
        {
            lock (_gate)
            {
                _isReceiving = false;
                if (_isEnded) Leave();
            }
        }
        return Take(buffer.Span);
    }

    private int Take(Span<byte> into)
    {
        var count = Math.Min(into.Length, _end - _at);
        _received.AsSpan(_at, count).CopyTo(into);
        _at += count;
        return count;
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                lock (_gate)
                {
                    if (_waiting.WrittenCount == 0)
                    {
                        _isSending = false;
                        return;
                    }
                    (_waiting, _leaving) = (_leaving, _waiting);
                }
                for (var rest = _leaving.WrittenMemory; rest.Length > 0;) rest = rest[await socket.SendAsync(rest)..];
                _leaving.ResetWrittenCount();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            lock (_gate) (_failure, _isSending) = (e, false);
            socket.Dispose();
        }
    }
}

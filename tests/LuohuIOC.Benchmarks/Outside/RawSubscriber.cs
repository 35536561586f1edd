using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace LuohuIOC.Benchmarks.Outside;

/// <summary>
/// The least that can subscribe: MQTT 3.1.1 over a blocking socket on a thread of its own, QoS 1, every message acknowledged unread as soon as it
/// is there, all of one receive in one send. What a broker delivers to it is what it can deliver at all.
/// </summary>
internal sealed class RawSubscriber : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Thread _thread;
    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _received;

    public RawSubscriber(int port, string filter)
    {
        _socket.Connect("127.0.0.1", port);
        _socket.Send([0x10, 15, 0, 4, .. "MQTT"u8, 4, 2, 0, 0, 0, 3, .. "raw"u8]);
        _socket.Send([0x82, (byte)(5 + filter.Length), 0, 1, 0, (byte)filter.Length, .. Encoding.ASCII.GetBytes(filter), 1]);
        _thread = new Thread(Run) { IsBackground = true, Name = "raw subscriber" };
        _thread.Start();
    }

    public long Received => Interlocked.Read(ref _received);

    public Task Subscribed => _subscribed.Task;

    public void Dispose()
    {
        _socket.Dispose();
        _thread.Join();
    }

    private void Run()
    {
        var buffer = new byte[1 << 20];
        var answers = new byte[1 << 18];
        var held = 0;
        try
        {
            while (_socket.Receive(buffer.AsSpan(held)) is > 0 and var got)
            {
                held += got;
                var (at, answer, messages) = (0, 0, 0);
                while (answer + 4 <= answers.Length && Next(buffer.AsSpan(at, held - at), out var packet, out var body))
                {
                    // 32 …: PUBLISH, QoS 1, topic length and topic, packet identifier
                    if (packet[0] >> 4 == 3)
                    {
                        var id = packet.Slice(body + 2 + BinaryPrimitives.ReadUInt16BigEndian(packet[body..]), 2);
                        (answers[answer], answers[answer + 1], answers[answer + 2], answers[answer + 3]) = (0x40, 2, id[0], id[1]);
                        answer += 4;
                        messages++;
                    }
                    else if (packet[0] >> 4 == 9) _subscribed.TrySetResult();
                    at += packet.Length;
                }
                buffer.AsSpan(at, held - at).CopyTo(buffer);
                held -= at;
                if (answer > 0) _socket.Send(answers.AsSpan(0, answer));
                Interlocked.Add(ref _received, messages);
            }
        }
        catch (SocketException e)
        {
            _subscribed.TrySetException(e);
        }
        catch (ObjectDisposedException)
        {
            // Disposed: the measurement is over.
        }
    }

    private static bool Next(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> packet, out int body)
    {
        packet = default;
        body = 0;
        var length = 0;
        for (var i = 1; i < bytes.Length && i <= 4; i++)
        {
            length |= (bytes[i] & 0x7F) << (7 * (i - 1));
            if ((bytes[i] & 0x80) != 0) continue;
            body = i + 1;
            if (bytes.Length < body + length) return false;
            packet = bytes[..(body + length)];
            return true;
        }
        return false;
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using LuohuIOC.Simulator.Load;

namespace LuohuIOC.Tests.Simulator.Load;

/// <summary>
/// As much of a broker as a publisher sees: answers CONNECT with the given return code and each PUBLISH with a PUBACK until it has had enough.
/// </summary>
internal sealed class AckingBroker : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte _returnCode;
    private readonly long _acknowledgeMax;
    private readonly Task _accepting;
    private long _acknowledged;

    public AckingBroker(byte returnCode = 0, long acknowledgeMax = long.MaxValue)
    {
        (_returnCode, _acknowledgeMax) = (returnCode, acknowledgeMax);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public ConcurrentQueue<byte[]> Publishes { get; } = new();

    public void Dispose()
    {
        _stop.Cancel();
        // Before the listener stops: the loop would otherwise ask a stopped one for the next connection.
        _accepting.GetAwaiter().GetResult();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var sessions = new List<Task>();
        try
        {
            while (true) sessions.Add(ServeAsync(await _listener.AcceptSocketAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        var buffer = new byte[64 << 10];
        var filled = 0;
        try
        {
            while (true)
            {
                var count = await socket.ReceiveAsync(buffer.AsMemory(filled), _stop.Token);
                if (count == 0) return;
                filled += count;
                var answers = Answers(buffer, ref filled);
                if (answers.Length > 0) await socket.SendAsync(answers, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The test is over, or the publisher left.
        }
    }

    private byte[] Answers(byte[] buffer, ref int filled)
    {
        var answers = new List<byte>();
        var rest = buffer.AsSpan(0, filled);
        while (MqttFrame.TryRead(rest, out var type, out var body, out var consumed))
        {
            if (type == 1) answers.AddRange([0x20, 0x02, 0x00, _returnCode]);
            if (type == 3)
            {
                Publishes.Enqueue(body.ToArray());
                var topicLength = (body[0] << 8) | body[1];
                if (Interlocked.Increment(ref _acknowledged) <= _acknowledgeMax)
                    answers.AddRange([0x40, 0x02, body[topicLength + 2], body[topicLength + 3]]);
            }
            rest = rest[consumed..];
        }
        filled = rest.Length;
        rest.CopyTo(buffer);
        return [.. answers];
    }
}

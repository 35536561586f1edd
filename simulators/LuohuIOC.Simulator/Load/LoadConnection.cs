using System.Buffers.Text;
using System.Net.Sockets;

namespace LuohuIOC.Simulator.Load;

/// <summary>
/// One connection of the load source: a window of packet ids, each free or in flight. The acknowledgement loop frees ids; exactly one
/// sender takes them: that same loop when there is no rate, the pacer when there is one. So one reader and one writer, and no lock.
/// Arithmetic: 60,000 messages/s over 50 connections come back in commits of some ten messages a connection, so one receive and one
/// send serve ten messages, and what remains a message is a copy of about 150 bytes and some digits.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly LoadOptions _options;
    private readonly LoadGateway _gateway;
    private readonly MessageTemplate[] _templates;
    private readonly TimeProvider _clock;
    private readonly bool _paced;
    private readonly long _firstSequence;
    private readonly long _lastSequence;

    // Index: packet id - 1. Written by the sender before the publish leaves, read by the loop when its acknowledgement arrives.
    private readonly long[] _sentAt;
    private readonly AcknowledgedMessage[] _sent;

    // Free packet ids: a ring with the loop at its tail and the sender at its head.
    private readonly ushort[] _free;
    private long _freed;
    private long _taken;

    private readonly byte[] _receiveBuffer = new byte[8192];
    private readonly byte[] _sendBuffer;
    private readonly byte[] _time = new byte[MessageTemplate.TimeDigits];
    private int _nextTemplate;
    private long _sequence;
    private uint _noise;
    private ValueTask<int> _sending;
    private volatile bool _stopping;
    private volatile bool _lost;
    private long _readings;

    public LoadConnection(LoadOptions options, LoadGateway gateway, MessageTemplate[] templates, int index, TimeProvider clock)
    {
        _options = options;
        _gateway = gateway;
        _templates = templates;
        _clock = clock;
        _paced = options.MessagesPerSecond > 0;
        // Connections that share a gateway send for the same sensors: strides keep (sensor, time, sequence) unique.
        var stride = (MessageTemplate.LastSequence - MessageTemplate.FirstSequence) / options.Connections;
        _sequence = _firstSequence = MessageTemplate.FirstSequence + (index * stride);
        _lastSequence = _firstSequence + stride - options.ReadingsPerMessage;
        _noise = (uint)index * 2654435761;
        _sentAt = new long[options.InFlight];
        _sent = new AcknowledgedMessage[options.InFlight];
        _free = [.. Enumerable.Range(1, options.InFlight).Select(id => (ushort)id)];
        _freed = options.InFlight;
        _sendBuffer = new byte[templates.Max(t => t.Length) * options.InFlight];
        ClientId = $"load-{gateway.Id}-{index + 1}";
    }

    public string ClientId { get; }

    public LatencyHistogram Latencies { get; } = new();

    public long Sent => Volatile.Read(ref _taken);

    public long Acknowledged => Volatile.Read(ref _freed) - _options.InFlight;

    public long Readings => Volatile.Read(ref _readings);

    public long LastAcknowledgedAt { get; private set; }

    public bool Lost => _lost;

    /// <summary>Connects and logs in; throws <see cref="InvalidOperationException"/> with the broker's return code when refused.</summary>
    public async Task ConnectAsync(CancellationToken cancellation)
    {
        await _socket.ConnectAsync(_options.Host, _options.Port, cancellation);
        // A whole window fits into the kernel's buffer, so that one gateway whom the broker reads slowly does not hold up the pacer.
        _socket.SendBufferSize = Math.Max(_socket.SendBufferSize, _sendBuffer.Length * 2);
        await _socket.SendAsync(MqttFrame.Connect(ClientId, _gateway.Secret is null ? null : _gateway.Id, _gateway.Secret), cancellation);
        var answer = new byte[4];
        for (var filled = 0; filled < answer.Length;)
        {
            var count = await _socket.ReceiveAsync(answer.AsMemory(filled), cancellation);
            if (count == 0) throw new InvalidOperationException($"{ClientId}: the broker closed the connection instead of answering CONNECT.");
            filled += count;
        }
        if (answer is not [0x20, 0x02, _, 0x00])
            throw new InvalidOperationException($"{ClientId}: the broker refused CONNECT with return code {answer[3]}.");
    }

    /// <summary>Takes acknowledgements, and without a rate answers each with a new message, until stopped and drained or lost.</summary>
    public async Task RunAsync(CancellationToken drained)
    {
        try
        {
            if (!_paced) await SendAsync(int.MaxValue);
            var filled = 0;
            while (!(_stopping && Acknowledged == Sent))
            {
                var count = await _socket.ReceiveAsync(_receiveBuffer.AsMemory(filled), drained);
                if (count == 0)
                {
                    _lost = !(_stopping && Acknowledged == Sent);
                    return;
                }
                filled = TakeAcknowledgements(filled + count);
                if (!_paced && !_stopping) await SendAsync(int.MaxValue);
            }
        }
        catch (SocketException)
        {
            _lost = true;
        }
        catch (OperationCanceledException)
        {
            // The drain ended: what is still in flight is reported as unacknowledged.
        }
    }

    /// <summary>Sends up to this many messages, as far as the window allows; returns how many. Only the one sender calls it.</summary>
    public async ValueTask<int> SendAsync(int budget)
    {
        var bytes = Fill(budget, out var messages);
        var sent = 0;
        while (sent < bytes) sent += await _socket.SendAsync(_sendBuffer.AsMemory(sent, bytes - sent));
        return messages;
    }

    /// <summary>The pacer's send: does not wait for a connection whose last send has not finished. Returns the messages taken.</summary>
    public int Offer(int budget)
    {
        if (_lost || !_sending.IsCompleted) return 0;
        try
        {
            _sending.GetAwaiter().GetResult();
            var before = _taken;
            _sending = SendAsync(budget).Preserve();
            return (int)(_taken - before);
        }
        catch (SocketException)
        {
            _lost = true;
            return 0;
        }
    }

    /// <summary>
    /// No more messages. The loop ends with the last acknowledgement; a paced one that already has it waits for nothing, and is woken by
    /// closing the way down. The pacer must have ended, so that what was sent is final.
    /// </summary>
    public void Stop()
    {
        _stopping = true;
        if (_paced && !_lost && Acknowledged == Sent) _socket.Shutdown(SocketShutdown.Receive);
    }

    public void Dispose()
    {
        if (_socket.Connected && !_lost) _socket.Send(MqttFrame.Disconnect);
        _socket.Dispose();
    }

    private int Fill(int budget, out int messages)
    {
        var available = (int)Math.Min(Volatile.Read(ref _freed) - _taken, budget);
        messages = 0;
        if (available == 0) return 0;
        var time = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        Utf8Formatter.TryFormat(time, _time, out _);
        var now = _clock.GetTimestamp();
        var bytes = 0;
        for (; messages < available; messages++)
        {
            var id = _free[_taken % _free.Length];
            var template = _templates[_nextTemplate];
            if (++_nextTemplate == _templates.Length) _nextTemplate = 0;
            bytes += template.Write(_sendBuffer.AsSpan(bytes), id, _time, _sequence, ref _noise);
            _sentAt[id - 1] = now;
            _sent[id - 1] = new AcknowledgedMessage(template.Sensors, time, _sequence);
            _sequence += template.Readings;
            if (_sequence > _lastSequence) _sequence = _firstSequence;
            Volatile.Write(ref _taken, _taken + 1);
        }
        return bytes;
    }

    private int TakeAcknowledgements(int filled)
    {
        var received = _receiveBuffer.AsSpan(0, filled);
        var now = _clock.GetTimestamp();
        while (MqttFrame.TryRead(received, out var type, out var body, out var consumed))
        {
            received = received[consumed..];
            if (type != 4) continue;
            var id = MqttFrame.PacketId(body);
            Latencies.Add(_clock.GetElapsedTime(_sentAt[id - 1], now));
            _options.OnAcknowledged?.Invoke(_sent[id - 1]);
            _readings += _sent[id - 1].Sensors.Count;
            _free[_freed % _free.Length] = id;
            Volatile.Write(ref _freed, _freed + 1);
            LastAcknowledgedAt = now;
        }
        received.CopyTo(_receiveBuffer);
        return received.Length;
    }
}

using System.Buffers.Text;
using System.Net.Sockets;

namespace LuohuIOC.Simulator.Load;

/// <summary>
/// One connection of the load source: a window of packet ids, each free or in flight, over a socket that never blocks. Not thread-safe: the
/// source's one thread sweeps over all connections. Only the counters are read from elsewhere.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly LoadOptions _options;
    private readonly int _port;
    private readonly LoadGateway _gateway;
    private readonly MessageTemplate[] _templates;
    private readonly TimeProvider _clock;
    private readonly long _firstSequence;
    private readonly long _lastSequence;

    // Index: packet id - 1.
    private readonly long[] _sentAt;
    private readonly AcknowledgedMessage[] _sent;

    // Free packet ids as a ring: acknowledgements add at _freed, publishes take at _taken.
    private readonly ushort[] _free;
    private long _freed;
    private long _taken;
    private long _readings;

    private readonly byte[] _receiveBuffer = new byte[8192];
    private int _received;

    // What the kernel's buffer had no room for waits between these two offsets.
    private readonly byte[] _sendBuffer;
    private int _sendFrom;
    private int _sendTo;

    private readonly byte[] _time = new byte[MessageTemplate.TimeDigits];
    private int _nextTemplate;
    private long _sequence;
    private uint _noise;

    public LoadConnection(LoadOptions options, LoadGateway gateway, MessageTemplate[] templates, int index, TimeProvider clock)
    {
        _options = options;
        _port = options.Ports is { Count: > 0 } ports ? ports[index % ports.Count] : options.Port;
        _gateway = gateway;
        _templates = templates;
        _clock = clock;
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

    public bool Lost { get; private set; }

    /// <summary>Free places in the window.</summary>
    public int Room => Lost ? 0 : (int)(_freed - _taken);

    public bool Drained => Lost || Room == _options.InFlight;

    /// <summary>Connects and logs in; throws <see cref="InvalidOperationException"/> with the broker's return code when refused.</summary>
    public void Connect()
    {
        _socket.Connect(_options.Host, _port);
        _socket.Send(MqttFrame.Connect(ClientId, _gateway.Secret is null ? null : _gateway.Id, _gateway.Secret));
        var answer = new byte[4];
        for (var filled = 0; filled < answer.Length;)
        {
            var count = _socket.Receive(answer.AsSpan(filled));
            if (count == 0) throw new InvalidOperationException($"{ClientId}: the broker closed the connection instead of answering CONNECT.");
            filled += count;
        }
        if (answer is not [0x20, 0x02, _, 0x00])
            throw new InvalidOperationException($"{ClientId}: the broker refused CONNECT with return code {answer[3]}.");
        _socket.Blocking = false;
    }

    /// <summary>Takes the acknowledgements that have arrived.</summary>
    public void Receive()
    {
        if (Lost) return;
        var count = _socket.Receive(_receiveBuffer.AsSpan(_received), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock) return;
        Lost = error != SocketError.Success || count == 0;
        _received += count;
        TakeAcknowledgements();
    }

    /// <summary>Publishes up to this many messages, as far as the window and the kernel's buffer allow; returns how many it took on.</summary>
    public int Publish(int budget)
    {
        if (Lost || !Flush()) return 0;
        var messages = Fill(budget);
        Flush();
        return messages;
    }

    public void Dispose()
    {
        if (_socket.Connected && !Lost && _sendFrom == _sendTo) _socket.Send(MqttFrame.Disconnect, SocketFlags.None, out _);
        _socket.Dispose();
    }

    // True when everything has gone to the kernel.
    private bool Flush()
    {
        while (_sendFrom < _sendTo)
        {
            var sent = _socket.Send(_sendBuffer.AsSpan(_sendFrom, _sendTo - _sendFrom), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock) return false;
            if (error != SocketError.Success)
            {
                Lost = true;
                return false;
            }
            _sendFrom += sent;
        }
        return true;
    }

    private int Fill(int budget)
    {
        (_sendFrom, _sendTo) = (0, 0);
        var messages = Math.Min(Room, budget);
        if (messages <= 0) return 0;
        var time = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        Utf8Formatter.TryFormat(time, _time, out _);
        var now = _clock.GetTimestamp();
        for (var i = 0; i < messages; i++)
        {
            var id = _free[_taken % _free.Length];
            var template = _templates[_nextTemplate];
            if (++_nextTemplate == _templates.Length) _nextTemplate = 0;
            _sendTo += template.Write(_sendBuffer.AsSpan(_sendTo), id, _time, _sequence, ref _noise);
            _sentAt[id - 1] = now;
            _sent[id - 1] = new AcknowledgedMessage(template.Sensors, time, _sequence);
            _sequence += template.Readings;
            if (_sequence > _lastSequence) _sequence = _firstSequence;
            Volatile.Write(ref _taken, _taken + 1);
        }
        return messages;
    }

    private void TakeAcknowledgements()
    {
        var received = _receiveBuffer.AsSpan(0, _received);
        var now = _clock.GetTimestamp();
        while (MqttFrame.TryRead(received, out var type, out var body, out var consumed))
        {
            received = received[consumed..];
            if (type != 4) continue;
            var id = MqttFrame.PacketId(body);
            Latencies.Add(_clock.GetElapsedTime(_sentAt[id - 1], now));
            _options.OnAcknowledged?.Invoke(_sent[id - 1]);
            Volatile.Write(ref _readings, _readings + _sent[id - 1].Sensors.Count);
            _free[_freed % _free.Length] = id;
            Volatile.Write(ref _freed, _freed + 1);
            LastAcknowledgedAt = now;
        }
        received.CopyTo(_receiveBuffer);
        _received = received.Length;
    }
}

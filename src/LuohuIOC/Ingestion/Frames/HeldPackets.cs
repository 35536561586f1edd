using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Sl651;

namespace LuohuIOC.Ingestion.Frames;

/// <summary>Packets of one message for a sensor that are not waited for any more.</summary>
internal sealed record ExpelledMessage(string Gateway, string Sensor, Sl651PacketSet Packets);

/// <summary>
/// Packets of SL 651 messages that come one by one, until their message is whole. Of a station's function one message is under way. A message waits
/// for <see cref="Patience"/>; a sensor has <see cref="MessagesMax"/> of them in <see cref="TelemetryReader.PayloadBytesMax"/>, all sensors have
/// <see cref="BytesMax"/>: at a bound the oldest is expelled. Whole messages stay as long as the bounds let them, so that a repeated packet of theirs is known as one.
/// For one thread at a time.
/// </summary>
internal sealed class HeldPackets
{
    public const int MessagesMax = 4;

    public const int BytesMax = 32 << 20;

    /// <summary>A gateway whose connection broke sends what was not acknowledged when it is back.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Dictionary<(string Gateway, string Sensor), List<Sl651PacketSet>> _sensors = [];
    private readonly List<ExpelledMessage> _expelled = [];
    private long _bytes;

    /// <summary>True for frames of which every one is a packet from a station.</summary>
    public static bool ArePackets(ReadOnlySpan<byte> payload)
    {
        while (Sl651Frame.TryParse(payload, out var frame) == FrameFault.None && frame.PacketTotal > 1 && !frame.IsDown) payload = payload[frame.Bytes..];
        return payload.IsEmpty;
    }

    /// <summary>Takes a packet; returns its message, as far as it is there.</summary>
    /// <param name="gateway">Who sent it.</param>
    /// <param name="sensor">Whose it is.</param>
    /// <param name="packet">Parsed.</param>
    /// <param name="bytes">The packet's.</param>
    /// <param name="nowMs">Unix ms.</param>
    /// <param name="isNew">False for one that came before.</param>
    public Sl651PacketSet Take(string gateway, string sensor, in Sl651Frame packet, ReadOnlySpan<byte> bytes, long nowMs, out bool isNew)
    {
        var message = Find(gateway, sensor, packet);
        if (message is null || !message.Takes(packet, bytes, nowMs))
        {
            if (message is not null) Expel(gateway, sensor, message);
            message = new Sl651PacketSet(packet, Patience);
            if (!_sensors.TryGetValue((gateway, sensor), out var known)) _sensors[(gateway, sensor)] = known = [];
            known.Add(message);
        }
        isNew = message.Add(packet, bytes, nowMs);
        if (!isNew) return message;
        _bytes += bytes.Length;
        var messages = _sensors[(gateway, sensor)];
        while (messages.Count > MessagesMax || messages.Sum(m => m.Bytes) > TelemetryReader.PayloadBytesMax)
            Expel(gateway, sensor, messages.Where(m => m != message).MinBy(m => m.HeardMs)!);
        while (_bytes > BytesMax) ExpelOldestBut(message);
        return message;
    }

    /// <summary>Frames that the journal has as a publish: their messages are not waited for, and the packets of a whole one are known.</summary>
    public void Settle(string gateway, string sensor, ReadOnlySpan<byte> payload, long nowMs)
    {
        // Damaged bytes may stand between them.
        payload = FrameRun.Sl651FramesOf(payload);
        for (var rest = payload; Sl651Frame.TryParse(rest, out var frame) == FrameFault.None; rest = rest[frame.Bytes..])
            if (frame.PacketTotal > 1 && Find(gateway, sensor, frame) is { } before) Drop(gateway, sensor, before);
        for (var rest = payload; Sl651Frame.TryParse(rest, out var frame) == FrameFault.None; rest = rest[frame.Bytes..])
            if (frame.PacketTotal > 1) Take(gateway, sensor, frame, rest[..frame.Bytes], nowMs, out _);
        for (var rest = payload; Sl651Frame.TryParse(rest, out var frame) == FrameFault.None; rest = rest[frame.Bytes..])
            if (frame.PacketTotal > 1 && Find(gateway, sensor, frame) is { IsWhole: false } cut) Drop(gateway, sensor, cut);
    }

    /// <summary>Expels what no packet has come for in time.</summary>
    public void Expire(long nowMs)
    {
        foreach (var ((gateway, sensor), messages) in _sensors.ToList())
            foreach (var late in messages.Where(m => m.IsLate(nowMs)).ToList()) Expel(gateway, sensor, late);
    }

    /// <summary>What has been expelled since the last call, without messages that were whole.</summary>
    public List<ExpelledMessage> TakeExpelled()
    {
        if (_expelled.Count == 0) return [];
        var expelled = _expelled.ToList();
        _expelled.Clear();
        return expelled;
    }

    private Sl651PacketSet? Find(string gateway, string sensor, in Sl651Frame packet)
    {
        foreach (var message in _sensors.GetValueOrDefault((gateway, sensor)) ?? [])
            if (message.IsOf(packet)) return message;
        return null;
    }

    private void ExpelOldestBut(Sl651PacketSet newest)
    {
        var ((gateway, sensor), oldest) = _sensors.SelectMany(s => s.Value.Select(m => (s.Key, Message: m))).Where(m => m.Message != newest).MinBy(m => m.Message.HeardMs);
        Expel(gateway, sensor, oldest);
    }

    private void Expel(string gateway, string sensor, Sl651PacketSet message)
    {
        Drop(gateway, sensor, message);
        if (!message.IsWhole) _expelled.Add(new ExpelledMessage(gateway, sensor, message));
    }

    private void Drop(string gateway, string sensor, Sl651PacketSet message)
    {
        var messages = _sensors[(gateway, sensor)];
        messages.Remove(message);
        if (messages.Count == 0) _sensors.Remove((gateway, sensor));
        _bytes -= message.Bytes;
    }
}

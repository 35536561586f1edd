using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace LuohuIOC.Simulator.Load;

/// <summary>
/// A whole PUBLISH packet, built once; a send copies it and overwrites packet id, device times, sequences and varying digits in place.
/// The numbers keep their width so that nothing moves: 13 digits of milliseconds, 10 of sequence, 3 varying digits a value.
/// </summary>
public sealed class MessageTemplate
{
    /// <summary>Sequences start here so that they always have ten digits, as JSON allows no leading zeros, and end where 32 bits do.</summary>
    public const long FirstSequence = 1_000_000_000;
    public const long LastSequence = int.MaxValue;
    public const int TimeDigits = 13;
    public const int SequenceDigits = 10;

    private readonly byte[] _packet;
    private readonly int _packetIdOffset;
    private readonly int[] _timeOffsets;
    private readonly int[] _sequenceOffsets;
    private readonly int[] _digitOffsets;

    private MessageTemplate(string topic, string payload, string[] sensors)
    {
        var utf8 = Encoding.UTF8.GetBytes(payload);
        _packet = MqttFrame.Publish(topic, utf8, out _packetIdOffset, out var payloadOffset);
        _timeOffsets = Offsets(utf8, "\"ts\":"u8, payloadOffset);
        _sequenceOffsets = Offsets(utf8, "\"seq\":"u8, payloadOffset);
        _digitOffsets = [.. Offsets(utf8, "###"u8, payloadOffset).Select(end => end - 3)];
        Sensors = sensors;
    }

    public int Length => _packet.Length;

    public int Readings => _sequenceOffsets.Length;

    /// <summary>The sensor of each reading, in the order of the readings.</summary>
    public IReadOnlyList<string> Sensors { get; }

    /// <summary><c>luohu/v1/gw-1/s-1/telemetry {"ts":…,"seq":…,"values":{"m1":11.000}}</c>, an array of that for several readings.</summary>
    public static MessageTemplate ForSensor(string gateway, LoadSensor sensor, int readings)
    {
        var reading = Reading(sensor);
        var payload = readings == 1 ? reading : $"[{string.Join(',', Enumerable.Repeat(reading, readings))}]";
        return new MessageTemplate($"luohu/v1/{gateway}/{sensor.Id}/telemetry", payload, [.. Enumerable.Repeat(sensor.Id, readings)]);
    }

    /// <summary><c>luohu/v1/gw-1/telemetry {"s-1":[{…}],"s-2":[{…}]}</c>: one reading each.</summary>
    public static MessageTemplate ForGateway(string gateway, IReadOnlyList<LoadSensor> sensors)
    {
        var members = sensors.Select(s => $"\"{s.Id}\":[{Reading(s)}]");
        return new MessageTemplate($"luohu/v1/{gateway}/telemetry", $"{{{string.Join(',', members)}}}", [.. sensors.Select(s => s.Id)]);
    }

    /// <summary>Writes the packet to the front of <paramref name="destination"/> and returns its length.</summary>
    public int Write(Span<byte> destination, ushort packetId, ReadOnlySpan<byte> time, long sequence, ref uint noise)
    {
        _packet.CopyTo(destination);
        BinaryPrimitives.WriteUInt16BigEndian(destination[_packetIdOffset..], packetId);
        foreach (var offset in _timeOffsets) time.CopyTo(destination[offset..]);
        foreach (var offset in _sequenceOffsets) Utf8Formatter.TryFormat(sequence++, destination[offset..], out _);
        foreach (var offset in _digitOffsets)
        {
            noise = (noise * 1664525) + 1013904223;
            var bits = noise >> 16;
            // 3 × 0…9 from 12 of 16 random bits each; the slight unevenness does not matter here.
            destination[offset] = (byte)('0' + ((bits & 0xF) * 10 >> 4));
            destination[offset + 1] = (byte)('0' + ((bits >> 4 & 0xF) * 10 >> 4));
            destination[offset + 2] = (byte)('0' + ((bits >> 8 & 0xF) * 10 >> 4));
        }
        return _packet.Length;
    }

    private static string Reading(LoadSensor sensor)
    {
        var values = sensor.Metrics.Select(m => $"\"{m.Name}\":{m.Pattern}");
        return $"{{\"ts\":{new string('0', TimeDigits)},\"seq\":{FirstSequence},\"values\":{{{string.Join(',', values)}}}}}";
    }

    private static int[] Offsets(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> mark, int payloadOffset)
    {
        var offsets = new List<int>();
        for (var from = 0; payload[from..].IndexOf(mark) is >= 0 and var at; from += at + mark.Length)
            offsets.Add(payloadOffset + from + at + mark.Length);
        return [.. offsets];
    }
}

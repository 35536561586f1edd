using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Ingestion.Journal;

/// <summary>How much of a publish became readings. Stored: append, never renumber.</summary>
public enum PublishShare : byte
{
    /// <summary>Every reading was accepted, so every one comes out again, whatever the registry says today.</summary>
    Whole = 1,

    /// <summary>Some were refused.</summary>
    Part = 2,

    /// <summary>Nothing: a packet of a message whose others are to come. The publish that ends the message holds it once more.</summary>
    Held = 3,
}

/// <summary>Sees a publish of the journal; it is valid during the call only.</summary>
public delegate void PublishVisitor(in PublishFrame publish);

/// <summary>
/// One publish inside a group's body, little endian: kind u8 (low two bits 1: every reading was accepted, 2: some were refused, 3: held until the rest of its message comes; the bits above: <see cref="PayloadForm"/>) · received i64 Unix ms · gateway length u8 and ASCII · sensor length u8
/// and ASCII (empty for a publish of many sensors) · payload length u32 and bytes.
/// </summary>
public readonly ref struct PublishFrame
{
    private const int FixedBytes = 1 + 8 + 1 + 1 + 4;

    private PublishFrame(PayloadForm form, PublishShare share, long receivedMs, ReadOnlySpan<byte> gateway, ReadOnlySpan<byte> sensor, ReadOnlySpan<byte> payload)
    {
        Form = form;
        Share = share;
        ReceivedMs = receivedMs;
        Gateway = gateway;
        Sensor = sensor;
        Payload = payload;
    }

    /// <summary>What the payload is written in.</summary>
    public PayloadForm Form { get; }

    /// <summary>What of it became readings when it was acknowledged, and must come out again.</summary>
    public PublishShare Share { get; }

    public long ReceivedMs { get; }

    public ReadOnlySpan<byte> Gateway { get; }

    public ReadOnlySpan<byte> Sensor { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Appends a telemetry publish.</summary>
    public static void Write(
        IBufferWriter<byte> body, PayloadForm form, PublishShare share, long receivedMs, ReadOnlySpan<char> gateway, ReadOnlySpan<char> sensor, ReadOnlySpan<byte> payload)
    {
        var size = FixedBytes + gateway.Length + sensor.Length + payload.Length;
        var span = body.GetSpan(size);
        span[0] = (byte)((int)share | ((int)form << 2));
        BinaryPrimitives.WriteInt64LittleEndian(span[1..], receivedMs);
        span[9] = (byte)gateway.Length;
        var at = 10 + Encoding.ASCII.GetBytes(gateway, span[10..]);
        span[at] = (byte)sensor.Length;
        at += 1 + Encoding.ASCII.GetBytes(sensor, span[(at + 1)..]);
        BinaryPrimitives.WriteInt32LittleEndian(span[at..], payload.Length);
        payload.CopyTo(span[(at + 4)..]);
        body.Advance(size);
    }

    /// <summary>Takes the next frame off the body of an intact record; false at its end.</summary>
    public static bool TryTake(scoped ref ReadOnlySpan<byte> body, out PublishFrame frame)
    {
        frame = default;
        if (body.IsEmpty) return false;
        if ((body[0] & 3) == 0 || body[0] >> 2 > (int)PayloadForm.Lorawan) throw new InvalidDataException($"A journal frame of kind {body[0]} was written by a newer version. Run the newer version.");
        var receivedMs = BinaryPrimitives.ReadInt64LittleEndian(body[1..]);
        var gateway = body.Slice(10, body[9]);
        var at = 10 + gateway.Length;
        var sensor = body.Slice(at + 1, body[at]);
        at += 1 + sensor.Length;
        var payload = body.Slice(at + 4, BinaryPrimitives.ReadInt32LittleEndian(body[at..]));
        frame = new PublishFrame((PayloadForm)(body[0] >> 2), (PublishShare)(body[0] & 3), receivedMs, gateway, sensor, payload);
        body = body[(at + 4 + payload.Length)..];
        return true;
    }
}

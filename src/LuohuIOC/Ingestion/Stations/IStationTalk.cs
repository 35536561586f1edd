using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>A part of a message that belongs to one sensor: the whole of it, or one component's object.</summary>
/// <param name="Address">Of the component when it has one of its own, else of the station.</param>
/// <param name="Payload">Frames that decode by themselves.</param>
internal sealed record StationPart(string Address, byte[] Payload);

/// <summary>What a station has said.</summary>
/// <param name="Fault">Not None: the bytes are no message; the other members are empty, or have what could be read and is not to be lost.</param>
/// <param name="Address">The station's.</param>
/// <param name="Parts">What is to be stored; empty for heartbeats, answers, and packets that others are still missing for.</param>
internal sealed record StationMessage(FrameFault Fault, string Address, IReadOnlyList<StationPart> Parts)
{
    /// <summary>Packets of an earlier message that never became whole, and that the station has gone on from without an answer.</summary>
    public byte[]? Abandoned { get; init; }

    /// <summary>
    /// The parts, those of one sensor as one payload: each decoded by itself, the second would have time and serial of the first and be taken for
    /// a repetition, be it a fire behind a "normal". Parts without sensor stay as they are.
    /// </summary>
    public IReadOnlyList<StationPart> PartsBySensor(Func<StationPart, string?> sensorOf) =>
        Parts.Count < 2
            ? Parts
            : [.. Parts.GroupBy(part => sensorOf(part) is { } sensor ? (sensor, "") : ("", part.Address))
                .Select(same => new StationPart(same.First().Address, [.. same.SelectMany(part => part.Payload)]))];
}

/// <summary>One connection's side of a protocol: where frames end, what they say, what is answered. Holds what a conversation has to remember.</summary>
internal interface IStationTalk
{
    PayloadForm Form { get; }

    /// <summary>A frame that has not ended after this many bytes is none.</summary>
    int FrameBytesMax { get; }

    /// <summary>Bytes of the frame that begins here, 0 while that cannot be told yet, −1 when none begins here.</summary>
    int LengthOf(ReadOnlySpan<byte> bytes);

    /// <summary>Bytes that a frame which begins here has by its own head; 0 or less when none begins here or its head is incomplete.</summary>
    int ClaimOf(ReadOnlySpan<byte> bytes);

    /// <summary>True when the bytes are one frame: its marks, its length and its check value are right.</summary>
    bool IsWhole(ReadOnlySpan<byte> frame);

    /// <summary>Takes one frame; without parts while packets of its message are missing.</summary>
    StationMessage Take(ReadOnlySpan<byte> frame);

    /// <summary>What the station is told about the frame just taken, now that it is durable (or refused); null for nothing.</summary>
    byte[]? Answer(ReadOnlySpan<byte> frame, bool accepted, long nowMs);
}

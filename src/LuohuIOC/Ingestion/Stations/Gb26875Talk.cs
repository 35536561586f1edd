using System.Globalization;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.Ingestion.Frames;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>
/// GB/T 26875.3-2011: what is sent (2) is confirmed (3) when it is durable and denied (6) when its unit is wrong; a frame with a wrong
/// checksum says nothing that could be answered. A unit of several components is stored as one frame for each, as each is a sensor.
/// </summary>
internal sealed class Gb26875Talk : IStationTalk
{
    public PayloadForm Form => PayloadForm.Gb26875;

    public int FrameBytesMax => FrameBounds.Gb26875.FrameBytesMax;

    public int LengthOf(ReadOnlySpan<byte> bytes) => Gb26875Frame.LengthOf(bytes);

    public int ClaimOf(ReadOnlySpan<byte> bytes) => FrameBounds.Gb26875.ClaimOf(bytes);

    public bool IsWhole(ReadOnlySpan<byte> frame) => FrameBounds.Gb26875.IsWhole(frame);

    public StationMessage Take(ReadOnlySpan<byte> bytes)
    {
        var fault = Gb26875Frame.TryParse(bytes, out var frame, out _);
        if (fault != FrameFault.None) return new StationMessage(fault, "", []);
        var address = frame.Source.ToString("X12", CultureInfo.InvariantCulture);
        var parts = new List<StationPart>();
        var objects = frame.Objects;
        while (frame.IsReport && objects.MoveNext())
            if (HasComponent(objects.Current)) parts.Add(PartOf(frame, objects.Current, address));
        if (objects.Fault != FrameFault.None || !frame.IsReport) return new StationMessage(objects.Fault, address, FiresOf(frame, address));
        if (parts.Count == 0) parts.Add(new StationPart(address, bytes.ToArray()));
        else if (parts.Count == 1) parts[0] = parts[0] with { Payload = bytes.ToArray() };
        return new StationMessage(FrameFault.None, address, parts);
    }

    public byte[]? Answer(ReadOnlySpan<byte> bytes, bool accepted, long nowMs)
    {
        if (Gb26875Frame.TryParse(bytes, out var frame, out _) != FrameFault.None || frame.Command != Gb26875Command.Send) return null;
        Span<byte> answer = stackalloc byte[Gb26875Frame.Overhead];
        return answer[..Gb26875Writer.Reply(answer, frame, accepted ? Gb26875Command.Confirm : Gb26875Command.Deny, nowMs)].ToArray();
    }

    // The decoder's rule: of what is miscounted, or comes under a command that nobody knows, the fires.
    private static List<StationPart> FiresOf(in Gb26875Frame frame, string address)
    {
        var fires = new List<StationPart>();
        foreach (var item in frame.ObjectsByLength)
            if (item.TellsFire) fires.Add(PartOf(frame, item, address));
        return fires;
    }

    private static bool HasComponent(in Gb26875Object item) => item.Type is Gb26875Type.ComponentState or Gb26875Type.Analogue;

    private static StationPart PartOf(in Gb26875Frame frame, in Gb26875Object item, string address) =>
        new(HasComponent(item) ? string.Create(CultureInfo.InvariantCulture, $"{address}/{item.ComponentAddress:X8}") : address, Alone(frame, item));

    private static byte[] Alone(in Gb26875Frame frame, in Gb26875Object item)
    {
        Span<byte> unit = stackalloc byte[2 + item.Data.Length];
        (unit[0], unit[1]) = (item.Type, 1);
        item.Data.CopyTo(unit[2..]);
        Span<byte> alone = stackalloc byte[Gb26875Frame.Overhead + unit.Length];
        _ = frame.Time.TryUnixMs(out var sentMs);
        return alone[..Gb26875Writer.Frame(alone, frame.Serial, frame.Version, Math.Max(sentMs, TelemetryReader.TsMin), frame.Source, frame.Target, frame.Command, unit)].ToArray();
    }
}

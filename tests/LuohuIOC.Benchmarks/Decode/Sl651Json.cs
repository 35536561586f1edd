using System.Globalization;
using System.Text;
using System.Text.Json;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Sl651;

namespace LuohuIOC.Benchmarks.Decode;

/// <summary>SL 651 frames in the spelling of the golden vectors.</summary>
internal static class Sl651Json
{
    // The vectors show the beginning of a picture only.
    private const int PictureBytesShown = 30;

    public static FrameFault Write(ReadOnlySpan<byte> bytes, Utf8JsonWriter json)
    {
        var fault = Sl651Frame.TryParse(bytes, out var frame);
        if (fault != FrameFault.None) return fault;
        if (frame.Bytes != bytes.Length) return FrameFault.Length;
        return frame.IsAscii ? WriteAscii(frame, json) : WriteHex(frame, json);
    }

    private static FrameFault WriteHex(in Sl651Frame frame, Utf8JsonWriter json)
    {
        var kind = frame.BodyLength == Sl651Frame.HeadingBytes && !frame.IsPacket ? Sl651BodyKind.Heading : Sl651Function.BodyOf(frame.Function);
        json.WriteNumber("center"u8, frame.Center);
        WriteHex(json, "stationAddress"u8, frame.Station, 10);
        json.WriteString("direction"u8, frame.IsDown ? "down"u8 : "up"u8);
        WriteHex(json, "password"u8, frame.Password, 4);
        WriteHex(json, "function"u8, frame.Function, 2);
        json.WriteNumber("bodyLength"u8, frame.BodyLength);
        json.WriteString("bodyKind"u8, NameOf(kind));
        json.WriteString("start"u8, frame.IsPacket ? "SYN"u8 : "STX"u8);
        if (frame.IsPacket)
        {
            json.WriteNumber("packetTotal"u8, frame.PacketTotal);
            json.WriteNumber("packetIndex"u8, frame.PacketIndex);
        }
        json.WriteString("end"u8, Sl651Mark.NameOfEnd(frame.End));
        WriteHex(json, "crc"u8, frame.Crc, 4);
        json.WriteBoolean("crcOk"u8, true);
        if (!frame.HasHeading) return FrameFault.None;
        json.WriteNumber("serial"u8, frame.Serial);
        json.WriteString("sendTime"u8, frame.SendTime.ToString());
        if (kind == Sl651BodyKind.Heading || frame.Content.IsEmpty) return FrameFault.None;
        // A question's elements have no data: they cannot be gone through.
        return kind == Sl651BodyKind.Configuration || frame.IsDown ? WriteContent(frame, json) : WriteItems(frame, json);
    }

    private static FrameFault WriteContent(in Sl651Frame frame, Utf8JsonWriter json)
    {
        var items = new Sl651Items(frame.Content.Length >= 7 ? frame.Content[..7] : default, frame.Function);
        _ = items.MoveNext();
        if (items.HasStation) WriteHex(json, "bodyStation"u8, items.Station, 10);
        json.WriteString("bodyAfterTime"u8, Convert.ToHexString(frame.Content));
        return FrameFault.None;
    }

    private static FrameFault WriteItems(in Sl651Frame frame, Utf8JsonWriter json)
    {
        // Station, class and time stand before the items in the line, and before or among them in the body.
        var ahead = new Sl651Items(frame.Content, frame.Function);
        while (ahead.MoveNext())
        {
        }
        // The first of several packets may end within an element.
        if (ahead.Fault != FrameFault.None && !frame.IsPacket) return ahead.Fault;
        if (ahead.HasStation) WriteHex(json, "bodyStation"u8, ahead.Station, 10);
        if (ahead.ClassCode != 0) json.WriteString("classCode"u8, [(char)ahead.ClassCode]);
        if (ahead.ObservationTime is { } observed) json.WriteString("observationTime"u8, observed.ToString());
        json.WriteStartArray("items"u8);
        var items = new Sl651Items(frame.Content, frame.Function);
        while (items.MoveNext())
        {
            json.WriteStartObject();
            WriteItem(items.Current, json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return FrameFault.None;
    }

    private static void WriteItem(in Sl651Item item, Utf8JsonWriter json)
    {
        WriteHex(json, "id"u8, item.Id, item.Id > 0xFF ? 4 : 2);
        if (item.Kind is Sl651ItemKind.Text or Sl651ItemKind.Picture)
        {
            var shown = item.Kind == Sl651ItemKind.Picture ? Math.Min(item.Data.Length, PictureBytesShown) : item.Data.Length;
            json.WriteString("raw"u8, Convert.ToHexString(item.Data[..shown]));
            return;
        }
        json.WriteString("ascii"u8, Sl651Elements.Of(item.Id)?.Ascii);
        if (item.Kind == Sl651ItemKind.Step)
        {
            json.WriteString("step"u8, Convert.ToHexString(item.Data));
            return;
        }
        json.WriteString("time"u8, item.HasTime ? item.Time.ToString() : null);
        json.WriteString("raw"u8, Convert.ToHexString(item.Data));
        switch (item.Kind)
        {
            case Sl651ItemKind.State:
                json.WriteNumber("bits"u8, item.Bits);
                break;
            case Sl651ItemKind.Value:
                WriteValue(json, "value"u8, item.TryValue(0, out var value), value);
                break;
            case Sl651ItemKind.Series:
                json.WriteStartArray("values"u8);
                for (var i = 0; i < item.Count; i++) WriteValue(json, default, item.TryValue(i, out var one), one);
                json.WriteEndArray();
                break;
        }
    }

    private static FrameFault WriteAscii(in Sl651Frame frame, Utf8JsonWriter json)
    {
        json.WriteNumber("center"u8, frame.Center);
        WriteHex(json, "stationAddress"u8, frame.Station, 10);
        WriteHex(json, "password"u8, frame.Password, 4);
        WriteHex(json, "function"u8, frame.Function, 2);
        json.WriteString("direction"u8, frame.IsDown ? "down"u8 : "up"u8);
        json.WriteNumber("bodyLength"u8, frame.BodyLength);
        if (frame.IsPacket)
        {
            json.WriteNumber("packetTotal"u8, frame.PacketTotal);
            json.WriteNumber("packetIndex"u8, frame.PacketIndex);
        }
        if (!frame.HasHeading) return FrameFault.None;
        json.WriteNumber("serial"u8, frame.Serial);
        json.WriteString("sendTime"u8, frame.SendTime.ToString());
        if (frame.IsDown || frame.Content.TrimEnd((byte)' ').IsEmpty) return FrameFault.None;
        var ahead = new Sl651AsciiItems(frame.Content);
        while (ahead.MoveNext())
        {
        }
        if (ahead.Fault != FrameFault.None && !frame.IsPacket) return ahead.Fault;
        if (ahead.ClassCode != 0) json.WriteString("classCode"u8, [(char)ahead.ClassCode]);
        if (ahead.ObservationTime is { } observed) json.WriteString("observationTime"u8, observed.ToString());
        json.WriteStartArray("items"u8);
        var items = new Sl651AsciiItems(frame.Content);
        while (items.MoveNext()) WriteAsciiItem(items.Current, json);
        json.WriteEndArray();
        return FrameFault.None;
    }

    private static void WriteAsciiItem(in Sl651AsciiItem item, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("ascii"u8, Encoding.Latin1.GetString(item.Name));
        if (item.IsText)
        {
            json.WriteString("raw"u8, Encoding.Latin1.GetString(item.Text));
        }
        else if (item.IsSeries)
        {
            json.WriteStartArray("values"u8);
            for (var i = 0; i < item.Count; i++) WriteValue(json, default, item.TryValue(i, out var one), one);
            json.WriteEndArray();
        }
        else if (item.Element?.Id == Sl651Elements.StationState)
        {
            WriteValue(json, "bits"u8, item.TryValue(0, out var bits), bits);
        }
        else if (!item.IsStep)
        {
            WriteValue(json, "value"u8, item.TryValue(0, out var value), value);
        }
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, ReadOnlySpan<byte> name, bool known, double value)
    {
        if (!name.IsEmpty) json.WritePropertyName(name);
        if (known) json.WriteNumberValue(value);
        else json.WriteNullValue();
    }

    private static void WriteHex(Utf8JsonWriter json, ReadOnlySpan<byte> name, ulong value, int digits)
    {
        Span<char> text = stackalloc char[digits];
        value.TryFormat(text, out _, digits switch { 10 => "X10", 4 => "X4", _ => "X2" }, CultureInfo.InvariantCulture);
        json.WriteString(name, text);
    }

    private static string NameOf(Sl651BodyKind kind) => kind switch
    {
        Sl651BodyKind.Heading => "heartbeat/ack",
        Sl651BodyKind.Elements => "elements",
        Sl651BodyKind.ManualOrPicture => "manual/picture",
        _ => "config-or-control (Appendix D ids, not elements)",
    };
}

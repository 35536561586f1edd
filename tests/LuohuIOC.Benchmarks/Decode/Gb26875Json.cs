using System.Text.Json;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Gb26875;

namespace LuohuIOC.Benchmarks.Decode;

/// <summary>GB/T 26875.3 frames in the spelling of the golden vectors.</summary>
internal static class Gb26875Json
{
    public static FrameFault Write(ReadOnlySpan<byte> bytes, Utf8JsonWriter json)
    {
        var fault = Gb26875Frame.TryParse(bytes, out var frame, out var length);
        if (fault != FrameFault.None) return fault;
        if (length != bytes.Length) return FrameFault.Length;
        json.WriteNumber("serial"u8, frame.Serial);
        json.WriteStartArray("version"u8);
        json.WriteNumberValue(frame.Version & 0xFF);
        json.WriteNumberValue(frame.Version >> 8);
        json.WriteEndArray();
        json.WriteString("time"u8, frame.Time.ToString());
        json.WriteString("source"u8, frame.Source.ToString("x12"));
        json.WriteString("target"u8, frame.Target.ToString("x12"));
        json.WriteNumber("length"u8, frame.Unit.Length);
        json.WriteNumber("command"u8, (int)frame.Command);
        json.WriteBoolean("checksumOk"u8, true);
        json.WriteBoolean("tailOk"u8, true);
        if (frame.Unit.Length < 2) return FrameFault.None;
        json.WriteNumber("type"u8, frame.Type);
        json.WriteNumber("count"u8, frame.Count);
        json.WriteStartArray("objects"u8);
        var objects = frame.Objects;
        while (objects.MoveNext())
        {
            json.WriteStartObject();
            Write(objects.Current, json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        return objects.Fault;
    }

    private static void Write(Gb26875Object item, Utf8JsonWriter json)
    {
        switch (item.Type)
        {
            case Gb26875Type.SystemState:
                WriteSystem(item, json);
                WriteState(item, json);
                break;
            case Gb26875Type.ComponentState:
                WriteComponent(item, json);
                WriteState(item, json);
                json.WriteString("description"u8, item.Description);
                break;
            case Gb26875Type.Analogue:
                WriteComponent(item, json);
                json.WriteNumber("analog"u8, item.AnalogueKind);
                json.WriteNumber("raw"u8, item.AnalogueRaw);
                break;
            case Gb26875Type.Operation:
                WriteSystem(item, json);
                WriteOperation(item, json);
                break;
            case Gb26875Type.TransmitterState:
                json.WriteNumber("state"u8, item.State);
                break;
            case Gb26875Type.TransmitterOperation:
                WriteOperation(item, json);
                break;
            case Gb26875Type.SetClock:
                json.WriteString("raw"u8, Convert.ToHexStringLower(item.Data));
                break;
            case Gb26875Type.GuardCheck:
                json.WriteString("raw"u8, Convert.ToHexStringLower(item.Data));
                json.WriteNumber("timeoutMinutes"u8, item.TimeoutMinutes);
                return;
            default:
                json.WriteString("raw"u8, Convert.ToHexStringLower(item.Data));
                return;
        }
        json.WriteString("time"u8, item.Time.ToString());
    }

    private static void WriteSystem(Gb26875Object item, Utf8JsonWriter json)
    {
        json.WriteNumber("system"u8, item.System);
        json.WriteNumber("address"u8, item.Address);
    }

    private static void WriteComponent(Gb26875Object item, Utf8JsonWriter json)
    {
        WriteSystem(item, json);
        json.WriteNumber("component"u8, item.Component);
        json.WriteString("componentAddress"u8, item.ComponentAddress.ToString("x8"));
    }

    private static void WriteState(Gb26875Object item, Utf8JsonWriter json)
    {
        json.WriteNumber("state"u8, item.State);
        json.WriteStartArray("flags"u8);
        var names = Gb26875State.NamesOf(item.Type);
        for (var bit = 0; bit < names.Length; bit++)
            if ((item.State >> bit & 1) != 0) json.WriteStringValue(names[bit]);
        json.WriteEndArray();
    }

    private static void WriteOperation(Gb26875Object item, Utf8JsonWriter json)
    {
        json.WriteNumber("operation"u8, item.Operation);
        json.WriteNumber("operator"u8, item.Operator);
    }
}

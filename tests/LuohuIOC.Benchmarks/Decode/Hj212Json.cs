using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Hj212;

namespace LuohuIOC.Benchmarks.Decode;

/// <summary>HJ 212 packets in the spelling of the golden vectors.</summary>
internal static class Hj212Json
{
    private static readonly Encoding Chinese = CodePagesEncodingProvider.Instance.GetEncoding(54936, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"))!;

    public static FrameFault Write(ReadOnlySpan<byte> bytes, Utf8JsonWriter json)
    {
        var fault = Hj212Packet.TryParse(bytes, out var packet);
        if (fault != FrameFault.None) return fault;
        json.WriteStartObject("header"u8);
        foreach (var pair in packet.HeaderPairs) Write(json, pair);
        json.WriteEndObject();
        json.WriteStartArray("items"u8);
        foreach (var group in packet.Groups)
        {
            json.WriteStartObject();
            foreach (var pair in group) Write(json, pair);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (packet.Flag is not (var flag and >= 0)) return FrameFault.None;
        json.WriteStartObject("flag"u8);
        json.WriteNumber("value"u8, flag);
        json.WriteNumber("version"u8, flag >> 2);
        json.WriteBoolean("hasPacketNo"u8, (flag & 2) != 0);
        json.WriteBoolean("ackNeeded"u8, (flag & 1) != 0);
        json.WriteEndObject();
        return FrameFault.None;
    }

    // The standard says ASCII; what devices write beyond it and is no UTF-8 is GB 18030, as their operators' screens are.
    private static void Write(Utf8JsonWriter json, Hj212Pair pair)
    {
        if (Utf8.IsValid(pair.Key)) json.WritePropertyName(pair.Key);
        else json.WritePropertyName(Chinese.GetString(pair.Key));
        if (Utf8.IsValid(pair.Value)) json.WriteStringValue(pair.Value);
        else json.WriteStringValue(Chinese.GetString(pair.Value));
    }
}

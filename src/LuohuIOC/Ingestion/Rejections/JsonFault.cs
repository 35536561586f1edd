using System.Text;
using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Texts;

namespace LuohuIOC.Ingestion.Rejections;

/// <summary>What makes a refused payload no JSON, and where, as far as the first bytes of it say that were kept. Bytes are counted from 1, as editors do.</summary>
internal static class JsonFault
{
    // More than the levels that so few bytes can open.
    private static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = Rejection.FirstBytesMax + 1 };

    /// <param name="language">The reader's.</param>
    /// <param name="first">The first bytes.</param>
    /// <param name="payloadBytes">How many there were.</param>
    public static string TextOf(string language, ReadOnlySpan<byte> first, int payloadBytes)
    {
        if (first.StartsWith("\uFEFF"u8)) return Text(language, "bom");
        if (first.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || first.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || first is [_, 0, _, 0, ..] or [0, _, 0, _, ..]) return Text(language, "utf16");
        var isWhole = first.Length >= payloadBytes;
        if (FirstForeign(first, isWhole) is var foreign and >= 0) return Text(language, "encoding", foreign + 1);
        var reader = new Utf8JsonReader(first, isWhole, new JsonReaderState(AnyDepth));
        var deepest = 0;
        try
        {
            // An opening bracket is of the level without it.
            while (reader.Read()) deepest = Math.Max(deepest, reader.CurrentDepth + (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0));
        }
        catch (JsonException e)
        {
            return OfBroken(language, first, OffsetOf(first, e), isEnded: reader.CurrentDepth == 0 && reader.TokenType != JsonTokenType.None);
        }
        if (deepest > TelemetryReader.DepthMax) return Text(language, "depth", TelemetryReader.DepthMax);
        return isWhole ? TextBook.Get(language, "rejection.not_json") : Text(language, "later", first.Length);
    }

    private static string OfBroken(string language, ReadOnlySpan<byte> first, int at, bool isEnded)
    {
        // Cut behind a comma the reader blames the comma.
        if (at >= first.Length || first[at..].TrimEnd(" \t\r\n"u8) is [(byte)',']) return Text(language, "end", first.Length);
        if (isEnded) return Text(language, "trailing", at + 1);
        if (first[at..].StartsWith("NaN"u8)) return Text(language, "nan", at + 1, "NaN");
        if (!first[at..].StartsWith("Infinity"u8)) return Text(language, "syntax", at + 1);
        return at > 0 && first[at - 1] == '-' ? Text(language, "nan", at, "-Infinity") : Text(language, "nan", at + 1, "Infinity");
    }

    // The reader tells the line and the byte in it, both from 0.
    private static int OffsetOf(ReadOnlySpan<byte> first, JsonException e)
    {
        var start = 0;
        for (var line = 0L; line < (e.LineNumber ?? 0); line++)
        {
            var end = first[start..].IndexOf((byte)'\n');
            if (end < 0) return first.Length;
            start += end + 1;
        }
        return start + (int)(e.BytePositionInLine ?? 0);
    }

    // A character that the end of what was kept cuts in two is none.
    private static int FirstForeign(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var status = Rune.DecodeFromUtf8(bytes[at..], out _, out var length);
            if (status == System.Buffers.OperationStatus.InvalidData || (status == System.Buffers.OperationStatus.NeedMoreData && isWhole)) return at;
            if (status == System.Buffers.OperationStatus.NeedMoreData) return -1;
            at += length;
        }
        return -1;
    }

    private static string Text(string language, string fault, params object?[] arguments) => TextBook.Get(language, $"rejection.not_json.{fault}", arguments);
}

using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.Benchmarks.Decode;

/// <summary>
/// <c>decode sl651|hj212|gb26875</c>: one frame a line on standard input, one JSON line for each on standard output. Frames are hex
/// digits in either case, spaces between them allowed; of HJ 212 the packet as text, its CRLF written <c>\r\n</c> or left out.
/// </summary>
internal static class DecodeRunner
{
    private const int ChunkBytes = 1 << 16;

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private delegate FrameFault FrameJson(ReadOnlySpan<byte> frame, Utf8JsonWriter json);

    public static int Run(string protocol)
    {
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        return Run(protocol, input, output);
    }

    /// <summary>Answers whenever the input has no more to read at the moment, so that it can be asked line by line, too.</summary>
    public static int Run(string protocol, Stream input, Stream output)
    {
        FrameJson? decode = protocol switch
        {
            "sl651" => Sl651Json.Write,
            "hj212" => Hj212Json.Write,
            "gb26875" => Gb26875Json.Write,
            _ => null,
        };
        if (decode is null) return 2;
        var lines = new ArrayBufferWriter<byte>(ChunkBytes);
        var frame = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(lines, Plain);
        var buffer = new byte[ChunkBytes];
        var filled = 0;
        while (true)
        {
            if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            var read = input.Read(buffer, filled, buffer.Length - filled);
            filled += read;
            var from = 0;
            for (int end; (end = buffer.AsSpan(from, filled - from).IndexOf((byte)'\n')) >= 0; from += end + 1)
                Answer(buffer.AsSpan(from, end), protocol == "hj212", frame, decode, lines, json);
            if (read == 0 && from < filled) Answer(buffer.AsSpan(from, filled - from), protocol == "hj212", frame, decode, lines, json);
            output.Write(lines.WrittenSpan);
            output.Flush();
            lines.ResetWrittenCount();
            if (read == 0) return 0;
            buffer.AsSpan(from, filled - from).CopyTo(buffer);
            filled -= from;
        }
    }

    private static void Answer(
        ReadOnlySpan<byte> line, bool isText, ArrayBufferWriter<byte> frame, FrameJson decode, ArrayBufferWriter<byte> lines, Utf8JsonWriter json)
    {
        line = line.Trim("\r\t "u8);
        frame.ResetWrittenCount();
        string? reason = null;
        if (isText) Unescape(line, frame);
        else if (!TryUnhex(line, frame)) reason = "hex";
        var before = lines.WrittenCount;
        if (reason is null)
        {
            json.Reset(lines);
            json.WriteStartObject();
            json.WriteBoolean("ok"u8, true);
            var fault = decode(frame.WrittenSpan, json);
            json.WriteEndObject();
            if (fault != FrameFault.None) reason = fault.WireName();
        }
        if (reason is null)
        {
            json.Flush();
        }
        else
        {
            // What a faulty body had given so far is taken back: its bytes may be in the line's buffer already.
            json.Reset(Stream.Null);
            Forget(lines, before);
            json.Reset(lines);
            json.WriteStartObject();
            json.WriteBoolean("ok"u8, false);
            json.WriteString("reason"u8, reason);
            json.WriteEndObject();
            json.Flush();
        }
        lines.Write("\n"u8);
    }

    private static void Forget(ArrayBufferWriter<byte> lines, int until)
    {
        if (lines.WrittenCount == until) return;
        var kept = lines.WrittenSpan[..until].ToArray();
        lines.ResetWrittenCount();
        lines.Write(kept);
    }

    // 7E7E 02, 7e7e02
    private static bool TryUnhex(ReadOnlySpan<byte> line, ArrayBufferWriter<byte> into)
    {
        var span = into.GetSpan((line.Length / 2) + 1);
        var (count, high) = (0, -1);
        foreach (var c in line)
        {
            if (c is (byte)' ' or (byte)'\t') continue;
            if (!char.IsAsciiHexDigit((char)c)) return false;
            var digit = char.IsAsciiDigit((char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
            if (high < 0)
            {
                high = digit;
                continue;
            }
            span[count++] = (byte)((high << 4) | digit);
            high = -1;
        }
        into.Advance(count);
        return high < 0;
    }

    // \r\n of two characters each; any other backslash stands for itself
    private static void Unescape(ReadOnlySpan<byte> line, ArrayBufferWriter<byte> into)
    {
        var span = into.GetSpan(line.Length + 1);
        var count = 0;
        for (var i = 0; i < line.Length; i++)
        {
            var next = i + 1 < line.Length ? line[i + 1] : (byte)0;
            if (line[i] == '\\' && next is (byte)'r' or (byte)'n')
            {
                span[count++] = next == 'r' ? (byte)'\r' : (byte)'\n';
                i++;
            }
            else
            {
                span[count++] = line[i];
            }
        }
        into.Advance(count);
    }
}

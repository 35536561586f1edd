using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Lorawan;

/// <summary>
/// One value; <paramref name="Text"/> is the vendor's word for it where the codec has one, <paramref name="AtMs"/> when it was measured, Unix ms, where
/// the device says so: it had stored it.
/// </summary>
public readonly record struct LorawanValue(string Name, double Value, string? Text, long? AtMs = null);

/// <summary>How one device packs its values, read from <c>firmware-contracts/frames/lorawan-codecs.json</c>: a new device is a new row there.</summary>
public sealed class LorawanCodec
{
    private static readonly FrozenDictionary<string, LorawanCodec> ByName = Load();

    private readonly CodecRow _row;
    private readonly Dictionary<string, int> _passedOver;

    private LorawanCodec(CodecRow row, Dictionary<string, int> passedOver) => (_row, _passedOver) = (row, passedOver);

    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>Null when there is no codec of this name.</summary>
    public static LorawanCodec? Of(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Decodes an application payload.</summary>
    /// <param name="port">FPort.</param>
    /// <param name="payload">The application payload.</param>
    /// <param name="into">What it says; where there is a fault what stands whole before it, of codecs that go by items, else nothing that is to be used.</param>
    /// <param name="read">Bytes that were read, up to the item that is at fault; 0 for a fault of a payload that is no items.</param>
    public FrameFault Decode(int port, ReadOnlySpan<byte> payload, List<LorawanValue> into, out int read)
    {
        read = 0;
        if (_row.SumsToZero)
        {
            byte sum = 0;
            foreach (var b in payload) sum += b;
            if (sum != 0) return FrameFault.Crc;
        }
        if (_row.Items is not null) return DecodeItems(_row.Items, payload, into, out read);
        var fields = _row.Fields;
        if (_row.Ports is not null && !_row.Ports.TryGetValue(port.ToString(CultureInfo.InvariantCulture), out fields)) return FrameFault.Body;
        return Decode(fields!, payload, into) < 0 ? FrameFault.Truncated : FrameFault.None;
    }

    // 01 75 5C 03 82 44 08: channel, type, data; what follows an unknown item cannot be found
    private FrameFault DecodeItems(Dictionary<string, FieldRow[]> items, ReadOnlySpan<byte> payload, List<LorawanValue> into, out int read)
    {
        for (read = 0; read < payload.Length;)
        {
            var rest = payload[read..];
            if (rest.Length < 2) return FrameFault.Truncated;
            var item = Convert.ToHexString(rest[..2]);
            var before = into.Count;
            var length = items.TryGetValue(item, out var fields) ? Decode(fields, rest[2..], into) : _passedOver.GetValueOrDefault(item);
            if (length == 0) return FrameFault.Body;
            if (length < 0 || rest.Length < 2 + length)
            {
                into.RemoveRange(before, into.Count - before);
                return FrameFault.Truncated;
            }
            read += 2 + length;
        }
        return FrameFault.None;
    }

    // Bytes that the fields reach to, −1 when there are fewer.
    private static int Decode(FieldRow[] fields, ReadOnlySpan<byte> bytes, List<LorawanValue> into)
    {
        var reach = 0;
        long? atMs = null;
        foreach (var field in fields)
        {
            var width = field.Type is "u8" or "i8" ? 1 : field.Type is "u32le" ? 4 : 2;
            if (bytes.Length < field.At + width) return -1;
            reach = Math.Max(reach, field.At + width);
            var raw = Raw(field, bytes[field.At..]);
            if (raw == field.Missing) continue;
            if (field.IsTime) atMs = raw * 1000;
            else if (ValueOf(field, raw) is { } value)
                into.Add(new LorawanValue(field.Name, value, field.Texts?.GetValueOrDefault(raw.ToString(CultureInfo.InvariantCulture)), atMs));
        }
        return reach;
    }

    private static long Raw(FieldRow field, ReadOnlySpan<byte> bytes)
    {
        long raw = field.Type switch
        {
            "u8" => bytes[0],
            "i8" => (sbyte)bytes[0],
            "u16le" => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            "i16le" => BinaryPrimitives.ReadInt16LittleEndian(bytes),
            _ => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        };
        return (field.Mask is { } mask ? raw & mask : raw) >> field.Shift;
    }

    private static double? ValueOf(FieldRow field, long raw)
    {
        if (field.Values is { } values) return values.TryGetValue(raw.ToString(CultureInfo.InvariantCulture), out var told) ? told : null;
        double value = raw;
        if (field.Pieces?.LastOrDefault(p => raw >= p[0]) is { } piece) value = piece[1] + ((raw - piece[0]) * piece[2]);
        // Rounded where a factor such as 0.004 would leave the last digits of a binary fraction.
        return field.Factor != 1 || field.Add != 0 ? Math.Round((value * field.Factor) + field.Add, 9) : value / field.Divide;
    }

    private static FrozenDictionary<string, LorawanCodec> Load()
    {
        using var stream = typeof(LorawanCodec).Assembly.GetManifestResourceStream("lorawan-codecs.json")
            ?? throw new InvalidOperationException("lorawan-codecs.json is not embedded in the device protocol assembly.");
        var file = JsonSerializer.Deserialize(stream, CodecsJson.Default.CodecsFile)!;
        return file.Codecs.ToFrozenDictionary(c => c.Key, c => new LorawanCodec(c.Value, file.PassedOver));
    }
}

internal sealed record CodecsFile(Dictionary<string, CodecRow> Codecs, Dictionary<string, int> PassedOver);

internal sealed record CodecRow(bool SumsToZero, FieldRow[]? Fields, Dictionary<string, FieldRow[]>? Ports, Dictionary<string, FieldRow[]>? Items);

internal sealed class FieldRow
{
    public required string Name { get; set; }

    public int At { get; set; }

    public required string Type { get; set; }

    public long? Mask { get; set; }

    public int Shift { get; set; }

    public long? Missing { get; set; }

    /// <summary>What raw values stand for; any other one says nothing.</summary>
    public Dictionary<string, double>? Values { get; set; }

    /// <summary>When the item's fields behind it were measured, Unix seconds.</summary>
    public bool IsTime { get; set; }

    /// <summary>From this raw value, this value, and this much more for each further count.</summary>
    public double[][]? Pieces { get; set; }

    public double Divide { get; set; } = 1;

    public double Factor { get; set; } = 1;

    public double Add { get; set; }

    public Dictionary<string, string>? Texts { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CodecsFile))]
internal sealed partial class CodecsJson : JsonSerializerContext;

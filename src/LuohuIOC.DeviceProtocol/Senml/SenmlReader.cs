using System.Text.Json;

namespace LuohuIOC.DeviceProtocol.Senml;

/// <summary>Takes the resolved records of a pack. A struct or a class; records come in the pack's order.</summary>
public interface ISenmlSink
{
    /// <summary>One number (a boolean is 0 or 1) under its full name, Unix ms.</summary>
    void Value(string name, string? unit, long unixMs, double value);
}

/// <summary>
/// SenML packs in JSON (RFC 8428), read and resolved: base fields hold until changed, name = bn + n, value = bv + v, time = bt + t; a
/// time below 2^28 seconds counts from the receipt. Texts (vs), bytes (vd) and sums alone (s) are checked and passed over.
/// <code>[{"bn":"urn:dev:1/","bt":1.7e9,"n":"level","u":"m","v":0.31},{"n":"battery","v":92}] >> two values</code>
/// </summary>
public static class SenmlReader
{
    /// <summary>Anything but None refuses the pack whole: forget what the sink was given.</summary>
    public static RejectionReason Read<TSink>(ReadOnlySpan<byte> payload, long receivedMs, ref TSink sink)
        where TSink : ISenmlSink, allows ref struct
    {
        var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = TelemetryReader.DepthMax });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return RejectionReason.WrongShape;
            var bases = new SenmlBases();
            var records = 0;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (reader.TokenType != JsonTokenType.StartObject) return RejectionReason.WrongShape;
                if (++records > SenmlBases.RecordsMax) return RejectionReason.TooManyReadings;
                var refused = ReadRecord(ref reader, ref bases, receivedMs, ref sink);
                if (refused != RejectionReason.None) return refused;
            }
            return reader.Read() ? RejectionReason.NotJson : RejectionReason.None;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A name with half of a surrogate pair is JSON that cannot be a string.
            return RejectionReason.NotJson;
        }
    }

    private static RejectionReason ReadRecord<TSink>(ref Utf8JsonReader reader, ref SenmlBases bases, long receivedMs, ref TSink sink)
        where TSink : ISenmlSink, allows ref struct
    {
        var record = new SenmlFields();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString()!;
            reader.Read();
            if (!Take(ref reader, field, ref bases, ref record)) return RejectionReason.WrongShape;
        }
        return bases.Give(record, receivedMs, ref sink);
    }

    private static bool Take(ref Utf8JsonReader reader, string field, ref SenmlBases bases, ref SenmlFields record)
    {
        switch (field)
        {
            case "bn": return Text(ref reader, out bases.Name!);
            case "bu": return Text(ref reader, out bases.Unit!);
            case "n": return Text(ref reader, out record.Name!);
            case "u": return Text(ref reader, out record.Unit!);
            case "bt": return Number(ref reader, out bases.Time);
            case "bv": return Number(ref reader, out bases.Value);
            case "bs": return Number(ref reader, out _);
            case "bver": return Number(ref reader, out bases.Version);
            case "t": return Number(ref reader, out record.Time);
            case "ut": return Number(ref reader, out _);
            case "s":
                record.HasSum = true;
                return Number(ref reader, out _);
            case "v":
                record.Values++;
                record.IsSummed = true;
                if (!Number(ref reader, out var value)) return false;
                record.Number = value;
                return true;
            case "vb":
                record.Values++;
                record.Number = reader.TokenType == JsonTokenType.True ? 1 : 0;
                return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
            case "vs" or "vd":
                record.Values++;
                return Text(ref reader, out _);
            default:
                // A name that ends in _ has to be understood (4.4).
                reader.Skip();
                return !field.EndsWith('_');
        }
    }

    private static bool Text(ref Utf8JsonReader reader, out string? text)
    {
        text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return text is not null;
    }

    private static bool Number(ref Utf8JsonReader reader, out double number)
    {
        number = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out number) && double.IsFinite(number);
    }
}

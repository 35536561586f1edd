using System.Text.Json;

namespace LuohuIOC.DeviceProtocol.Senml;

/// <summary>Takes the resolved records of a pack. A struct or a class; records come in the pack's order.</summary>
public interface ISenmlSink
{
    /// <summary>One number (a boolean is 0 or 1) under its full name, Unix ms.</summary>
    void Value(string name, string? unit, long unixMs, double value);

    /// <summary>An integral over time (<c>s</c>), in the record's unit times seconds.</summary>
    /// <param name="name">Full name.</param>
    /// <param name="unixMs">Its time.</param>
    /// <param name="sum">The sum, with the base sum.</param>
    /// <param name="isAlone">The record has no value besides.</param>
    void Sum(string name, long unixMs, double sum, bool isAlone);

    /// <summary>A record with a text or bytes alone, which no metric is.</summary>
    /// <param name="name">Full name.</param>
    void Wordy(string name);

    /// <summary>A record that does not keep the rules; the others of its pack stand.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="name">Full name, as far as there is one.</param>
    /// <param name="record">Which, from 0.</param>
    void Refused(RejectionReason reason, string name, int record);
}

/// <summary>
/// SenML packs in JSON (RFC 8428), read and resolved: base fields hold until changed, name = bn + n, value = bv + v, time = bt + t; a
/// time below 2^28 seconds counts from the receipt. Texts (vs) and bytes (vd) are checked and passed over. What is wrong with a record's own fields refuses
/// that record; with base fields, with what has to be understood or with the version, the pack.
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
                if (records == SenmlBases.RecordsMax) return RejectionReason.TooManyReadings;
                var refused = ReadRecord(ref reader, ref bases, receivedMs, records++, ref sink);
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

    private static RejectionReason ReadRecord<TSink>(ref Utf8JsonReader reader, ref SenmlBases bases, long receivedMs, int index, ref TSink sink)
        where TSink : ISenmlSink, allows ref struct
    {
        var record = new SenmlFields();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = reader.GetString()!;
            reader.Read();
            if (Take(ref reader, field, ref bases, ref record)) continue;
            if (!SenmlFields.IsOwn(field)) return RejectionReason.WrongShape;
            record.IsBroken = true;
            reader.Skip();
        }
        return bases.Give(record, receivedMs, index, ref sink);
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
            case "bs": return Number(ref reader, out bases.Sum);
            case "bver": return Number(ref reader, out bases.Version);
            case "t": return Number(ref reader, out record.Time);
            case "ut": return Number(ref reader, out _);
            case "s":
                if (!Number(ref reader, out var sum)) return false;
                record.Sum = sum;
                return true;
            case "v":
                record.Values++;
                record.IsSummed = true;
                // 1e400 is a number by its shape.
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var value)) return false;
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

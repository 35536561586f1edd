using System.Text.Json;
using System.Text.Unicode;

namespace LuohuIOC.DeviceProtocol;

/// <summary>Takes what <see cref="TelemetryReader"/> finds, in order. A struct, so that calls are direct.</summary>
public interface ITelemetrySink
{
    /// <summary>Readings of a sensor follow. False: it is refused already, its readings are passed over.</summary>
    bool BeginSensor(scoped ReadOnlySpan<byte> id);

    /// <summary>A reading begins, or begins anew: what came since the last <see cref="EndReading"/> is forgotten.</summary>
    void BeginReading();

    /// <summary>One metric of the reading. The name is not checked yet. The last value of a name counts.</summary>
    void Value(scoped ReadOnlySpan<byte> name, double value);

    /// <summary>The device itself does not stand for its value of this metric, which may come before or after this.</summary>
    void Flag(scoped ReadOnlySpan<byte> name);

    /// <summary>The value of this metric refuses the reading that was begun; which reason, the coming <see cref="Refuse"/> says.</summary>
    void Blame(scoped ReadOnlySpan<byte> name);

    /// <summary>The reading is complete. Sequence is <see cref="TelemetryReader.NoSequence"/> when it has none.</summary>
    void EndReading(int index, long tsMs, long sequence);

    /// <summary>The reading at <paramref name="index"/> of the sensor (−1: all of them) is refused.</summary>
    void Refuse(int index, RejectionReason reason);
}

/// <summary>
/// Decodes telemetry payloads in one pass, without allocating. The budget is 1 µs for a reading of three metrics: at
/// 300,000 readings/s that is a third of a core.
/// </summary>
public static class TelemetryReader
{
    public const int PayloadBytesMax = 256 * 1024;

    public const int ReadingsMax = 5_000;

    public const int MetricsMax = 64;

    /// <summary>Nesting that the contract allows; deeper is not JSON that a device of ours sends.</summary>
    public const int DepthMax = 8;

    public const long NoSequence = long.MinValue;

    /// <summary>2^53 − 1: beyond it a JSON number is not exact in every language.</summary>
    public const long SequenceMax = 9_007_199_254_740_991;

    /// <summary>2000-01-01T00:00:00Z, Unix ms: before it a clock was never set.</summary>
    public const long TsMin = 946_684_800_000;

    /// <summary>2100-01-01T00:00:00Z, Unix ms, exclusive.</summary>
    public const long TsMax = 4_102_444_800_000;

    // A character takes up to six bytes when it is escaped.
    private const int UnescapedMax = 6 * Topic.IdLengthMax;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = DepthMax };

    /// <summary>
    /// Decodes <c>{"sensor":[{"ts":1732262400000,"seq":17,"values":{"level":0.312}}]}</c>.
    /// Anything but <see cref="RejectionReason.None"/> means that the whole payload is refused: forget what the sink was given.
    /// </summary>
    public static RejectionReason ReadGateway<TSink>(ReadOnlySpan<byte> payload, ref TSink sink)
        where TSink : ITelemetrySink, allows ref struct
    {
        var refused = CheckBytes(payload);
        if (refused != RejectionReason.None) return refused;
        var reader = new Utf8JsonReader(payload, Options);
        scoped Span<byte> unescaped = stackalloc byte[UnescapedMax];
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) return Finish(ref reader, RejectionReason.WrongShape);
            var readings = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                scoped var id = reader.ValueSpan;
                if (reader.ValueIsEscaped) id = unescaped[..Unescape(ref reader, unescaped)];
                var wanted = sink.BeginSensor(id);
                reader.Read();
                ReadReadings(ref reader, ref sink, wanted, ref readings);
                if (readings > ReadingsMax) return RejectionReason.TooManyReadings;
            }
            return Finish(ref reader, RejectionReason.None);
        }
        catch (JsonException)
        {
            return RejectionReason.NotJson;
        }
    }

    /// <summary>Decodes one reading <c>{"ts":…,"values":{…}}</c> or an array of them, for a sensor named by the topic.</summary>
    /// <inheritdoc cref="ReadGateway{TSink}"/>
    public static RejectionReason ReadSensor<TSink>(ReadOnlySpan<byte> payload, ref TSink sink)
        where TSink : ITelemetrySink, allows ref struct
    {
        var refused = CheckBytes(payload);
        if (refused != RejectionReason.None) return refused;
        var reader = new Utf8JsonReader(payload, Options);
        try
        {
            reader.Read();
            if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return Finish(ref reader, RejectionReason.WrongShape);
            var readings = 0;
            ReadReadings(ref reader, ref sink, true, ref readings);
            return readings > ReadingsMax ? RejectionReason.TooManyReadings : Finish(ref reader, RejectionReason.None);
        }
        catch (JsonException)
        {
            return RejectionReason.NotJson;
        }
    }

    private static RejectionReason CheckBytes(ReadOnlySpan<byte> payload) =>
        payload.IsEmpty ? RejectionReason.PayloadEmpty
        : payload.Length > PayloadBytesMax ? RejectionReason.PayloadTooLarge
        : Utf8.IsValid(payload) ? RejectionReason.None : RejectionReason.NotJson;

    // Broken JSON further on outranks the wrong shape, and bytes after the end are broken JSON.
    private static RejectionReason Finish(ref Utf8JsonReader reader, RejectionReason verdict)
    {
        while (reader.Read())
        {
        }
        return verdict;
    }

    private static void ReadReadings<TSink>(ref Utf8JsonReader reader, ref TSink sink, bool wanted, ref int readings)
        where TSink : ITelemetrySink, allows ref struct
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            readings++;
            ReadOne(ref reader, ref sink, wanted, 0);
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
            {
                if (++readings > ReadingsMax) return;
                ReadOne(ref reader, ref sink, wanted, index);
            }
        }
        else if (wanted)
        {
            sink.Refuse(-1, RejectionReason.WrongShape);
        }
    }

    private static void ReadOne<TSink>(ref Utf8JsonReader reader, ref TSink sink, bool wanted, int index)
        where TSink : ITelemetrySink, allows ref struct
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            if (wanted) sink.Refuse(index, RejectionReason.WrongShape);
            return;
        }
        if (!wanted)
        {
            reader.Skip();
            return;
        }

        var ts = long.MinValue;
        var sequence = NoSequence;
        var values = -1;
        var refused = RejectionReason.None;
        sink.BeginReading();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsNamed(ref reader, "ts"u8))
            {
                reader.Read();
                Note(ref refused, ReadTs(ref reader, out ts));
            }
            else if (IsNamed(ref reader, "seq"u8))
            {
                reader.Read();
                Note(ref refused, ReadSequence(ref reader, out sequence));
            }
            else if (IsNamed(ref reader, "values"u8))
            {
                reader.Read();
                if (values >= 0) sink.BeginReading();
                Note(ref refused, ReadValues(ref reader, ref sink, out values));
            }
            else if (IsNamed(ref reader, "bad"u8))
            {
                reader.Read();
                ReadFlags(ref reader, ref sink);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (refused == RejectionReason.None && ts == long.MinValue) refused = RejectionReason.TsMissing;
        if (refused == RejectionReason.None && values < 0) refused = RejectionReason.ValuesMissing;
        if (refused == RejectionReason.None && values == 0) refused = RejectionReason.ValuesEmpty;
        if (refused == RejectionReason.None) sink.EndReading(index, ts, sequence);
        else sink.Refuse(index, refused);
    }

    // "ts":1732262400000 — a number written 1.7e12 is refused: clocks write integers.
    private static RejectionReason ReadTs(ref Utf8JsonReader reader, out long ts)
    {
        ts = 0;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out ts))
        {
            reader.Skip();
            return RejectionReason.TsInvalid;
        }
        return ts is >= TsMin and < TsMax ? RejectionReason.None : RejectionReason.TsOutOfRange;
    }

    // "seq":17, or "seq":null for none
    private static RejectionReason ReadSequence(ref Utf8JsonReader reader, out long sequence)
    {
        sequence = NoSequence;
        if (reader.TokenType == JsonTokenType.Null) return RejectionReason.None;
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var read) && read is >= 0 and <= SequenceMax)
        {
            sequence = read;
            return RejectionReason.None;
        }
        reader.Skip();
        return RejectionReason.SeqInvalid;
    }

    // "values":{"level":0.312,"alarm":true,"flow":null} → level 0.312, alarm 1; flow was not measured
    private static RejectionReason ReadValues<TSink>(ref Utf8JsonReader reader, ref TSink sink, out int count)
        where TSink : ITelemetrySink, allows ref struct
    {
        count = 0;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return RejectionReason.ValuesMissing;
        }
        var refused = RejectionReason.None;
        scoped Span<byte> unescaped = stackalloc byte[UnescapedMax];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            scoped var name = reader.ValueSpan;
            if (reader.ValueIsEscaped) name = unescaped[..Unescape(ref reader, unescaped)];
            reader.Read();
            double value;
            switch (reader.TokenType)
            {
                case JsonTokenType.Number:
                    if (!reader.TryGetDouble(out value) || !double.IsFinite(value))
                    {
                        Note(ref refused, RejectionReason.ValueNotFinite);
                        sink.Blame(name);
                        continue;
                    }
                    break;
                case JsonTokenType.True:
                    value = 1;
                    break;
                case JsonTokenType.False:
                    value = 0;
                    break;
                case JsonTokenType.Null:
                    continue;
                default:
                    reader.Skip();
                    Note(ref refused, RejectionReason.ValueNotANumber);
                    sink.Blame(name);
                    continue;
            }
            if (++count > MetricsMax) Note(ref refused, RejectionReason.TooManyMetrics);
            else sink.Value(name, value);
        }
        return refused;
    }

    // "bad":["ph"]; anything else under that name is as unknown as before there was one.
    private static void ReadFlags<TSink>(ref Utf8JsonReader reader, ref TSink sink)
        where TSink : ITelemetrySink, allows ref struct
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }
        scoped Span<byte> unescaped = stackalloc byte[UnescapedMax];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String) sink.Flag(reader.ValueIsEscaped ? unescaped[..Unescape(ref reader, unescaped)] : reader.ValueSpan);
            else reader.Skip();
        }
    }

    // Not Utf8JsonReader.ValueTextEquals: that throws at "\ud800".
    private static bool IsNamed(scoped ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name) =>
        reader.ValueIsEscaped ? IsNamedEscaped(ref reader, name) : reader.ValueSpan.SequenceEqual(name);

    // "\u0074s" is "ts"
    private static bool IsNamedEscaped(scoped ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name)
    {
        scoped Span<byte> unescaped = stackalloc byte[UnescapedMax];
        return unescaped[..Unescape(ref reader, unescaped)].SequenceEqual(name);
    }

    // Ids and names are at most 64 bytes: one that is escaped and longer is refused later, as the empty name that this makes of it.
    private static int Unescape(scoped ref Utf8JsonReader reader, scoped Span<byte> into)
    {
        if (reader.ValueSpan.Length > UnescapedMax) return 0;
        try
        {
            return reader.CopyString(into);
        }
        catch (InvalidOperationException)
        {
            // "\ud800": half of a surrogate pair, valid JSON but no text.
            return 0;
        }
    }

    // The first fault of a reading is the one that is reported.
    private static void Note(ref RejectionReason refused, RejectionReason found)
    {
        if (refused == RejectionReason.None) refused = found;
    }
}

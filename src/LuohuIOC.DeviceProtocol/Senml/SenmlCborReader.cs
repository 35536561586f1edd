using System.Collections.Frozen;

namespace LuohuIOC.DeviceProtocol.Senml;

/// <summary>
/// SenML packs in CBOR (RFC 8428, clause 6): the same records as <see cref="SenmlReader"/> reads, with labels that are numbers (table 6).
/// <code>81 A2 00 65 6C6576656C 02 FB 3FF4000000000000 >> level 1.25</code>
/// </summary>
public static class SenmlCborReader
{
    // The labels of table 6 in the spelling of JSON, for devices that write them so.
    private static readonly FrozenDictionary<string, double> Labels = new Dictionary<string, double>
    {
        ["bver"] = -1,
        ["bn"] = -2,
        ["bt"] = -3,
        ["bu"] = -4,
        ["bv"] = -5,
        ["bs"] = -6,
        ["n"] = 0,
        ["u"] = 1,
        ["v"] = 2,
        ["vs"] = 3,
        ["vb"] = 4,
        ["s"] = 5,
        ["t"] = 6,
        ["ut"] = 7,
        ["vd"] = 8,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Tag 55799 says that what follows is CBOR, and nothing else (RFC 8949, 3.4.6).
    private static ReadOnlySpan<byte> SelfDescribed => [0xD9, 0xD9, 0xF7];

    /// <summary>A pack in JSON begins with a bracket or white space, one in CBOR with the head of an array, perhaps behind the mark of CBOR.</summary>
    public static bool IsCbor(ReadOnlySpan<byte> payload) => payload.StartsWith(SelfDescribed) || (!payload.IsEmpty && payload[0] >> 5 == CborCursor.Array);

    /// <summary>Anything but None refuses the pack whole: forget what the sink was given.</summary>
    public static RejectionReason Read<TSink>(ReadOnlySpan<byte> payload, long receivedMs, ref TSink sink)
        where TSink : ISenmlSink, allows ref struct
    {
        var cursor = new CborCursor(payload.StartsWith(SelfDescribed) ? payload[SelfDescribed.Length..] : payload);
        if (!cursor.TryBegin(CborCursor.Array, out var count)) return RejectionReason.FrameInvalid;
        if (count > SenmlBases.RecordsMax) return RejectionReason.TooManyReadings;
        var bases = new SenmlBases();
        for (var records = 0; count < 0 ? !cursor.TakeBreak() : records < count; records++)
        {
            if (records == SenmlBases.RecordsMax) return RejectionReason.TooManyReadings;
            var refused = ReadRecord(ref cursor, ref bases, receivedMs, records, ref sink);
            if (refused != RejectionReason.None) return refused;
        }
        return cursor.IsEnd ? RejectionReason.None : RejectionReason.FrameInvalid;
    }

    private static RejectionReason ReadRecord<TSink>(ref CborCursor cursor, ref SenmlBases bases, long receivedMs, int index, ref TSink sink)
        where TSink : ISenmlSink, allows ref struct
    {
        if (!cursor.TryBegin(CborCursor.Map, out var count)) return RejectionReason.FrameInvalid;
        var record = new SenmlFields();
        for (long i = 0; count < 0 ? !cursor.TakeBreak() : i < count; i++)
        {
            double label;
            if (cursor.IsText)
            {
                if (!cursor.TryText(out var name)) return RejectionReason.FrameInvalid;
                if (!Labels.TryGetValue(name!, out label))
                {
                    // A name that ends in _ has to be understood (4.4).
                    if (!cursor.TrySkip()) return RejectionReason.FrameInvalid;
                    if (name!.EndsWith('_')) return RejectionReason.WrongShape;
                    continue;
                }
            }
            else if (!cursor.TryInteger(out label)) return RejectionReason.FrameInvalid;
            var item = cursor;
            if (Take(ref cursor, label, ref bases, ref record)) continue;
            // A base field, or what is no item at all, spoils all that follows.
            cursor = item;
            if (label < 0 || !cursor.TrySkip()) return RejectionReason.FrameInvalid;
            record.IsBroken = true;
        }
        return bases.Give(record, receivedMs, index, ref sink);
    }

    private static bool Take(ref CborCursor cursor, double label, ref SenmlBases bases, ref SenmlFields record)
    {
        switch (label)
        {
            case -1: return cursor.TryNumber(out bases.Version);
            case -2: return cursor.TryText(out bases.Name);
            case -3: return cursor.TryNumber(out bases.Time);
            case -4: return cursor.TryText(out bases.Unit);
            case -5: return cursor.TryNumber(out bases.Value);
            case -6: return cursor.TryNumber(out bases.Sum);
            case 0: return cursor.TryText(out record.Name);
            case 1: return cursor.TryText(out record.Unit);
            case 2:
                record.Values++;
                record.IsSummed = true;
                if (!cursor.TryNumber(out var value, mayBeInfinite: true)) return false;
                record.Number = value;
                return true;
            case 3:
                record.Values++;
                return cursor.TryText(out _);
            case 4:
                record.Values++;
                if (!cursor.TryBoolean(out var yes)) return false;
                record.Number = yes ? 1 : 0;
                return true;
            case 5:
                if (!cursor.TryNumber(out var sum)) return false;
                record.Sum = sum;
                return true;
            case 6: return cursor.TryNumber(out record.Time);
            case 7: return cursor.TryNumber(out _);
            case 8:
                record.Values++;
                return cursor.TryBytes();
            default:
                return cursor.TrySkip();
        }
    }
}

namespace LuohuIOC.DeviceProtocol.Senml;

/// <summary>Base fields of a pack, which hold until changed, and how a record is resolved with them: the same in JSON and CBOR.</summary>
internal struct SenmlBases()
{
    public const int RecordsMax = 5_000;

    private const double AbsoluteFrom = 268_435_456;
    private const int VersionMax = 10;

    public string? Name = "";
    public string? Unit;
    public double Time;
    public double Value;
    public double Version = VersionMax;

    public readonly RejectionReason Give<TSink>(in SenmlFields record, long receivedMs, ref TSink sink)
        where TSink : ISenmlSink, allows ref struct
    {
        if (Version > VersionMax || record.Values > 1 || (record.Values == 0 && !record.HasSum && record.Name is not null)) return RejectionReason.WrongShape;
        if (record.Number is not { } number) return RejectionReason.None;
        var name = Name + record.Name;
        if (!IsName(name)) return RejectionReason.WrongShape;
        var seconds = Time + record.Time;
        var unixMs = seconds < AbsoluteFrom ? receivedMs + (seconds * 1000) : seconds * 1000;
        if (!(unixMs >= TelemetryReader.TsMin && unixMs < TelemetryReader.TsMax)) return RejectionReason.TsOutOfRange;
        if (record.IsSummed) number += Value;
        if (!double.IsFinite(number)) return RejectionReason.ValueNotFinite;
        // A base unit is of the numbers of its pack: a boolean has none.
        sink.Value(name, record.IsSummed ? record.Unit ?? Unit : null, (long)Math.Round(unixMs), number);
        return RejectionReason.None;
    }

    private static bool IsName(string name)
    {
        if (name.Length == 0 || !char.IsAsciiLetterOrDigit(name[0])) return false;
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or ':' or '.' or '/' or '_')) return false;
        return true;
    }
}

/// <summary>What one record says itself.</summary>
internal struct SenmlFields
{
    public string? Name;
    public string? Unit;
    public double Time;
    public double? Number;
    public bool IsSummed;
    public bool HasSum;
    public int Values;
}

namespace LuohuIOC.DeviceProtocol.Senml;

/// <summary>Base fields of a pack, which hold until changed, and how a record is resolved with them: the same in JSON and CBOR.</summary>
internal struct SenmlBases()
{
    public const int RecordsMax = 5_000;

    // A base name is written once and belongs to every record: without a bound a payload of 256 KiB could ask for gigabytes of names.
    private const int NameMax = 512;

    private const int NameShown = 40;
    private const double AbsoluteFrom = 268_435_456;
    private const int VersionMax = 10;

    public string? Name = "";
    public string? Unit;
    public double Time;
    public double Value;
    public double Sum;
    public double Version = VersionMax;

    /// <summary>Resolves a record and gives it to the sink, or tells the sink what is wrong with it; not None when the pack is of a version that nobody knows.</summary>
    public readonly RejectionReason Give<TSink>(in SenmlFields record, long receivedMs, int index, ref TSink sink)
        where TSink : ISenmlSink, allows ref struct
    {
        if (Version > VersionMax) return RejectionReason.WrongShape;
        if ((Name?.Length ?? 0) + (record.Name?.Length ?? 0) > NameMax)
        {
            sink.Refused(RejectionReason.WrongShape, $"{Beginning(Name)}{Beginning(record.Name)}", index);
            return RejectionReason.None;
        }
        var name = Name + record.Name;
        var seconds = Time + record.Time;
        var unixMs = seconds < AbsoluteFrom ? receivedMs + (seconds * 1000) : seconds * 1000;
        var refused = FaultOf(record, name, unixMs);
        if (refused != RejectionReason.None)
        {
            sink.Refused(refused, name, index);
            return RejectionReason.None;
        }
        // A base unit is of the numbers of its pack: a boolean has none.
        if (record.Number is { } number) sink.Value(name, record.IsSummed ? record.Unit ?? Unit : null, (long)Math.Round(unixMs), record.IsSummed ? number + Value : number);
        if (record is { Number: null, Sum: null, Values: > 0 }) sink.Wordy(name);
        if (record.Sum is { } sum) sink.Sum(name, (long)Math.Round(unixMs), sum + Sum, record.Values == 0);
        return RejectionReason.None;
    }

    private readonly RejectionReason FaultOf(in SenmlFields record, string name, double unixMs)
    {
        if (record.IsBroken || record.Values > 1 || (record.Values == 0 && record.Sum is null && record.Name is not null)) return RejectionReason.WrongShape;
        if (record.Number is null && record.Sum is null) return RejectionReason.None;
        if (!IsName(name)) return RejectionReason.WrongShape;
        if (!(unixMs >= TelemetryReader.TsMin && unixMs < TelemetryReader.TsMax)) return RejectionReason.TsOutOfRange;
        return double.IsFinite((record.Number ?? 0) + (record.IsSummed ? Value : 0)) && double.IsFinite((record.Sum ?? 0) + Sum) ? RejectionReason.None : RejectionReason.ValueNotFinite;
    }

    private static string? Beginning(string? name) => name?.Length > NameShown ? $"{name.AsSpan(0, NameShown)}…" : name;

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
    public double? Sum;
    public int Values;

    /// <summary>One of its own fields is not what it has to be.</summary>
    public bool IsBroken;

    /// <summary>True for a field of the record alone, false for base fields and what nobody knows.</summary>
    public static bool IsOwn(string field) => field is "n" or "u" or "v" or "vb" or "vs" or "vd" or "s" or "t" or "ut";
}

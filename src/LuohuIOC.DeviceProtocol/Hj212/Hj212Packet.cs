using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Hj212;

/// <summary>
/// One packet of HJ 212-2017 or HJ/T 212-2005 (clause 6.3). Spans point into the bytes.
/// <code>
/// ##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&amp;&amp;RtdInterval=30&amp;&amp;1C80\r\n
/// </code>
/// </summary>
public readonly ref struct Hj212Packet
{
    /// <summary>Start mark, length, check value and end mark.</summary>
    public const int Overhead = 12;

    /// <summary>Characters of an MN: 24 in 2017, 14 in 2005.</summary>
    public const int DeviceMax = 24;

    /// <summary>The data segment.</summary>
    public ReadOnlySpan<byte> Segment { get; private init; }

    /// <summary>Fields before <c>CP=</c>, with their semicolons.</summary>
    public ReadOnlySpan<byte> Header { get; private init; }

    /// <summary>What stands between the pairs of <c>&amp;&amp;</c>.</summary>
    public ReadOnlySpan<byte> Parameters { get; private init; }

    /// <summary>
    /// Parses one packet; its CRLF may be missing, nothing may follow it. Of one that is at fault within (<see cref="FrameFault.Body"/>), its check value right,
    /// the header's fields can be read all the same when it has a <c>CP</c>.
    /// </summary>
    public static FrameFault TryParse(ReadOnlySpan<byte> bytes, out Hj212Packet packet)
    {
        packet = default;
        if (bytes.EndsWith("\r\n"u8)) bytes = bytes[..^2];
        else if (bytes.EndsWith("\n"u8) || bytes.EndsWith("\r"u8)) bytes = bytes[..^1];
        if (!bytes.StartsWith("##"u8)) return bytes.Length < 2 ? FrameFault.Truncated : FrameFault.Start;
        if (bytes.Length < Overhead - 2) return FrameFault.Truncated;
        var length = Number(bytes.Slice(2, 4));
        var segment = bytes[6..^4];
        var intact = IsIntact(segment, bytes[^4..]);
        if (length != segment.Length)
        {
            if (length < 0 || intact || (length < segment.Length && IsIntact(bytes.Slice(6, length), bytes.Slice(6 + length, 4)))) return FrameFault.Length;
            return length > segment.Length ? FrameFault.Truncated : FrameFault.Crc;
        }
        if (!intact) return FrameFault.Crc;
        // Every edition has a command of four digits in every packet, and parameters between two pairs of &&, be there none (CP=&&&&).
        var mark = segment.IndexOf("CP=&&"u8);
        if (mark < 0 || segment.Length < mark + 7 || !segment.EndsWith("&&"u8)) return FrameFault.Body;
        var whole = new Hj212Packet { Segment = segment, Header = segment[..mark], Parameters = segment[(mark + 5)..^2] };
        if (whole.IsOversize()) return FrameFault.Oversize;
        packet = whole;
        if (whole.Field("CN"u8).Length != 4 || whole.Command < 0 || !whole.IsPaired()) return FrameFault.Body;
        if (whole.PacketTotal > 0 && (whole.PacketIndex < 1 || whole.PacketIndex > whole.PacketTotal)) return FrameFault.Body;
        return FrameFault.None;
    }

    /// <summary>
    /// Bytes of the packet that begins here, 0 while that cannot be told yet, −1 when none does: as many as its length says when the check value is
    /// there, with the line end if one follows; else as far as the line end, which no measurement has in it, and without one as far as the next packet.
    /// </summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return 0;
        if (bytes[0] != '#' || (bytes.Length > 1 && bytes[1] != '#')) return -1;
        var length = bytes.Length < 6 ? -1 : Number(bytes.Slice(2, 4));
        var end = 10 + length;
        if (length < 0 || bytes.Length < end || !IsIntact(bytes.Slice(6, length), bytes.Slice(6 + length, 4)))
        {
            if (bytes.IndexOf("\r\n"u8) is var lineEnd and >= 0) return lineEnd + 2;
            if (length < 0 || bytes.Length < end) return 0;
            // Damaged, from a station that ends no lines: what stands behind it must not wait for one.
            return bytes[2..].IndexOf("##"u8) is var next and >= 0 ? next + 2 : end;
        }
        if (bytes.Length > end && bytes[end] == '\r') end++;
        return bytes.Length > end && bytes[end] == '\n' ? end + 1 : end;
    }

    private static bool IsIntact(ReadOnlySpan<byte> segment, ReadOnlySpan<byte> check) => HexText.TryRead(check, out var crc) && Crc16.Hj212(segment) == crc;

    // What names the station and the packet has a length (table 3: ST 5, MN 27, PNUM 9, PNO 8, keys counted). Stations send data segments of more than the
    // 1,024 bytes of table 2 and passwords of more than six characters: a measurement that came over whole is not lost for that.
    private bool IsOversize()
    {
        foreach (var pair in HeaderPairs)
            if (pair.Value.Length > MaxOf(pair.Key)) return true;
        return false;
    }

    private static int MaxOf(ReadOnlySpan<byte> field) =>
        field.SequenceEqual("ST"u8) ? 2
        : field.SequenceEqual("MN"u8) ? DeviceMax
        : field.SequenceEqual("PNUM"u8) || field.SequenceEqual("PNO"u8) ? 4
        : int.MaxValue;

    // w01001-Rtd=7,5 is a decimal comma, not a 7: a field without an equals sign makes its neighbours doubtful. What is no measurement may
    // have free text in it, i11001-Info=//a, b; c//.
    private bool IsPaired()
    {
        foreach (var pair in HeaderPairs)
            if (!pair.HasEquals) return false;
        if (!Hj212Command.IsData(Command)) return true;
        foreach (var group in Groups)
        {
            foreach (var pair in group)
                if (!pair.HasEquals) return false;
        }
        return true;
    }

    /// <summary>A header field, for example <c>MN</c>; empty when the packet has none.</summary>
    public ReadOnlySpan<byte> Field(ReadOnlySpan<byte> key)
    {
        foreach (var pair in HeaderPairs)
            if (pair.Key.SequenceEqual(key) && !pair.Value.IsEmpty) return pair.Value;
        return default;
    }

    /// <summary>The header's fields in order.</summary>
    public Hj212Pairs HeaderPairs => new(Header, (byte)';');

    /// <summary>Groups of the parameters: each is one factor's fields, or one parameter.</summary>
    public Hj212Groups Groups => new(Parameters);

    /// <summary>CN; −1 when there is none.</summary>
    public int Command => Number(Field("CN"u8));

    /// <summary>ST; −1 when there is none.</summary>
    public int SystemCode => Number(Field("ST"u8));

    /// <summary>Flag; −1 when there is none (seen with 2005 devices).</summary>
    public int Flag => Number(Field("Flag"u8));

    /// <summary>Flag's lowest bit: the sender waits for 9014, or 9011 to a request.</summary>
    public bool WantsAnswer => Flag is var flag and >= 0 && (flag & 1) != 0;

    /// <summary>PNUM of a packet that is one of several, else 0.</summary>
    public int PacketTotal => Math.Max(0, Number(Field("PNUM"u8)));

    public int PacketIndex => Math.Max(0, Number(Field("PNO"u8)));

    /// <summary>Which edition wrote it: flag's bits 2–7, 0 = HJ/T 212-2005, 1 = HJ 212-2017; a packet without flag counts as 2005.</summary>
    public int Version => Flag is var flag and >= 0 ? flag >> 2 : 0;

    /// <summary>A number of decimal digits; −1 for anything else.</summary>
    internal static int Number(ReadOnlySpan<byte> digits)
    {
        if (digits.IsEmpty || digits.Length > 9) return -1;
        var value = 0;
        foreach (var c in digits)
        {
            if (c is < (byte)'0' or > (byte)'9') return -1;
            value = (value * 10) + c - '0';
        }
        return value;
    }
}

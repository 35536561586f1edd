using System.Buffers;
using System.Text;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Hj212;

/// <summary>Writes packets: the centre's answers and what a simulated station uploads.</summary>
public static class Hj212Writer
{
    /// <summary>
    /// 9014 to an upload (appendix C.14), 9013 to a notice: same QN, PW and MN, ST 91, no parameters. What has no QN is answered without.
    /// </summary>
    public static void Acknowledge(IBufferWriter<byte> output, in Hj212Packet told)
    {
        var segment = new StringBuilder();
        var qn = told.Field("QN"u8);
        if (!qn.IsEmpty) segment.Append("QN=").Append(Encoding.ASCII.GetString(qn)).Append(';');
        segment.Append("ST=91;CN=").Append(Hj212Command.AnswerTo(told.Command)).Append(";PW=").Append(Encoding.ASCII.GetString(told.Field("PW"u8)))
            .Append(";MN=").Append(Encoding.ASCII.GetString(told.Field("MN"u8))).Append(";Flag=").Append(told.Version << 2).Append(";CP=&&&&");
        Packet(output, Encoding.ASCII.GetBytes(segment.ToString()));
    }

    /// <summary>1012: sets the station's clock.</summary>
    public static void SetClock(IBufferWriter<byte> output, string st, string password, string mn, long nowMs)
    {
        Span<byte> digits = stackalloc byte[17];
        Hj212Time.Write(digits, nowMs);
        var qn = Encoding.ASCII.GetString(digits);
        Packet(output, Encoding.ASCII.GetBytes($"QN={qn};ST={st};CN=1012;PW={password};MN={mn};Flag=5;CP=&&SystemTime={qn[..14]}&&"));
    }

    /// <summary>Start mark, length, the segment, check value and end mark.</summary>
    /// <exception cref="ArgumentException">The segment is longer than four digits can say.</exception>
    public static void Packet(IBufferWriter<byte> output, ReadOnlySpan<byte> segment)
    {
        if (segment.Length > 9999) throw new ArgumentException($"A segment of {segment.Length} bytes does not fit into a packet.", nameof(segment));
        var span = output.GetSpan(segment.Length + Hj212Packet.Overhead);
        "##"u8.CopyTo(span);
        for (var (i, length) = (5, segment.Length); i >= 2; i--, length /= 10) span[i] = (byte)('0' + (length % 10));
        segment.CopyTo(span[6..]);
        HexText.Write(span.Slice(6 + segment.Length, 4), Crc16.Hj212(segment));
        "\r\n"u8.CopyTo(span[(10 + segment.Length)..]);
        output.Advance(segment.Length + Hj212Packet.Overhead);
    }
}

namespace LuohuIOC.DeviceProtocol.Hj212;

/// <summary>
/// What tells packets of one DataTime apart. A resend has another QN with some devices, but the same command and packet number; and a station that
/// numbers no packets spreads its factors over several all the same, which only their codes tell apart.
/// <code>
/// CN=2011;PNUM=2;PNO=2 >> 20110002
/// CN=2011, w01001 and w01010 >> 20120000 + 0 to 89999, whatever order they stand in
/// </code>
/// </summary>
public static class Hj212Sequence
{
    private const long PlacesOfCommand = 10_000;

    // With the packet numbers in front of them, the codes of 2011, 2051 and 2061 stay apart modulo 899,999 too: as many sequences of one
    // millisecond as the history in InfluxDB tells apart.
    private const uint CodesMax = 90_000;

    /// <summary>At least 0.</summary>
    public static long Of(in Hj212Packet packet)
    {
        var command = packet.Command * PlacesOfCommand;
        var isNumbered = packet.PacketTotal > 1 || packet.PacketIndex > 1;
        return isNumbered ? command + Math.Min(packet.PacketIndex, PlacesOfCommand - 1) : command + PlacesOfCommand + CodesOf(packet);
    }

    /// <summary>
    /// True for what stands for factors and not for a packet number: it tells packets of one time apart and puts none before another. A device of
    /// another protocol that has counted up to there loses by it only the order of readings of one millisecond.
    /// </summary>
    public static bool IsOfFactors(long sequence) =>
        sequence is (>= 20_120_000 and < 20_210_000) or (>= 20_520_000 and < 20_610_000) or (>= 20_620_000 and < 20_710_000);

    private static uint CodesOf(in Hj212Packet packet)
    {
        var sum = 0u;
        foreach (var group in packet.Groups)
        {
            foreach (var pair in group)
            {
                if (pair.Factor.IsEmpty) continue;
                sum += Fnv1a(pair.Factor);
                break;
            }
        }
        return sum % CodesMax;
    }

    private static uint Fnv1a(ReadOnlySpan<byte> text)
    {
        var hash = 2_166_136_261u;
        foreach (var c in text) hash = (hash ^ c) * 16_777_619;
        return hash;
    }
}

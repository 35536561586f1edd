using System.Text;

namespace LuohuIOC.DeviceProtocol.Hj212;

/// <summary>
/// Fields of factors that stand apart from their values: <c>w01018-Rtd=1.5;w01018-Flag=D</c>, a value in one packet of a message and its flag in another.
/// Made for packets that have such only, so it may allocate.
/// </summary>
public sealed class Hj212Apart
{
    private readonly Dictionary<string, Factor> _factors = new(StringComparer.Ordinal);

    /// <summary>True when a factor of the packet has a group without its value, or with one that a nearer value may stand beside.</summary>
    /// <param name="packet">The packet.</param>
    public static bool IsIn(in Hj212Packet packet)
    {
        var command = packet.Command;
        if (!Hj212Command.IsData(command)) return false;
        var dataMs = 0L;
        foreach (var group in packet.Groups)
            if (!Hj212Fields.TryRead(group, packet, ref dataMs, out var fields) || (!fields.Factor.IsEmpty && fields.Rank < Hj212Command.RankMax(command))) return true;
        return false;
    }

    /// <summary>Notes what stands apart in a packet.</summary>
    /// <param name="packet">The packet.</param>
    public void Add(in Hj212Packet packet)
    {
        if (!Hj212Command.IsData(packet.Command) || !Hj212Readings.TryDataTime(packet, out var dataMs)) return;
        foreach (var group in packet.Groups)
        {
            if (!Hj212Fields.TryRead(group, packet, ref dataMs, out var fields)) return;
            if (fields.Factor.IsEmpty) continue;
            var key = KeyOf(packet, dataMs, fields.Factor);
            var known = _factors.TryGetValue(key, out var before) ? before : new Factor(0, true, null);
            // A flag beside a value is that value's.
            _factors[key] = fields.Rank > 0
                ? known with { Rank = Math.Max(known.Rank, fields.Rank) }
                : known with { Good = known.Good && fields.Good, SampleMs = fields.SampleMs ?? known.SampleMs };
        }
    }

    internal Factor Of(in Hj212Packet packet, long dataMs, ReadOnlySpan<byte> factor) => _factors.TryGetValue(KeyOf(packet, dataMs, factor), out var known) ? known : new Factor(0, true, null);

    // Letters of ASCII only: other bytes of a code have no case.
    private static string KeyOf(in Hj212Packet packet, long dataMs, ReadOnlySpan<byte> factor)
    {
        var name = Encoding.Latin1.GetString(factor).ToCharArray();
        for (var i = 0; i < name.Length; i++)
            if (char.IsAsciiLetterUpper(name[i])) name[i] = char.ToLowerInvariant(name[i]);
        return $"{Encoding.Latin1.GetString(packet.Field("MN"u8))};{packet.Command};{dataMs};{new string(name)}";
    }

    /// <summary>What is known of a factor at a time.</summary>
    /// <param name="Rank">The nearest of its values.</param>
    /// <param name="Good">No flag that stands apart is another than N.</param>
    /// <param name="SampleMs">Unix ms; null when none stands apart.</param>
    internal readonly record struct Factor(int Rank, bool Good, long? SampleMs);
}

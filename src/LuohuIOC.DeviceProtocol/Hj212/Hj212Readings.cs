using System.Buffers.Text;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Hj212;

/// <summary>Takes the values of a packet in order. A struct, so that calls are direct.</summary>
public interface IHj212Sink
{
    /// <summary>One factor's value.</summary>
    /// <param name="factor">
    /// Code as sent: <c>w01018</c>, or <c>011</c> of 2005. Of a period for which there is an amount alone, <c>B01-Cou</c>: that is cubic metres or
    /// kilograms, and no flow or concentration.
    /// </param>
    /// <param name="unixMs">SampleTime of the factor when it has one, else DataTime: the instant, or the beginning of the period.</param>
    /// <param name="value">In the factor's unit.</param>
    /// <param name="good">False for every data flag but N.</param>
    void Value(scoped ReadOnlySpan<byte> factor, long unixMs, double value, bool good);

    /// <summary>What stands for one factor's value is no number, and no data flag says that the station knows.</summary>
    void NotANumber(scoped ReadOnlySpan<byte> factor, long unixMs);

    /// <summary>A factor of which the station has no value.</summary>
    /// <param name="factor">Code as sent.</param>
    void Missing(scoped ReadOnlySpan<byte> factor);

    /// <summary>A field that is no value of its factor, where nothing else is: an average of the moment, a period's least.</summary>
    /// <param name="name">Factor and field as sent, <c>w01018-Min</c>.</param>
    void Unknown(scoped ReadOnlySpan<byte> name);
}

/// <summary>From a packet of measured values to values at times.</summary>
public static class Hj212Readings
{
    /// <summary>Packets of other commands give nothing and no fault; one without DataTime, or with one that is no time, is at fault.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="sink">Takes the values.</param>
    /// <param name="apart">What stands apart in all packets that came with it; null when nothing does, or it came alone.</param>
    public static FrameFault Read<TSink>(in Hj212Packet packet, ref TSink sink, Hj212Apart? apart = null)
        where TSink : IHj212Sink, allows ref struct
    {
        if (!Hj212Command.IsData(packet.Command)) return FrameFault.None;
        if (!TryDataTime(packet, out var dataMs)) return FrameFault.Body;
        if (apart is null && Hj212Apart.IsIn(packet))
        {
            apart = new Hj212Apart();
            apart.Add(packet);
        }
        foreach (var group in packet.Groups)
        {
            if (!Hj212Fields.TryRead(group, packet, ref dataMs, out var fields)) return FrameFault.Body;
            if (fields.Factor.IsEmpty) continue;
            var known = apart?.Of(packet, dataMs, fields.Factor) ?? new Hj212Apart.Factor(fields.Rank, true, null);
            // A nearer value stands in another group.
            if (fields.Rank < known.Rank) continue;
            var isAmount = fields.Rank == 0;
            var text = isAmount ? fields.Amount.Value : fields.Value;
            if (text.IsEmpty)
            {
                if (fields.Other.IsEmpty) sink.Missing(fields.Factor);
                else sink.Unknown(fields.Other);
                continue;
            }
            var good = fields.Good && known.Good;
            var atMs = fields.SampleMs ?? known.SampleMs ?? dataMs;
            if (atMs == long.MinValue) return FrameFault.Body;
            var factor = isAmount ? fields.Amount.Key : fields.Factor;
            if (TryNumber(text, out var value)) sink.Value(factor, atMs, value, good);
            else if (good) sink.NotANumber(factor, atMs);
            else sink.Missing(factor);
        }
        return FrameFault.None;
    }

    // It is the first parameter in the standard and seen behind the factors.
    internal static bool TryDataTime(in Hj212Packet packet, out long unixMs)
    {
        unixMs = long.MinValue;
        foreach (var group in packet.Groups)
        {
            foreach (var pair in group)
                if (Hj212Fields.Is(pair.Key, "DataTime"u8)) return Hj212Time.TryUnixMs(pair.Value, out unixMs);
        }
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out double value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && double.IsFinite(value);
}

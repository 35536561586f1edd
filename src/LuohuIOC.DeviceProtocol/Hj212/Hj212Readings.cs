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
}

/// <summary>From a packet of measured values to values at times.</summary>
public static class Hj212Readings
{
    /// <summary>Packets of other commands give nothing and no fault; one without DataTime, or with one that is no time, is at fault.</summary>
    public static FrameFault Read<TSink>(in Hj212Packet packet, ref TSink sink)
        where TSink : IHj212Sink, allows ref struct
    {
        var command = packet.Command;
        if (!Hj212Command.IsData(command)) return FrameFault.None;
        if (!TryDataTime(packet, out var dataMs)) return FrameFault.Body;
        foreach (var group in packet.Groups)
        {
            ReadOnlySpan<byte> factor = default, text = default;
            var amount = default(Hj212Pair);
            var (good, atMs, rank) = (true, dataMs, 1);
            foreach (var pair in group)
            {
                if (pair.Factor.IsEmpty)
                {
                    // A second one holds for what follows it.
                    if (!pair.Key.SequenceEqual("DataTime"u8)) continue;
                    if (!Hj212Time.TryUnixMs(pair.Value, out dataMs)) return FrameFault.Body;
                    atMs = dataMs;
                    continue;
                }
                // A comma parts the fields of one factor (6.3.4): with another factor behind it nobody knows whose flag is whose.
                if (!factor.IsEmpty && !pair.Factor.SequenceEqual(factor)) return FrameFault.Body;
                factor = pair.Factor;
                if (Hj212Command.RankOf(command, pair.Field) is var near && near >= rank && !pair.Value.IsEmpty)
                {
                    text = pair.Value;
                    rank = near;
                }
                else if (pair.Field.SequenceEqual("Cou"u8)) amount = pair;
                else if (pair.Field.SequenceEqual("Flag"u8)) good = Hj212DataFlag.IsGood(pair.Value, packet);
                else if (pair.Field.SequenceEqual("SampleTime"u8) && Hj212Time.TryUnixMs(pair.Value, out var sampleMs)) atMs = sampleMs;
            }
            if (text.IsEmpty)
            {
                factor = amount.Key;
                text = amount.Value;
            }
            if (text.IsEmpty) continue;
            if (atMs == long.MinValue) return FrameFault.Body;
            if (TryNumber(text, out var value)) sink.Value(factor, atMs, value, good);
            else if (good) sink.NotANumber(factor, atMs);
        }
        return FrameFault.None;
    }

    // It is the first parameter in the standard and seen behind the factors.
    private static bool TryDataTime(in Hj212Packet packet, out long unixMs)
    {
        unixMs = long.MinValue;
        foreach (var group in packet.Groups)
        {
            foreach (var pair in group)
                if (pair.Key.SequenceEqual("DataTime"u8)) return Hj212Time.TryUnixMs(pair.Value, out unixMs);
        }
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, out double value) =>
        Utf8Parser.TryParse(text, out value, out var used) && used == text.Length && double.IsFinite(value);
}

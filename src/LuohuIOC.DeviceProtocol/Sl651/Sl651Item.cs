using System.Buffers.Binary;
using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Sl651;

/// <summary>What an item of a body is.</summary>
public enum Sl651ItemKind : byte
{
    /// <summary>One value in packed BCD.</summary>
    Value,

    /// <summary>Values at equal steps: F4–FC, or any element behind a time step of function 31 or 38.</summary>
    Series,

    /// <summary>04: days, hours and minutes between the values that follow.</summary>
    Step,

    /// <summary>45: bits of table 58.</summary>
    State,

    /// <summary>F2: text set by hand, to the end of the body.</summary>
    Text,

    /// <summary>F3: JPEG, to the end of the body.</summary>
    Picture,

    /// <summary>FD: velocities of a section, to the end of the body; kept as bytes.</summary>
    Batch,

    /// <summary>A user extension that is longer than a number, such as the card's ICCID; kept as bytes.</summary>
    Long,
}

/// <summary>One item of a HEX body. <see cref="Data"/> points into the frame.</summary>
public readonly ref struct Sl651Item
{
    public Sl651ItemKind Kind { get; init; }

    /// <summary>Identifier; of a user extension FF00 + its second byte.</summary>
    public ushort Id { get; init; }

    /// <summary>Decimal places, from the definition byte.</summary>
    public int Decimals { get; init; }

    public ReadOnlySpan<byte> Data { get; init; }

    /// <summary>The observation time that holds here, of the first value of a series.</summary>
    public BcdTime Time { get; init; }

    public bool HasTime { get; init; }

    /// <summary>Values in it.</summary>
    public int Count { get; init; }

    /// <summary>Minutes from one value of a series to the next.</summary>
    public int StepMinutes { get; init; }

    /// <summary>Bits of a <see cref="Sl651ItemKind.State"/>.</summary>
    public uint Bits
    {
        get
        {
            uint bits = 0;
            foreach (var b in Data) bits = (bits << 8) | b;
            return bits;
        }
    }

    /// <summary>True where a station wrote a value or the mark that there is none, and not something else.</summary>
    public bool IsWritten(int index) => Sl651Elements.IsHourSeries(Id) || Sl651Number.IsWritten(DataOf(index));

    /// <summary>Index of the last value that is not missing; −1 when all are.</summary>
    public int LastMeasured
    {
        get
        {
            var last = Count - 1;
            while (last >= 0 && !TryValue(last, out _)) last--;
            return last;
        }
    }

    /// <summary>The value at an index; false where the station marks it as missing or it is no number.</summary>
    public bool TryValue(int index, out double value)
    {
        if (Kind == Sl651ItemKind.Value) return Sl651Number.TryRead(Data, Decimals, out value);
        value = 0;
        if (Kind != Sl651ItemKind.Series || (uint)index >= (uint)Count) return false;
        if (Id == Sl651Elements.RainSeries)
        {
            // 05 >> 0.5 mm; FF is invalid
            value = Data[index] / 10.0;
            return Data[index] != 0xFF;
        }
        if (Sl651Elements.IsHourSeries(Id))
        {
            // 000C >> 0.12 m; FFFF is invalid
            var level = BinaryPrimitives.ReadUInt16BigEndian(Data[(2 * index)..]);
            value = level / 100.0;
            return level != 0xFFFF;
        }
        return Sl651Number.TryRead(DataOf(index), Decimals, out value);
    }

    private ReadOnlySpan<byte> DataOf(int index) => Data.Slice(index * (Data.Length / Count), Data.Length / Count);
}

/// <summary>Numbers in packed BCD as SL 651-2014 has them (clause 6.6.2): a leading FF is the minus sign, all F means that nothing was measured.</summary>
public static class Sl651Number
{
    private static readonly double[] Powers = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7];

    // Value of a byte of two digits, −1 for one that has other digits.
    private static readonly sbyte[] Pairs = [.. Enumerable.Range(0, 256).Select(b => (sbyte)((b >> 4) < 10 && (b & 15) < 10 ? (10 * (b >> 4)) + (b & 15) : -1))];

    /// <summary>True for what a station writes: a number, or a mark that there is none (all F, seen too: all A).</summary>
    public static bool IsWritten(ReadOnlySpan<byte> bcd) => TryRead(bcd, 0, out _) || !bcd.ContainsAnyExcept((byte)0xFF) || !bcd.ContainsAnyExcept((byte)0xAA);

    /// <summary><c>FF0105</c> with one decimal >> −10.5; <c>FFFFFF</c> and <c>AAAAAA</c> >> false.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bcd, int decimals, out double value)
    {
        value = 0;
        if (bcd.IsEmpty) return false;
        var negative = bcd[0] == 0xFF && bcd.Length > 1;
        if (negative) bcd = bcd[1..];
        if (bcd.Length <= 9)
        {
            // At most 18 digits: exact as an integer, and one division rounds once.
            long whole = 0;
            foreach (var b in bcd)
            {
                var pair = Pairs[b];
                if (pair < 0) return false;
                whole = (whole * 100) + pair;
            }
            value = whole / Powers[decimals & 7];
        }
        else
        {
            foreach (var b in bcd)
            {
                if (Pairs[b] < 0) return false;
                value = (value * 100) + Pairs[b];
            }
            value /= Powers[decimals & 7];
        }
        if (negative) value = -value;
        return true;
    }
}

namespace LuohuIOC.DeviceProtocol.Frames;

/// <summary>Hexadecimal digits in ASCII, either case.</summary>
internal static class HexText
{
    /// <summary>Reads all of the digits; false when there is anything else, none or more than sixteen.</summary>
    public static bool TryRead(ReadOnlySpan<byte> digits, out ulong value)
    {
        value = 0;
        if (digits.IsEmpty || digits.Length > 16) return false;
        foreach (var c in digits)
        {
            var digit = DigitOf(c);
            if (digit < 0) return false;
            value = (value << 4) | (uint)digit;
        }
        return true;
    }

    /// <summary>0–15, or −1.</summary>
    public static int DigitOf(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        _ => -1,
    };

    /// <summary>Writes a value as upper-case digits, as many as there is room for.</summary>
    public static void Write(Span<byte> into, ulong value)
    {
        for (var i = into.Length - 1; i >= 0; i--, value >>= 4) into[i] = "0123456789ABCDEF"u8[(int)(value & 15)];
    }
}

namespace LuohuIOC.DeviceProtocol.Frames;

/// <summary>A time as packed BCD, YYMMDDHHmm or YYMMDDHHmmSS, years from 2000. Kept as it came: it may be no time at all.</summary>
/// <param name="Nibbles">The digits, four bits each, the last one lowest.</param>
/// <param name="HasSeconds">Twelve digits, else ten.</param>
public readonly record struct BcdTime(ulong Nibbles, bool HasSeconds)
{
    /// <summary>From five or six bytes of BCD.</summary>
    public static BcdTime Of(ReadOnlySpan<byte> bcd)
    {
        ulong nibbles = 0;
        foreach (var b in bcd) nibbles = (nibbles << 8) | b;
        return new BcdTime(nibbles, bcd.Length > 5);
    }

    /// <summary>Unix ms, read as Beijing time; false when it is not in the calendar.</summary>
    public bool TryUnixMs(out long unixMs)
    {
        var minutes = HasSeconds ? Nibbles >> 8 : Nibbles;
        unixMs = 0;
        return Pair(minutes >> 32, out var year) & Pair(minutes >> 24, out var month) & Pair(minutes >> 16, out var day) & Pair(minutes >> 8, out var hour)
            & Pair(minutes, out var minute) & Pair(HasSeconds ? Nibbles : 0, out var second)
            && ChinaTime.TryUnixMs(2000 + year, month, day, hour, minute, second, out unixMs);
    }

    /// <summary><c>2014-12-05 11:00</c>, with <c>:02</c> when there are seconds; null when it is not in the calendar.</summary>
    public override string? ToString() =>
        TryUnixMs(out var ms)
            ? ChinaTime.Of(ms).ToString(HasSeconds ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture)
            : null;

    private static bool Pair(ulong nibbles, out int value)
    {
        var (high, low) = ((int)(nibbles >> 4) & 15, (int)nibbles & 15);
        value = (high * 10) + low;
        return high < 10 && low < 10;
    }
}

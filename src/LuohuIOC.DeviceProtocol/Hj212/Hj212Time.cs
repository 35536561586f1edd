using LuohuIOC.DeviceProtocol.Frames;

namespace LuohuIOC.DeviceProtocol.Hj212;

/// <summary>Times of HJ 212: <c>YYYYMMDDhhmmss</c>, with <c>zzz</c> milliseconds in QN and, seen in the wild, in DataTime. Beijing time.</summary>
public static class Hj212Time
{
    /// <summary>14 or 17 digits to Unix ms; false for anything else.</summary>
    public static bool TryUnixMs(ReadOnlySpan<byte> digits, out long unixMs)
    {
        unixMs = 0;
        if (digits.Length is not (14 or 17)) return false;
        var date = Hj212Packet.Number(digits[..8]);
        var time = Hj212Packet.Number(digits.Slice(8, 6));
        var milliseconds = digits.Length == 17 ? Hj212Packet.Number(digits[14..]) : 0;
        if (date < 0 || time < 0 || milliseconds < 0) return false;
        if (!ChinaTime.TryUnixMs(date / 10_000, date / 100 % 100, date % 100, time / 10_000, time / 100 % 100, time % 100, out unixMs)) return false;
        unixMs += milliseconds;
        return true;
    }

    /// <summary>Seventeen digits of a moment, as a QN.</summary>
    public static void Write(Span<byte> into, long unixMs)
    {
        var at = ChinaTime.Of(unixMs);
        var date = ((long)at.Year * 10_000) + (at.Month * 100) + at.Day;
        var value = (date * 1_000_000_000) + (at.Hour * 10_000_000L) + (at.Minute * 100_000) + (at.Second * 1000) + at.Millisecond;
        for (var i = 16; i >= 0; i--, value /= 10)
            if (i < into.Length) into[i] = (byte)('0' + (value % 10));
    }
}

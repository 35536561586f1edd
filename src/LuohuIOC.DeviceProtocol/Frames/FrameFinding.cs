using System.Globalization;

namespace LuohuIOC.DeviceProtocol.Frames;

/// <summary>What is wrong with bytes that are no frame, or one that may not be believed, for whoever made them. Bytes are counted from 1.</summary>
/// <param name="Code">Of the finding, such as <c>check</c>; the text is the caller's.</param>
/// <param name="Arguments">Its figures and the pieces of the frame, as the text names them.</param>
public sealed record FrameFinding(string Code, params object[] Arguments)
{
    /// <summary><c>##</c> where it can be read, <c>7E 7E</c> else; of what is longer, the beginning.</summary>
    public static string Shown(ReadOnlySpan<byte> bytes)
    {
        const int shownMax = 32;
        var shown = bytes[..Math.Min(bytes.Length, shownMax)];
        var text = shown.ContainsAnyExceptInRange((byte)0x21, (byte)0x7E) ? string.Join(' ', shown.ToArray().Select(b => b.ToString("X2", CultureInfo.InvariantCulture))) : System.Text.Encoding.ASCII.GetString(shown);
        return shown.Length < bytes.Length ? text + "…" : text;
    }

    /// <summary>Bytes that do not begin as the protocol's frames do; null when there is too little to say so.</summary>
    internal static FrameFinding? OfStart(ReadOnlySpan<byte> bytes, params ReadOnlySpan<string> marks) =>
        bytes.Length < 2 ? null : new FrameFinding("start", string.Join(" / ", marks), Shown(bytes[..2]));

    /// <summary>A check value that is not that of the bytes, and what was taken for it where that can be told.</summary>
    /// <param name="sent">As it stands in the frame.</param>
    /// <param name="right">As it is by the standard.</param>
    /// <param name="other">As it is by the algorithm that is mixed up with it most.</param>
    internal static FrameFinding OfCheck(ushort sent, ushort right, ushort other)
    {
        var swapped = (ushort)((sent << 8) | (sent >> 8));
        return new FrameFinding(swapped == right ? "check.swapped" : sent == other || swapped == other ? "check.other" : "check", Hex(right), Hex(sent));
    }

    private static string Hex(ushort value) => value.ToString("X4", CultureInfo.InvariantCulture);
}

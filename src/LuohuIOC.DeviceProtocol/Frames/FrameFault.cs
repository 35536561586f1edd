namespace LuohuIOC.DeviceProtocol.Frames;

/// <summary>Why bytes are not a frame that may be believed. The wire name is the member in lower case.</summary>
public enum FrameFault : byte
{
    None = 0,

    /// <summary>No start mark of the protocol.</summary>
    Start,

    /// <summary>The frame says that it is longer than what came.</summary>
    Truncated,

    /// <summary>The length field is no number, or bytes follow the frame.</summary>
    Length,

    /// <summary>The check value is not that of the bytes.</summary>
    Crc,

    /// <summary>No end mark of the protocol where the length says.</summary>
    End,

    /// <summary>The frame came over as it was sent, but its body does not keep the protocol's rules.</summary>
    Body,

    /// <summary>It came over as it was sent, but it, or a field of it, is longer than the standard allows.</summary>
    Oversize,
}

public static class FrameFaults
{
    private static readonly string[] WireNames = [.. Enum.GetNames<FrameFault>().Select(n => n.ToLowerInvariant())];

    /// <summary>The fault as the contract spells it, for example <c>crc</c>.</summary>
    public static string WireName(this FrameFault fault) => WireNames[(int)fault];
}

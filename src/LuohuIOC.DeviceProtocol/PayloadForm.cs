namespace LuohuIOC.DeviceProtocol;

/// <summary>What a payload is written in. The numbers are stored in the journal: append, never renumber.</summary>
public enum PayloadForm : byte
{
    /// <summary>Telemetry as the contract has it.</summary>
    Json = 0,

    /// <summary>Frames of SL 651-2014; the packets of one message stand one behind the other.</summary>
    Sl651 = 1,

    /// <summary>Packets of HJ 212-2017 or HJ/T 212-2005.</summary>
    Hj212 = 2,

    /// <summary>Frames of GB/T 26875.3-2011.</summary>
    Gb26875 = 3,

    /// <summary>A SenML pack, RFC 8428 in JSON.</summary>
    Senml = 4,

    /// <summary>An uplink of a LoRaWAN network server in JSON, with the name of the codec that reads its bytes.</summary>
    Lorawan = 5,
}

public static class PayloadForms
{
    private static readonly string[] WireNames = [.. Enum.GetNames<PayloadForm>().Select(n => n.ToLowerInvariant())];

    /// <summary>The form as topics and configuration spell it, for example <c>sl651</c>.</summary>
    public static string WireName(this PayloadForm form) => WireNames[(int)form];

    /// <summary>The form of a raw topic's last level; false for JSON, which has topics of its own, and for unknown ones.</summary>
    public static bool TryParseRaw(ReadOnlySpan<char> protocol, out PayloadForm form)
    {
        for (var i = WireNames.Length - 1; i > 0; i--)
        {
            form = (PayloadForm)i;
            if (protocol.SequenceEqual(WireNames[i])) return true;
        }
        form = default;
        return false;
    }
}

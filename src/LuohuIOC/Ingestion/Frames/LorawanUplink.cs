using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Lorawan;

namespace LuohuIOC.Ingestion.Frames;

/// <summary>
/// What a network server hands on of one uplink: <c>{"codec":"nwave-nps405","fPort":1,"fCnt":812,"ts":1732262400000,"data":"lQ=="}</c>.
/// Data is base64, or <c>hex</c> instead of it; without <c>ts</c> the time of receipt counts.
/// </summary>
internal sealed record LorawanUplink(string? Codec, int FPort, long? FCnt, long? Ts, string? Data, string? Hex)
{
    public static RejectionReason Read(ReadOnlySpan<byte> payload, FrameValues values, ref DecodeSink sink)
    {
        LorawanUplink? uplink;
        byte[] bytes;
        try
        {
            uplink = JsonSerializer.Deserialize<LorawanUplink>(payload, JsonSerializerOptions.Web);
            if (uplink is not { Codec: not null } || (uplink.Data is null) == (uplink.Hex is null)) return RejectionReason.WrongShape;
            bytes = uplink.Data is not null ? Convert.FromBase64String(uplink.Data) : Convert.FromHexString(uplink.Hex!);
        }
        catch (JsonException)
        {
            return RejectionReason.NotJson;
        }
        catch (FormatException)
        {
            return RejectionReason.WrongShape;
        }
        if (LorawanCodec.Of(uplink.Codec) is not { } codec) return RejectionReason.ProtocolUnsupported;
        var found = new List<LorawanValue>();
        var fault = codec.Decode(uplink.FPort, bytes, found);
        if (fault != FrameFault.None) return FrameDecoder.ReasonOf(fault);
        // The names are the codec's: what a kind has no metric for is passed over, unless that is all there is.
        var known = 0;
        foreach (var value in found.Where(v => v.AtMs is null))
            if (values.ByName(PayloadForm.Lorawan, value.Name, uplink.Ts ?? sink.ReceivedMs, value.Value)) known++;
        var refused = values.Give(ref sink, uplink.FCnt is >= 0 and <= TelemetryReader.SequenceMax ? uplink.FCnt.Value : TelemetryReader.NoSequence);
        if (refused != RejectionReason.None) return refused;
        // What the device has stored may be asked for twice, and comes with another count then.
        foreach (var value in found.Where(v => v.AtMs is not null))
            if (values.ByName(PayloadForm.Lorawan, value.Name, value.AtMs!.Value, value.Value)) known++;
        if (known == 0 && found.Count > 0) values.Refuse(RejectionReason.MetricUnknown, found[0].Name);
        return values.Give(ref sink, TelemetryReader.NoSequence);
    }
}

using System.Globalization;
using System.Text.Json;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Lorawan;

namespace LuohuIOC.Ingestion.Frames;

/// <summary>
/// What a network server hands on of one uplink, as ChirpStack (v3, v4) and The Things Stack (v3) write it, or
/// <c>{"codec":"nwave-nps405","fPort":1,"fCnt":812,"ts":1732262400000,"data":"lQ=="}</c>. Data is base64, or <c>hex</c> instead of it. The codec is
/// <c>codec</c>, or what the server calls the device's profile or model.
/// </summary>
/// <param name="Codec">As written.</param>
/// <param name="Port">FPort.</param>
/// <param name="Count">FCnt; null where it says none.</param>
/// <param name="AtMs">When the uplink was received by radio, Unix ms; null where nothing says so.</param>
/// <param name="Data">The application payload.</param>
internal sealed record LorawanUplink(string? Codec, int Port, long? Count, long? AtMs, byte[] Data)
{
    // Channel and type.
    private const int ItemBytes = 2;

    private static readonly string[] Codecs =
    [
        "codec", "deviceInfo/tags/codec", "tags/codec", "uplink_message/version_ids/model_id", "version_ids/model_id", "deviceInfo/deviceProfileName", "deviceProfileName",
    ];

    // ChirpStack v4 has the server's receipt by radio under time; v3 has each gateway's, where its clock is set, and when it was handed on.
    private static readonly string[] Times =
    [
        "time", "uplink_message/settings/time", "uplink_message/received_at", "rxInfo/time", "rxInfo/gwTime", "rxInfo/nsTime", "publishedAt", "received_at", "metadata/time",
    ];

    public static RejectionReason Read(ReadOnlySpan<byte> payload, FrameValues values, ref DecodeSink sink)
    {
        LorawanUplink? uplink;
        try
        {
            using var document = JsonDocument.Parse(payload.ToArray());
            uplink = Of(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A text of bytes that are no UTF-8, or with half of a surrogate pair, is JSON that cannot be a string.
            return RejectionReason.NotJson;
        }
        if (uplink is not { Codec: { } name }) return RejectionReason.WrongShape;
        if (CodecOf(name) is not { } codec)
        {
            values.Refuse(RejectionReason.ProtocolUnsupported, name);
            return values.Give(ref sink, TelemetryReader.NoSequence);
        }
        var found = new List<LorawanValue>();
        var fault = codec.Decode(uplink.Port, uplink.Data, found, out var read);
        // What stands whole before an item that nobody knows counts: a later firmware has more items.
        if (fault != FrameFault.None && read == 0) return FrameDecoder.ReasonOf(fault);
        if (fault != FrameFault.None) values.Refuse(FrameDecoder.ReasonOf(fault), Convert.ToHexString(uplink.Data.AsSpan(read, Math.Min(ItemBytes, uplink.Data.Length - read))));
        // The names are the codec's: what a kind has no metric for is passed over, unless that is all there is.
        var known = 0;
        foreach (var value in found.Where(v => v.AtMs is null))
            if (values.ByName(PayloadForm.Lorawan, value.Name, uplink.AtMs ?? sink.ReceivedMs, value.Value)) known++;
        var refused = values.Give(ref sink, uplink.Count is >= 0 and <= TelemetryReader.SequenceMax ? uplink.Count.Value : TelemetryReader.NoSequence);
        if (refused != RejectionReason.None) return refused;
        // What the device has stored may be asked for twice, and comes with another count then.
        foreach (var value in found.Where(v => v.AtMs is not null))
            if (values.ByName(PayloadForm.Lorawan, value.Name, value.AtMs!.Value, value.Value)) known++;
        if (known == 0 && found.Count > 0) values.Refuse(RejectionReason.MetricUnknown, found[0].Name);
        return values.Give(ref sink, TelemetryReader.NoSequence);
    }

    /// <summary>Null for what is no uplink: it has no data, or data that cannot be read.</summary>
    private static LorawanUplink? Of(JsonElement root)
    {
        // {"name":"as.up.data.forward","data":{…}} is what The Things Stack calls an event.
        if (At(root, "data") is { ValueKind: JsonValueKind.Object } inner) root = inner;
        var base64 = Text(root, "data") ?? Text(root, "uplink_message/frm_payload") ?? Text(root, "frm_payload") ?? Text(root, "payload_raw");
        var hex = Text(root, "hex");
        if ((base64 is null) == (hex is null)) return null;
        byte[] data;
        try
        {
            data = base64 is not null ? Convert.FromBase64String(base64) : Convert.FromHexString(hex!);
        }
        catch (FormatException)
        {
            return null;
        }
        var port = Whole(root, "fPort") ?? Whole(root, "uplink_message/f_port") ?? Whole(root, "f_port") ?? Whole(root, "port") ?? 0;
        var count = Whole(root, "fCnt") ?? Whole(root, "uplink_message/f_cnt") ?? Whole(root, "f_cnt") ?? Whole(root, "counter");
        var codec = Codecs.Select(path => Text(root, path)).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));
        return new LorawanUplink(codec, (int)Math.Clamp(port, 0, byte.MaxValue), count, Whole(root, "ts") ?? Times.Select(path => Time(Text(root, path))).FirstOrDefault(ms => ms is not null), data);
    }

    // EM500-SWL of the maker's own list is milesight-em500-swl here.
    private static LorawanCodec? CodecOf(string name)
    {
        var plain = name.Trim().ToLowerInvariant().Replace(' ', '-').Replace('_', '-');
        return LorawanCodec.Of(plain) ?? (LorawanCodec.Names.FirstOrDefault(known => known.EndsWith("-" + plain, StringComparison.Ordinal)) is { } found ? LorawanCodec.Of(found) : null);
    }

    private static string? Text(JsonElement root, string path) => At(root, path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static long? Whole(JsonElement root, string path) => At(root, path) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var whole) ? whole : null;

    // Of several gateways' the first.
    private static JsonElement? At(JsonElement root, string path)
    {
        var at = root;
        foreach (var name in path.Split('/'))
        {
            if (at.ValueKind == JsonValueKind.Array) at = at.EnumerateArray().FirstOrDefault();
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
        }
        return at;
    }

    // 2026-12-01T03:37:03.123456789Z: nanoseconds are more than a clock here has.
    private static long? Time(string? text)
    {
        if (text is null) return null;
        var fraction = text.IndexOf('.');
        var end = fraction + 1;
        while (fraction >= 0 && end < text.Length && char.IsAsciiDigit(text[end])) end++;
        if (fraction >= 0 && end - fraction > 8) text = text[..(fraction + 8)] + text[end..];
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeMilliseconds() : null;
    }
}

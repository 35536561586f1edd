using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace LuohuIOC.DeviceProtocol.Sl651;

/// <summary>What a body that holds no measurements tells.</summary>
public enum Sl651RecordKind : byte
{
    /// <summary>Functions 40–43, 47–49: what the station is set to.</summary>
    Settings,

    /// <summary>45: version of its software.</summary>
    Version,

    /// <summary>50: how often each event happened.</summary>
    Events,

    /// <summary>4A, 51: its clock is the frame's send time.</summary>
    Clock,

    /// <summary>35, 39: text set by hand.</summary>
    Text,

    /// <summary>36: a picture.</summary>
    Picture,

    /// <summary>4B–4F and others: bytes as they came.</summary>
    Bytes,
}

/// <summary>One line of a record.</summary>
/// <param name="Id">Identifier as hex, <c>ERC7</c> of an event, else empty.</param>
/// <param name="Name">Null for an identifier that the table does not have.</param>
/// <param name="Text">What was sent, readable; null when <paramref name="Value"/> says all.</param>
/// <param name="Value">Null for what is no number.</param>
/// <param name="Unit">UCUM.</param>
public sealed record Sl651RecordItem(string Id, Sl651Name? Name, Sl651Name? Text, double? Value, string? Unit);

/// <summary>A picture of all packets put together.</summary>
public sealed record Sl651Picture(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Begins with JPEG's SOI, FFD8.</summary>
    public bool HasStart => Bytes.Span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]);

    /// <summary>Bytes behind JPEG's last EOI, FFD9: 0 for a whole picture, −1 when there is no EOI. Some stations fill their last packet up.</summary>
    public int BytesBehindEnd => Bytes.Span.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) is var at and >= 0 ? Bytes.Length - at - 2 : -1;

    /// <summary>A picture from end to end, as far as its marks tell.</summary>
    public bool IsWhole => HasStart && BytesBehindEnd >= 0;
}

/// <summary>A body that holds no measurements, taken apart: for people to read, not for the hot path.</summary>
/// <param name="Kind">What it tells.</param>
/// <param name="Items">In the order of the body.</param>
/// <param name="Picture">Of a picture only.</param>
/// <param name="IsComplete">False when the body broke off or did not keep the rules; what was read before stands.</param>
public sealed record Sl651Record(Sl651RecordKind Kind, IReadOnlyList<Sl651RecordItem> Items, Sl651Picture? Picture, bool IsComplete)
{
    private const int EventsMax = 32;
    private const string Hidden = "****";

    /// <summary>Null for functions whose bodies are measurements, and for heartbeats.</summary>
    public static Sl651RecordKind? KindOf(byte function) => Sl651Function.BodyOf(function) switch
    {
        Sl651BodyKind.Configuration => function switch
        {
            >= 0x40 and <= 0x43 or >= 0x47 and <= 0x49 => Sl651RecordKind.Settings,
            Sl651Function.QueryVersion => Sl651RecordKind.Version,
            Sl651Function.EventLog => Sl651RecordKind.Events,
            Sl651Function.SetClock or Sl651Function.QueryClock => Sl651RecordKind.Clock,
            _ => Sl651RecordKind.Bytes,
        },
        Sl651BodyKind.ManualOrPicture => function == Sl651Function.Picture ? Sl651RecordKind.Picture : Sl651RecordKind.Text,
        _ => null,
    };

    /// <summary>Reads what follows serial and send time, of all packets put together.</summary>
    public static Sl651Record Read(byte function, bool isAscii, ReadOnlyMemory<byte> content)
    {
        var kind = KindOf(function) ?? Sl651RecordKind.Bytes;
        if (isAscii) return new Sl651Record(Sl651RecordKind.Text, [Plain(TextOf(content.Span))], null, true);
        if (kind is Sl651RecordKind.Text or Sl651RecordKind.Picture) return ReadManual(function, content);
        var body = content.Span;
        if (body.Length >= 7 && body[0] == Sl651Elements.StationAddress && body[1] == Sl651Elements.StationAddress) body = body[7..];
        var items = new List<Sl651RecordItem>();
        var isComplete = kind switch
        {
            Sl651RecordKind.Settings => ReadSettings(body, items),
            Sl651RecordKind.Version => ReadVersion(body, items),
            Sl651RecordKind.Events => ReadEvents(body, items),
            _ => true,
        };
        if (kind is Sl651RecordKind.Bytes or Sl651RecordKind.Clock && !body.IsEmpty) items.Add(Plain(Convert.ToHexString(body)));
        return new Sl651Record(kind, items, null, isComplete);
    }

    // F1F1 0012345678 48 F0F0 5910111611 F3F3 FFD8… — F2F2 51312E323334
    private static Sl651Record ReadManual(byte function, ReadOnlyMemory<byte> content)
    {
        var items = new Sl651Items(content.Span, function);
        while (items.MoveNext())
        {
            var data = items.Current.Data;
            if (items.Current.Kind == Sl651ItemKind.Picture)
                return new Sl651Record(Sl651RecordKind.Picture, [], new Sl651Picture(content[^data.Length..]), true);
            if (items.Current.Kind == Sl651ItemKind.Text) return new Sl651Record(Sl651RecordKind.Text, [Plain(TextOf(data))], null, true);
        }
        return new Sl651Record(Sl651RecordKind.Bytes, [Plain(Convert.ToHexString(content.Span))], null, false);
    }

    // 20 08 01 >> every hour; 28 23 00010000 >> 10.000 m
    private static bool ReadSettings(ReadOnlySpan<byte> body, List<Sl651RecordItem> items)
    {
        while (!body.IsEmpty)
        {
            var head = body[0] == Sl651Elements.Extension ? 3 : 2;
            if (body.Length < head || body.Length < head + (body[head - 1] >> 3)) return false;
            var data = body.Slice(head, body[head - 1] >> 3);
            items.Add(ReadSetting(Convert.ToHexString(body[..(head - 1)]), head == 2 ? Sl651Settings.Of(body[0]) : null, body[head - 1] & 7, data));
            body = body[(head + data.Length)..];
        }
        return true;
    }

    private static Sl651RecordItem ReadSetting(string id, Sl651Setting? setting, int decimals, ReadOnlySpan<byte> data)
    {
        var name = setting is null ? null : new Sl651Name(setting.Zh, setting.En);
        switch (setting?.Form)
        {
            case Sl651SettingForm.Number when Sl651Number.TryRead(data, decimals, out var value):
                return new Sl651RecordItem(id, name, null, value, setting.Unit);
            case Sl651SettingForm.Secret:
                return new Sl651RecordItem(id, name, Same(Hidden), null, null);
            case Sl651SettingForm.Mode when data.Length == 1:
                return new Sl651RecordItem(id, name, Sl651Settings.ModeOf(data[0]), data[0], null);
            case Sl651SettingForm.Channel when data.Length > 1:
                return new Sl651RecordItem(id, name, Same(ChannelOf(data)), null, null);
            case Sl651SettingForm.Text when !data.IsEmpty:
                return new Sl651RecordItem(id, name, Same(TextOf(data)), null, null);
            default:
                return new Sl651RecordItem(id, name, data.IsEmpty ? null : Same(Convert.ToHexString(data)), null, null);
        }
    }

    // 02 218094153172 009708 >> ipv4 218.94.153.172:9708; 01 A13012345678 >> sms 13012345678
    private static string ChannelOf(ReadOnlySpan<byte> data)
    {
        var (type, digits) = (Sl651Settings.ChannelOf(data[0]), Convert.ToHexString(data[1..]));
        if (data[0] != 2 || digits.Length != 18 || !digits.All(char.IsAsciiDigit)) return $"{type} {digits.TrimStart('A')}";
        int Number(int from, int length) => int.Parse(digits.AsSpan(from, length), NumberStyles.None, CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{type} {Number(0, 3)}.{Number(3, 3)}.{Number(6, 3)}.{Number(9, 3)}:{Number(12, 6)}");
    }

    // 11 441544… >> 17 characters
    private static bool ReadVersion(ReadOnlySpan<byte> body, List<Sl651RecordItem> items)
    {
        if (body.IsEmpty) return false;
        var length = Math.Min(body[0], body.Length - 1);
        items.Add(Plain(TextOf(body.Slice(1, length))));
        return length == body[0] && body.Length == length + 1;
    }

    // 32 counts of two bytes, the high one first
    private static bool ReadEvents(ReadOnlySpan<byte> body, List<Sl651RecordItem> items)
    {
        var count = Math.Min(body.Length / 2, EventsMax);
        for (var i = 0; i < count; i++)
        {
            var name = i < Sl651Settings.Events.Count ? Sl651Settings.Events[i] : null;
            items.Add(new Sl651RecordItem($"ERC{i + 1}", name, null, BinaryPrimitives.ReadUInt16BigEndian(body[(2 * i)..]), null));
        }
        return body.Length == 2 * EventsMax;
    }

    private static Sl651RecordItem Plain(string text) => new("", null, Same(text), null, null);

    private static Sl651Name Same(string text) => new(text, text);

    private static string TextOf(ReadOnlySpan<byte> bytes) =>
        CodePagesEncodingProvider.Instance.GetEncoding(54936, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"))!.GetString(bytes).TrimEnd('\0');
}

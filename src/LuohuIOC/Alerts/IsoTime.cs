using System.Globalization;
using MessagePack;
using MessagePack.Formatters;

namespace LuohuIOC.Alerts;

/// <summary>
/// Times in MessagePack as the same ISO 8601 text that JSON carries (<c>2023-09-07T22:00:00.123+00:00</c>): MessagePack's own
/// encoding of a time with offset is a pair that browsers do not know.
/// </summary>
public sealed class IsoTime : IMessagePackFormatter<DateTimeOffset>, IMessagePackFormatter<DateTimeOffset?>
{
    public void Serialize(ref MessagePackWriter writer, DateTimeOffset value, MessagePackSerializerOptions options) =>
        writer.Write(value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture));

    public void Serialize(ref MessagePackWriter writer, DateTimeOffset? value, MessagePackSerializerOptions options)
    {
        if (value is { } time) Serialize(ref writer, time, options);
        else writer.WriteNil();
    }

    DateTimeOffset IMessagePackFormatter<DateTimeOffset>.Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        DateTimeOffset.Parse(reader.ReadString()!, CultureInfo.InvariantCulture);

    DateTimeOffset? IMessagePackFormatter<DateTimeOffset?>.Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        reader.TryReadNil() ? null : DateTimeOffset.Parse(reader.ReadString()!, CultureInfo.InvariantCulture);
}

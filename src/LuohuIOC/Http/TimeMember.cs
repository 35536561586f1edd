using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.Http;

/// <summary>
/// A time in a body, read as <see cref="TimeParameter"/> reads one in a query: without an offset it is Shanghai's, where
/// System.Text.Json would take the host's.
/// </summary>
internal sealed class TimeMember : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var ms = 0L;
        var isTime = reader.TokenType switch
        {
            JsonTokenType.String => TimeParameter.TryParse(reader.GetString()!, out ms),
            JsonTokenType.Number => reader.TryGetInt64(out ms) && TimeText.IsUnixMs(ms),
            _ => false,
        };
        if (!isTime || ms < 0) throw new JsonException();
        return DateTimeOffset.FromUnixTimeMilliseconds(ms);
    }

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString("O", CultureInfo.InvariantCulture));
}

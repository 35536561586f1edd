using System.Text.Json;

namespace LuohuIOC.Ingestion.Commands;

/// <summary>How far a command has come. Stored: append, never renumber.</summary>
public enum CommandState : byte
{
    /// <summary>Given to the broker; the device has not answered.</summary>
    Sent = 1,

    /// <summary>The device will carry it out.</summary>
    Accepted = 2,

    /// <summary>The device has carried it out.</summary>
    Done = 3,

    /// <summary>The device tried and could not.</summary>
    Failed = 4,

    /// <summary>The device will not.</summary>
    Refused = 5,

    /// <summary>Its time was over before it was carried out.</summary>
    Expired = 6,

    /// <summary>The gateway is away: not given to a broker yet.</summary>
    Waiting = 7,
}

/// <summary>A command to one device and what became of it.</summary>
/// <param name="Id">Of the command; a device carries the same id out once.</param>
/// <param name="Sensor">To whom.</param>
/// <param name="Gateway">Through whom, when it was sent.</param>
/// <param name="Name"><c>report_now</c>, <c>set_interval</c>, <c>set_clock</c>, <c>restart</c> or the device's own.</param>
/// <param name="Arguments">A JSON object, or null.</param>
/// <param name="IssuedBy">Name of the officer's token.</param>
/// <param name="IssuedAt">When it was sent.</param>
/// <param name="Expires">Not carried out afterwards.</param>
/// <param name="State">The last that is known.</param>
/// <param name="Detail">What the device said to it.</param>
/// <param name="RepliedAt">When the last reply came, by the server's clock.</param>
public sealed record DeviceCommand(
    string Id, string Sensor, string Gateway, string Name, JsonElement? Arguments, string IssuedBy, DateTimeOffset IssuedAt,
    DateTimeOffset Expires, CommandState State, string? Detail, DateTimeOffset? RepliedAt);

/// <summary>A device's reply as it came, by <c>command-reply.schema.json</c>.</summary>
public readonly record struct CommandReply(string Id, CommandState State, string? Detail)
{
    private const int IdLengthMax = 64;
    private const int DetailLengthMax = 500;

    /// <summary>Reads a reply; false when it is not JSON or not of that shape.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out CommandReply reply)
    {
        reply = default;
        var reader = new Utf8JsonReader(payload);
        try
        {
            // {"id":"c-20241122-0008","state":"refused","detail":"report_now is not supported","ts":1732262401250}
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            if (reader.BytesConsumed != payload.TrimEnd(" \t\r\n"u8).Length || root.ValueKind != JsonValueKind.Object) return false;
            if (Text(root, "id") is not { Length: > 0 and <= IdLengthMax } id || Text(root, "state") is not { } word) return false;
            if (!root.TryGetProperty("ts", out var ts) || !ts.TryGetInt64(out _)) return false;
            var detail = Text(root, "detail");
            if (StateOf(word) is not { } state || detail?.Length > DetailLengthMax) return false;
            // No database takes it in a text.
            if (id.Contains('\0', StringComparison.Ordinal) || detail?.Contains('\0', StringComparison.Ordinal) == true) return false;
            reply = new CommandReply(id, state, detail);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static CommandState? StateOf(string word) => word switch
    {
        "accepted" => CommandState.Accepted,
        "done" => CommandState.Done,
        "failed" => CommandState.Failed,
        "refused" => CommandState.Refused,
        "expired" => CommandState.Expired,
        _ => null,
    };
}

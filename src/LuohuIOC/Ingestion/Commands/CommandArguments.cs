using System.Text.Json;

namespace LuohuIOC.Ingestion.Commands;

/// <summary>
/// Arguments of the commands that the firmware contract names: a device that gets others would refuse them, minutes later and for nobody to see.
/// Commands of a device's own are its own affair.
/// </summary>
internal static class CommandArguments
{
    // What command.schema.json lets a time be: 2000 to 2100.
    private const long FirstMs = 946_684_800_000;
    private const long EndMs = 4_102_444_800_000;

    /// <summary>Null when the arguments are in order; else <c>command-{code}</c> is the problem's.</summary>
    /// <param name="name">Of the command.</param>
    /// <param name="arguments">A JSON object, or null.</param>
    public static string? FaultOf(string name, JsonElement? arguments) => name switch
    {
        // {"seconds":60}
        "set_interval" => Only(arguments, "seconds") is { } seconds && seconds.TryGetDouble(out var length) && length > 0 ? null : "command-set-interval",
        // {"ts":1732262400000}
        "set_clock" => Only(arguments, "ts") is { } ts && ts.TryGetInt64(out var ms) && ms is >= FirstMs and < EndMs ? null : "command-set-clock",
        "report_now" or "restart" => arguments is null || !arguments.Value.EnumerateObject().Any() ? null : "command-no-arguments",
        _ => null,
    };

    // The one number that there may be.
    private static JsonElement? Only(JsonElement? arguments, string name) =>
        arguments is { } given && given.EnumerateObject().ToList() is [var only] && only.Name == name && only.Value.ValueKind == JsonValueKind.Number ? only.Value : null;
}

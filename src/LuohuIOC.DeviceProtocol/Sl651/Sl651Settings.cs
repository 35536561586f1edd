using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace LuohuIOC.DeviceProtocol.Sl651;

/// <summary>How the data of a configuration identifier is written.</summary>
public enum Sl651SettingForm : byte
{
    /// <summary>Packed BCD with the definition's decimals.</summary>
    Number,

    /// <summary>Digits as sent.</summary>
    Hex,

    /// <summary>A password: known to be there, never shown.</summary>
    Secret,

    /// <summary>One byte of channel type, then its address in BCD.</summary>
    Channel,

    /// <summary>One byte of working mode.</summary>
    Mode,

    /// <summary>ASCII.</summary>
    Text,

    /// <summary>No data: that something was done.</summary>
    Command,
}

/// <summary>A name in both languages.</summary>
public sealed record Sl651Name(string Zh, string En);

/// <summary>A configuration identifier of appendix D.</summary>
/// <param name="Zh">Name in Chinese.</param>
/// <param name="En">Name in English.</param>
/// <param name="Form">How its data is written.</param>
/// <param name="Unit">UCUM; null for what has none, or whose unit is not known.</param>
public sealed record Sl651Setting(string Zh, string En, Sl651SettingForm Form, string? Unit);

/// <summary>Appendix D and the event log's counts, read once from the firmware contract that is embedded in this assembly.</summary>
public static class Sl651Settings
{
    private static readonly SettingsFile File = Load();
    private static readonly Dictionary<byte, Sl651Setting> ById =
        File.Settings.ToDictionary(s => byte.Parse(s.Key, NumberStyles.HexNumber, CultureInfo.InvariantCulture), s => s.Value);

    /// <summary>Names of the event log's first counts; the rest of the 32 is reserved.</summary>
    public static IReadOnlyList<Sl651Name> Events => File.Events;

    /// <summary>Null for a reserved identifier.</summary>
    public static Sl651Setting? Of(byte id) => ById.GetValueOrDefault(id);

    /// <summary><c>ipv4</c>; the number itself for a type without a name.</summary>
    public static string ChannelOf(byte type) => File.Channels.GetValueOrDefault($"{type}") ?? $"{type}";

    /// <summary>Null for a mode without a name.</summary>
    public static Sl651Name? ModeOf(byte mode) => File.Modes.GetValueOrDefault($"{mode}");

    private static SettingsFile Load()
    {
        using var stream = typeof(Sl651Settings).Assembly.GetManifestResourceStream("sl651-settings.json")
            ?? throw new InvalidOperationException("sl651-settings.json is not embedded in the device protocol assembly.");
        return JsonSerializer.Deserialize(stream, SettingsJson.Default.SettingsFile)!;
    }
}

internal sealed record SettingsFile(
    Dictionary<string, Sl651Setting> Settings, Dictionary<string, string> Channels, Dictionary<string, Sl651Name> Modes, Sl651Name[] Events);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SettingsFile))]
internal sealed partial class SettingsJson : JsonSerializerContext;

using System.Globalization;
using System.Text.Json;

namespace LuohuIOC.Simulator.Language;

/// <summary>Every text the simulator shows, by key: <c>Texts/zh-CN.json</c> and <c>Texts/en.json</c>, flat, with {0}-style places.</summary>
public sealed class Wording
{
    private readonly Dictionary<string, string> _texts;

    public Wording(string language)
    {
        Language = language;
        using var stream = typeof(Wording).Assembly.GetManifestResourceStream($"texts/{language}.json")
            ?? throw new ArgumentException($"There are no texts in '{language}'.", nameof(language));
        _texts = JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!;
    }

    public string Language { get; }

    public IEnumerable<string> Keys => _texts.Keys;

    /// <summary>The text with its places filled; a missing key throws, since a test reads all keys in use.</summary>
    public string this[string key, params object?[] arguments] =>
        arguments.Length == 0 ? _texts[key] : string.Format(CultureInfo.InvariantCulture, _texts[key], arguments);

    /// <summary>The language asked for by <c>--lang en</c> or <c>--lang=en</c>, else by LC_ALL or LANG; Chinese unless English is asked for.</summary>
    public static Wording Choose(string[] arguments, Func<string, string?> environment)
    {
        var at = Array.FindIndex(arguments, a => a == "--lang" || a.StartsWith("--lang=", StringComparison.Ordinal));
        var asked = at < 0 ? environment("LC_ALL") is { Length: > 0 } all ? all : environment("LANG")
            : arguments[at].Contains('=') ? arguments[at]["--lang=".Length..]
            : at + 1 < arguments.Length ? arguments[at + 1] : null;
        return new Wording(asked?.StartsWith("en", StringComparison.OrdinalIgnoreCase) == true ? "en" : "zh-CN");
    }
}

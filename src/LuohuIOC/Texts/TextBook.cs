using System.Collections.Frozen;
using System.Text.Json;

namespace LuohuIOC.Texts;

/// <summary>
/// Every text that a person sees, by key and language. The files <c>Texts/{language}.{feature}.json</c> are flat objects of key → text
/// with {0}-style places. Chinese is the default and the language that an unknown one falls back to.
/// </summary>
public static class TextBook
{
    public const string Chinese = "zh-CN";
    public const string English = "en";

    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> ByLanguage = Load();

    public static IEnumerable<string> Keys(string language) => ByLanguage[language].Keys;

    /// <summary>The text; the key itself when there is none, which a test forbids for keys in use.</summary>
    public static string Get(string language, string key, params object?[] arguments)
    {
        if (!ByLanguage[language].TryGetValue(key, out var text)) return key;
        return arguments.Length == 0 ? text : string.Format(System.Globalization.CultureInfo.InvariantCulture, text, arguments);
    }

    /// <summary>What people call a thing, <c>{prefix}{word}</c>; the word itself where nobody has named it.</summary>
    public static string Named(string language, string prefix, string word) => ByLanguage[language].GetValueOrDefault(prefix + word, word);

    /// <summary>Chinese, then English, on one line: for a terminal, whose reader's language nobody knows.</summary>
    public static string InBoth(string key, params object?[] arguments) => $"{Get(Chinese, key, arguments)} / {Get(English, key, arguments)}";

    /// <summary>The better of the two by the request's Accept-Language; zh-CN when it names neither.</summary>
    public static string LanguageOf(HttpRequest request) => AcceptedLanguages.Of(request.Headers.AcceptLanguage.ToString()).IsEnglishBetter ? English : Chinese;

    private static FrozenDictionary<string, FrozenDictionary<string, string>> Load()
    {
        var assembly = typeof(TextBook).Assembly;
        var texts = new Dictionary<string, Dictionary<string, string>> { [Chinese] = [], [English] = [] };
        foreach (var resource in assembly.GetManifestResourceNames())
        {
            if (!resource.StartsWith("texts/", StringComparison.Ordinal)) continue;
            var language = resource["texts/".Length..].Split('.')[0];
            using var stream = assembly.GetManifestResourceStream(resource)!;
            foreach (var (key, text) in JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!)
                if (!texts[language].TryAdd(key, text)) throw new InvalidOperationException($"{resource}: the key '{key}' stands in another file too.");
        }
        return texts.ToFrozenDictionary(t => t.Key, t => t.Value.ToFrozenDictionary());
    }
}

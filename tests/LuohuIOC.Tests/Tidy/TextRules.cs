using System.Text.RegularExpressions;
using LuohuIOC.Texts;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LuohuIOC.Tests.Tidy;

/// <summary>The two text books say the same things, and everything that the code asks for.</summary>
internal static partial class TextRules
{
    public static Dictionary<string, string> Book(string language) => TextBook.Keys(language).ToDictionary(k => k, k => TextBook.Get(language, k));

    public static IEnumerable<string> Differences(Dictionary<string, string> chinese, Dictionary<string, string> english)
    {
        foreach (var key in chinese.Keys.Except(english.Keys)) yield return $"{key}: not in English.";
        foreach (var key in english.Keys.Except(chinese.Keys)) yield return $"{key}: not in Chinese.";
        foreach (var key in english.Keys.Intersect(chinese.Keys))
        {
            var (zh, en) = (chinese[key], english[key]);
            if (!Places(zh).SetEquals(Places(en))) yield return $"{key}: the places of the Chinese text ({zh}) are not those of the English ({en}).";
            // The one Chinese word in English texts is the language's own name, on the switch to it.
            if (StyleRules.HasHan(en) && en != "中文") yield return $"{key}: Chinese in the English text ({en}).";
        }
    }

    /// <summary>Keys that code names by a literal and that no text book has.</summary>
    public static IEnumerable<string> Missing(SourceFile file, ISet<string> keys)
    {
        foreach (var call in file.All<InvocationExpressionSyntax>())
        {
            string[] asked = call.Expression.ToString() switch
            {
                // TextBook.Get(language, "alert.raised", …)
                "TextBook.Get" when Literal(call, 1) is { } key => [key],
                // Problem.Of(context, 404, "not-found", …)
                "Problem.Of" when Literal(call, 2) is { } code => [$"problem.{code}.title", $"problem.{code}.detail"],
                _ => [],
            };
            foreach (var key in asked.Where(k => !keys.Contains(k))) yield return $"{file.At(call)}: no text for {key}.";
        }
    }

    private static string? Literal(InvocationExpressionSyntax call, int argument) =>
        call.ArgumentList.Arguments.ElementAtOrDefault(argument)?.Expression is LiteralExpressionSyntax literal ? literal.Token.Value as string : null;

    private static HashSet<string> Places(string text) => [.. Place().Matches(text).Select(m => m.Groups[1].Value)];

    [GeneratedRegex(@"\{(\d+)")]
    private static partial Regex Place();
}

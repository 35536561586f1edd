using System.Globalization;

namespace LuohuIOC.Texts;

/// <summary>
/// How well a caller reads each language, by Accept-Language (RFC 9110, 12.5.4): 0 not at all, 1 best. Read anew for each request, without an
/// allocation.
/// </summary>
internal readonly record struct AcceptedLanguages(double Chinese, double English, bool IsEnglishFirst)
{
    /// <summary>Of equals the first counts; when neither is read, Chinese is what the product has.</summary>
    public bool IsEnglishBetter => English > Chinese || (English == Chinese && English > 0 && IsEnglishFirst);

    /// <summary>
    /// <c>de,en;q=0.8</c> → English 0.8; <c>en;q=0,zh</c> → Chinese 1; <c>zh-TW, en-GB;q=0.5</c> → Chinese 1, English 0.5; <c>en;q=0.5,*</c> → Chinese 1,
    /// English 0.5
    /// </summary>
    public static AcceptedLanguages Of(ReadOnlySpan<char> header)
    {
        double? chinese = null, english = null;
        var (others, isEnglishFirst) = (0.0, false);
        foreach (var part in header.Split(','))
        {
            var range = header[part];
            var semicolon = range.IndexOf(';');
            var name = (semicolon < 0 ? range : range[..semicolon]).Trim();
            var quality = semicolon < 0 ? 1 : QualityOf(range[(semicolon + 1)..]);
            if (Is(name, "zh")) chinese = Math.Max(chinese ?? 0, quality);
            else if (Is(name, "en"))
            {
                isEnglishFirst |= chinese is null;
                english = Math.Max(english ?? 0, quality);
            }
            else if (name is "*") others = quality;
        }
        return new AcceptedLanguages(chinese ?? others, english ?? others, isEnglishFirst);
    }

    // zh, zh-CN and ZH-hans are Chinese; zha is Zhuang.
    private static bool Is(ReadOnlySpan<char> range, string language) =>
        range.StartsWith(language, StringComparison.OrdinalIgnoreCase) && (range.Length == language.Length || range[language.Length] == '-');

    private static double QualityOf(ReadOnlySpan<char> parameter)
    {
        parameter = parameter.Trim();
        return parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
            && double.TryParse(parameter[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality) ? quality : 1;
    }
}

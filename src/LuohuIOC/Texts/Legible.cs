using System.Globalization;

namespace LuohuIOC.Texts;

/// <summary>Names and remarks that read in a list, a log line and the record as they are written.</summary>
internal static class Legible
{
    /// <summary>A name: no line breaks, nothing invisible, and no signs that turn the direction of what follows.</summary>
    public static bool Is(string text) => !text.Any(c =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>
    /// A remark: of control characters only line breaks and tabs, and no signs that turn the direction of what follows. What else cannot be seen may stay: it
    /// comes along from a chat or a document, and joins the parts of signs.
    /// </summary>
    public static bool IsRemark(string text) => !text.Any(c => (char.IsControl(c) && c is not ('\r' or '\n' or '\t')) || Turns(c));

    /// <summary>Whether the record keeps under this name what no person did.</summary>
    public static bool IsReserved(string name) =>
        new[] { TextBook.Chinese, TextBook.English }.Any(language => TextBook.Get(language, "token.system").Equals(name, StringComparison.OrdinalIgnoreCase));

    // Unicode's Bidi_Control.
    private static bool Turns(char c) => c is '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}

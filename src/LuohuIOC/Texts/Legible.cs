using System.Globalization;

namespace LuohuIOC.Texts;

/// <summary>Names that read in a list, a log line and the record as they are written.</summary>
internal static class Legible
{
    /// <summary>No line breaks, nothing invisible, and no signs that turn the direction of what follows.</summary>
    public static bool Is(string text) => !text.Any(c =>
        char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}

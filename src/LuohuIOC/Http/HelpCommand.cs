using LuohuIOC.Texts;

namespace LuohuIOC.Http;

/// <summary><c>--help</c>, <c>-h</c> or <c>help</c>: says what there is, and starts nothing.</summary>
public static class HelpCommand
{
    /// <param name="output">Gets the text, in both languages.</param>
    /// <returns>0.</returns>
    public static int Run(TextWriter output)
    {
        foreach (var language in new[] { TextBook.Chinese, TextBook.English }) output.WriteLine(TextBook.Get(language, "startup.help"));
        return 0;
    }
}

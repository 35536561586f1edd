using LuohuIOC.Texts;

namespace LuohuIOC.Http;

/// <summary><c>--help</c>, <c>-h</c> or <c>help</c>: says what there is, and starts nothing; neither does a verb that there is not.</summary>
public static class HelpCommand
{
    /// <param name="output">Gets the text, in both languages.</param>
    /// <returns>0.</returns>
    public static int Run(TextWriter output)
    {
        foreach (var language in new[] { TextBook.Chinese, TextBook.English }) output.WriteLine(TextBook.Get(language, "startup.help"));
        return 0;
    }

    /// <summary>Says that there is no such verb; nothing is started.</summary>
    /// <param name="verb">What was given for one.</param>
    /// <param name="notes">Gets the line, in both languages.</param>
    /// <returns><see cref="StartupErrors.ExitConfiguration"/>.</returns>
    public static int Refuse(string verb, TextWriter notes)
    {
        notes.WriteLine(TextBook.InBoth("startup.verb-unknown", verb));
        return StartupErrors.ExitConfiguration;
    }
}

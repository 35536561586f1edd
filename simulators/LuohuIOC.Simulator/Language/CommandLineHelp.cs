using System.CommandLine;
using System.CommandLine.Help;

namespace LuohuIOC.Simulator.Language;

/// <summary>
/// Help and complaints of the command line in the person's language. System.CommandLine has its headings in satellite assemblies, which
/// invariant globalization never loads, so they are replaced in what it prints.
/// </summary>
internal static class CommandLineHelp
{
    // English as printed; the key of the text that stands for it.
    private static readonly (string Printed, string Key)[] Headings =
    [
        ("Description:", "help.description"), ("Usage:", "help.usage"), ("Options:", "help.options"), ("Commands:", "help.commands"),
        ("Arguments:", "help.arguments"), ("[command]", "help.usage.command"), ("[options]", "help.usage.options"), ("(REQUIRED)", "help.required"),
        ("[default: ", "help.default"), ("Show help and usage information", "help.help"), ("Show version information", "help.version"),
    ];

    /// <summary>Exceptions are told by the program, in the person's language.</summary>
    public static InvocationConfiguration Plain { get; } = new() { EnableDefaultExceptionHandler = false };

    public static bool Shows(ParseResult parsed) => parsed.Errors.Count > 0 || parsed.Action is HelpAction;

    public static async Task<int> ShowAsync(ParseResult parsed, Wording texts)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        if (parsed.Errors.Count > 0) Console.Error.WriteLine(texts["help.errors"]);
        Console.Error.Write(error);
        Console.Write(Headings.Aggregate(output.ToString(), (text, heading) => text.Replace(heading.Printed, texts[heading.Key], StringComparison.Ordinal)));
        return code;
    }
}

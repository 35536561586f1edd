using System.CommandLine;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Language;
using LuohuIOC.Simulator.Load;
using LuohuIOC.Simulator.Replay;

var texts = Wording.Choose(args, Environment.GetEnvironmentVariable);
var root = new RootCommand(texts["simulator"])
{
    CityCommand.Create(texts, TimeProvider.System),
    LoadCommand.Create(texts, TimeProvider.System),
    ReplayCommand.Create(texts, TimeProvider.System),
};
root.Add(new Option<string>("--lang") { Description = texts["option.lang"], Recursive = true });
try
{
    var parsed = root.Parse(args);
    return CommandLineHelp.Shows(parsed) ? await CommandLineHelp.ShowAsync(parsed, texts) : await parsed.InvokeAsync(CommandLineHelp.Plain);
}
catch (InputException e)
{
    Console.Error.WriteLine(texts[e.Key, e.Arguments]);
    return 2;
}
catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
{
    Console.Error.WriteLine(texts["input.no-file", e is FileNotFoundException { FileName: { } name } ? name : e.Message]);
    return 2;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or System.Net.Sockets.SocketException)
{
    Console.Error.WriteLine(texts["simulator.failed", e.Message]);
    return 1;
}

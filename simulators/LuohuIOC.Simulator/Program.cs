using System.CommandLine;
using System.Globalization;
using LuohuIOC.Simulator.City;
using LuohuIOC.Simulator.Language;
using LuohuIOC.Simulator.Load;
using LuohuIOC.Simulator.Replay;

var texts = Wording.Choose(args, Environment.GetEnvironmentVariable);
CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(texts.Language == "en" ? "en" : "zh-Hans");

var root = new RootCommand(texts["simulator"])
{
    CityCommand.Create(texts, TimeProvider.System),
    LoadCommand.Create(texts, TimeProvider.System),
    ReplayCommand.Create(texts, TimeProvider.System),
};
root.Add(new Option<string>("--lang") { Description = texts["option.lang"], Recursive = true });
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (InputException e)
{
    Console.Error.WriteLine(texts[e.Key, e.Arguments]);
    return 2;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException or System.Net.Sockets.SocketException)
{
    Console.Error.WriteLine(texts["simulator.failed", e.Message]);
    return 1;
}

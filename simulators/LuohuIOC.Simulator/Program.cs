using System.CommandLine;
using System.Globalization;
using LuohuIOC.Simulator.Language;
using LuohuIOC.Simulator.Load;

var texts = Texts.Choose(args, Environment.GetEnvironmentVariable);
CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(texts.Language == "en" ? "en" : "zh-Hans");

var root = new RootCommand(texts["simulator"])
{
    LoadCommand.Create(texts, TimeProvider.System),
};
root.Add(new Option<string>("--lang") { Description = texts["option.lang"], Recursive = true });
return await root.Parse(args).InvokeAsync();

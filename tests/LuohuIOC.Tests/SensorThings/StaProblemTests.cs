using LuohuIOC.Identity;
using LuohuIOC.Registry;
using LuohuIOC.SensorThings;
using LuohuIOC.Tests.History;
using LuohuIOC.Tests.Http;
using LuohuIOC.Tests.Tidy;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Some = LuohuIOC.Tests.Registry.Some;

namespace LuohuIOC.Tests.SensorThings;

/// <summary>What is wrong with a question is said in the caller's language, through HTTP.</summary>
public sealed class StaProblemTests
{
    private const string Stream = "Datastreams('a:level')/Observations";

    private static readonly string[] Questions =
    [
        "Things?$filter=name eq", "Things?$filter=launch(name)", "Things?$filter=(name eq 'x'", $"Things?$filter={new string('(', 60)}",
        "Things?$filter=st_within(location,geography'POLYGON ((0 0, 1 1, 0 1, 1 0, 0 0))')", "Things?$filter=st_within(location,geography'CIRCLE (1 2)')",
        "Things?$expand=A/B/C/D/E/F", "Observations", "Datastreams?$filter=id eq 'ex-1:level' and Observations/result gt 1", $"{Stream}?$orderby=result", $"{Stream}?$filter=phenomenonTime ge '2026-11-29T08:00:00Z'", $"{Stream}?$filter=result gt '5'",
        $"{Stream}?$filter=result add 1", $"{Stream}?$filter=hour(result) eq 8", $"{Stream}?$filter=phenomenonTime gt now() sub duration'P1Y'",
    ];

    [Fact]
    public async Task Every_reason_is_in_the_callers_language()
    {
        await using var scene = new HistoryScene();
        await using var host = await WebHost.StartAsync(add: b => b.Services.AddSingleton(scene.Queries), map: a => a.MapSensorThings());
        host.Services.GetRequiredService<SensorRegistry>().Apply(Some.File(Some.Draft("a")));
        foreach (var question in Questions)
        {
            var (chinese, english) = (await DetailAsync(host, question, "zh-CN"), await DetailAsync(host, question, "en"));
            // Behind the words that every such answer begins with.
            Assert.True(StyleRules.HasHan(chinese[chinese.IndexOf('：')..]), chinese);
            Assert.DoesNotMatch("[a-z]{2,} [a-z]{2,} [a-z]{2,}", chinese);
            Assert.False(StyleRules.HasHan(english), english);
            Assert.True(question.Split('?', '=') is [_, var option, ..] ? chinese.Contains(option) && english.Contains(option) : chinese.Contains("$filter"), chinese);
        }
    }

    private static async Task<string> DetailAsync(WebHost host, string question, string language)
    {
        using var viewer = host.ClientAs(Role.Viewer);
        viewer.Headers.Add("Accept-Language", language);
        return (await ApiClient.ProblemOf(await viewer.Get("/sta/v1.1/" + question), 400, "sta-query")).GetProperty("detail").GetString()!;
    }
}

using System.Text;
using System.Text.Json;
using LuohuIOC.Identity;
using LuohuIOC.Registry;
using LuohuIOC.Sensing.Rules;
using LuohuIOC.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Rules;

/// <summary>What a partial rule, and one that was read before, is completed from.</summary>
public sealed class RulePutTests : IAsyncLifetime
{
    private const string Rules = "/api/v1/sensors/g-01/rules";

    private WebHost _host = null!;
    private ApiClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await WebHost.StartAsync(add: b => b.Services.AddRules(), map: app => app.MapRules());
        _host.Services.GetRequiredService<SensorRegistry>().AutoRegister("g-01", "gw-1");
        _client = _host.ClientAs(Role.Administrator);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Switching_a_rule_off_and_on_keeps_the_stations_own_thresholds()
    {
        await PutAsync("battery-low", """{"steps":[{"severity":"red","at":30}],"comment":"tunnel","source":"survey"}""");
        await PutAsync("battery-low", """{"enabled":false}""");
        var rule = (await PutAsync("battery-low", """{"enabled":true}""")).GetProperty("rule");
        Assert.Equal(30, Assert.Single(rule.GetProperty("steps").EnumerateArray()).GetProperty("at").GetDouble());
        Assert.Equal("survey", rule.GetProperty("source").GetString());
        Assert.False(rule.TryGetProperty("comment", out _));
    }

    [Fact]
    public async Task What_was_read_can_be_written_back()
    {
        await PutAsync("battery-low", """{"steps":[{"severity":"red","at":30}]}""");
        foreach (var view in (await ListAsync()).GetProperty("items").EnumerateArray())
            await PutAsync(view.GetProperty("rule").GetProperty("id").GetString()!, view.GetRawText());
        var rules = (await ListAsync()).GetProperty("items").EnumerateArray().Select(v => v.GetProperty("rule")).ToDictionary(r => r.GetProperty("id").GetString()!);
        Assert.Equal(30, rules["battery-low"].GetProperty("steps")[0].GetProperty("at").GetDouble());
        // The default's numbers may differ now: its source would vouch for them.
        Assert.False(rules["offline"].TryGetProperty("source", out _));
    }

    [Theory]
    [InlineData("""{"label":"x","enabled":false}""", "$.label")]
    [InlineData("""{"lable":"x","rule":{"enabled":false}}""", "$.lable")]
    [InlineData("""{"rule":{"enabled":false,"version":1}}""", "$.version")]
    public async Task A_member_that_belongs_nowhere_is_named(string body, string place)
    {
        var problem = await ApiClient.ProblemOf(await SendAsync("battery-low", body), 400, "rule-unreadable");
        Assert.Contains(place, problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_rule_of_its_own_may_become_another_type()
    {
        await PutAsync("own", """{"type":"ladder","metric":"battery","when":"below","steps":[{"severity":"red","at":30}]}""");
        Assert.Equal("no-data", (await PutAsync("own", """{"type":"no-data","severity":"red"}""")).GetProperty("rule").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("/api/v1/rules")]
    [InlineData(Rules)]
    [InlineData($"{Rules}/history")]
    public async Task A_list_says_that_it_ends(string path) =>
        Assert.Equal(JsonValueKind.Null, (await ApiClient.JsonOf(await _client.Get(path))).GetProperty("next").ValueKind);

    [Theory]
    [InlineData("alert-text-too-long", 2001)]
    [InlineData("alert-text-illegible", 0)]
    public async Task A_comment_is_held_to_what_comments_on_alerts_are_held_to(string code, int length)
    {
        var comment = length > 0 ? new string('x', length) : "a\u202eb";
        var body = new StringContent(JsonSerializer.Serialize(new { enabled = false, comment }), Encoding.UTF8, "application/json");
        await ApiClient.ProblemOf(await _client.Put($"{Rules}/battery-low", body), 400, code);
        await PutAsync("battery-low", $$"""{"enabled":false,"comment":"{{new string('长', 2000)}}"}""");
        await ApiClient.ProblemOf(await _client.Delete($"{Rules}/battery-low?comment={Uri.EscapeDataString(comment)}"), 400, code);
        Assert.Equal(204, (int)(await _client.Delete($"{Rules}/battery-low?comment=%0A")).StatusCode);
    }

    [Fact]
    public async Task The_description_names_what_a_change_is_answered_with()
    {
        var rule = (await ApiClient.JsonOf(await _client.Get("/openapi/v1.json"))).GetProperty("paths").GetProperty("/api/v1/sensors/{id}/rules/{rule}");
        IEnumerable<string> Of(string method) => rule.GetProperty(method).GetProperty("responses").EnumerateObject().Select(r => r.Name).Except(["401", "403"]).Order();
        Assert.Equal(["200", "400", "404", "412", "422", "429"], Of("put"));
        Assert.Equal(["204", "400", "404", "412", "429"], Of("delete"));
    }

    private async Task<JsonElement> ListAsync() => await ApiClient.JsonOf(await _client.Get(Rules));

    private async Task<JsonElement> PutAsync(string rule, string body)
    {
        var answer = await SendAsync(rule, body);
        Assert.True(answer.IsSuccessStatusCode, await ApiClient.TextOf(answer));
        return await ApiClient.JsonOf(answer);
    }

    private Task<HttpResponseMessage> SendAsync(string rule, string body) =>
        _client.Put($"{Rules}/{rule}", new StringContent(body, Encoding.UTF8, "application/json"));
}

using System.Security.Claims;
using System.Text;
using System.Text.Json.Nodes;
using LuohuIOC.Registry;
using LuohuIOC.Sensing;
using LuohuIOC.Sensing.Rules;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LuohuIOC.Tests.Sensing.Rules;

public sealed class RuleEndpointsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rules").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().AddProblemDetails().BuildServiceProvider();
    private readonly SensorRegistry _registry = new();
    private readonly RuleBook _book;
    private string _etag = "";

    public RuleEndpointsTests()
    {
        _book = new RuleBook(Path.Combine(_folder, "rules.db"), TimeProvider.System);
        _registry.AutoRegister("g-01", "gw-1");
    }

    [Fact]
    public async Task An_override_needs_only_what_differs_and_is_shown_with_its_origin()
    {
        var (status, put) = await Put("battery-low", """{"steps":[{"severity":"red","at":30}],"comment":"tunnel"}""");
        Assert.Equal(200, status);
        Assert.Equal("\"1\"", _etag);
        Assert.Equal(("override", 1, "chen"), ((string)put["origin"]!, (int)put["version"]!, (string)put["changedBy"]!));
        var (_, list) = await Call(c => RuleEndpoints.InForce(c, "g-01", _registry, _book));
        var battery = list["items"]!.AsArray().Single(i => (string)i!["rule"]!["id"]! == "battery-low")!;
        Assert.Equal(("ladder", 5.0, 30.0, "tunnel"), (
            (string)battery["rule"]!["type"]!, (double)battery["rule"]!["hysteresis"]!, (double)battery["rule"]!["steps"]![0]!["at"]!,
            (string)battery["rule"]!["comment"]!));
        var offline = list["items"]!.AsArray().Single(i => (string)i!["rule"]!["id"]! == "offline")!;
        Assert.Equal(("default", 0, "设备离线"), ((string)offline["origin"]!, (int)offline["version"]!, (string)offline["label"]!));
    }

    [Fact]
    public async Task A_rule_can_be_switched_off_and_brought_back()
    {
        await Put("battery-low", """{"enabled":false}""");
        Assert.DoesNotContain("battery-low", For().Ids);
        Assert.Equal(204, (await Call(c => RuleEndpoints.Delete(c, "g-01", "battery-low", _registry, _book, "again"))).Status);
        Assert.Contains("battery-low", For().Ids);
        Assert.Equal(404, (await Call(c => RuleEndpoints.Delete(c, "g-01", "battery-low", _registry, _book))).Status);
        var (_, history) = await Call(c => RuleEndpoints.History(c, "g-01", _registry, _book, "battery-low"));
        Assert.Equal([2, 1], history["items"]!.AsArray().Select(i => (int)i!["version"]!));
        Assert.Equal("again", (string)history["items"]![0]!["comment"]!);
    }

    [Theory]
    [InlineData("battery-low", "{", null, 400, "rule-unreadable")]
    [InlineData("battery-low", "[]", null, 400, "rule-unreadable")]
    [InlineData("battery-low", """{"hysterese":1}""", null, 400, "rule-unreadable")]
    [InlineData("own-rule", """{"metric":"battery"}""", null, 400, "rule-unreadable")]
    [InlineData("battery-low", """{"steps":null}""", null, 400, "rule-unreadable")]
    [InlineData("battery-low", """{"steps":[null]}""", null, 422, "rule-steps-missing")]
    [InlineData("own-rule", """{"type":"all-of","severity":"red","conditions":[null,null]}""", null, 422, "rule-conditions-missing")]
    [InlineData("own-rule", """{"type":"all-of","severity":"red","conditions":null}""", null, 400, "rule-unreadable")]
    [InlineData("battery-low", """{"enabled":true,"enabled":false}""", null, 400, "rule-unreadable")]
    [InlineData("battery-low", """{"comment":"\ud800"}""", null, 400, "rule-unreadable")]
    [InlineData("battery-low", """{"id":"other"}""", null, 400, "rule-id-differs")]
    [InlineData("battery-low", """{"steps":[]}""", null, 422, "rule-steps-missing")]
    [InlineData("battery-low", """{"metric":"depth"}""", null, 422, "rule-metric-unknown")]
    [InlineData("battery-low", "{}", "x", 400, "rule-if-match-invalid")]
    [InlineData("battery-low", "{}", "\"7\"", 412, "rule-version-conflict")]
    public async Task A_fault_is_told_by_its_code(string rule, string body, string? ifMatch, int status, string code)
    {
        var (answered, problem) = await Put(rule, body, ifMatch);
        Assert.Equal((status, $"urn:luohu-ioc:problem:{code}"), (answered, (string)problem["type"]!));
        Assert.Equal(0, _book.VersionOf("g-01", rule));
    }

    [Fact]
    public async Task Defaults_are_listed_by_kind_in_the_callers_language()
    {
        var (_, list) = await Call(c =>
        {
            c.Request.Headers.AcceptLanguage = "en";
            return RuleEndpoints.Defaults(c, "smoke");
        });
        var smoke = Assert.Single(list["items"]!.AsArray())!;
        Assert.Equal(["Smoke alarm", "Smoke detector fault", "Smoke detector fails repeatedly", "Battery low", "Sensor offline"],
            smoke["rules"]!.AsArray().Select(r => (string)r!["label"]!));
        Assert.Equal(400, (await Call(c => RuleEndpoints.Defaults(c, "teapot"))).Status);
        Assert.Equal(404, (await Call(c => RuleEndpoints.InForce(c, "nobody", _registry, _book))).Status);
    }

    public void Dispose()
    {
        _services.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private SensorRules For() => _book.For(_registry.TryFind("g-01", out var sensor) ? sensor : throw new InvalidOperationException());

    private Task<(int Status, JsonNode Body)> Put(string rule, string body, string? ifMatch = null) => Call(async c =>
    {
        c.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        if (ifMatch is not null) c.Request.Headers.IfMatch = ifMatch;
        return await RuleEndpoints.Put(c, "g-01", rule, _registry, _book);
    });

    private Task<(int Status, JsonNode Body)> Call(Func<HttpContext, IResult> endpoint) => Call(c => Task.FromResult(endpoint(c)));

    private async Task<(int Status, JsonNode Body)> Call(Func<HttpContext, Task<IResult>> endpoint)
    {
        var answer = new MemoryStream();
        var context = new DefaultHttpContext
        {
            RequestServices = _services,
            User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "chen")], "test")),
            Response = { Body = answer },
        };
        await (await endpoint(context)).ExecuteAsync(context);
        _etag = context.Response.Headers.ETag.ToString();
        var text = Encoding.UTF8.GetString(answer.ToArray());
        return (context.Response.StatusCode, text == "" ? new JsonObject() : JsonNode.Parse(text)!);
    }
}

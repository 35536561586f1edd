using LuohuIOC.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LuohuIOC.Tests.Http;

public sealed class UnknownParametersTests
{
    [Theory]
    [InlineData("/api/v1/things?state=open&limit=3&Street=x", null)]
    [InlineData("/api/v1/things?statee=open", "statee")]
    [InlineData("/api/v1/things?statee=open&state=open&lim%C3%ADt=1&statee=a", "statee, lim%C3%ADt")]
    [InlineData("/api/v1/things?a%0D%0Ab=1", "a%0D%0Ab")]
    [InlineData("/api/v1/things/7?id=8", "id")]
    [InlineData("/api/v1/things/7", null)]
    [InlineData("/api/v1/nothing?statee=open", null)]
    [InlineData("/elsewhere?statee=open", null)]
    public async Task A_parameter_that_the_address_does_not_take_is_named_in_the_answer(string path, string? unknown)
    {
        await using var host = await StartAsync();

        Assert.Equal(unknown, HeaderOf(await host.Client.Get(path)));
    }

    [Fact]
    public async Task It_is_named_also_where_the_request_is_refused()
    {
        await using var host = await StartAsync();
        var answer = await host.Client.Get("/api/v1/things?limitt=3&limit=many");

        await ApiClient.ProblemOf(answer, 400, "bad-parameter");
        Assert.Equal("limitt", HeaderOf(answer));
    }

    [Fact]
    public async Task No_more_is_told_than_anybody_reads()
    {
        await using var host = await StartAsync();
        var many = string.Join('&', Enumerable.Range(0, 30).Select(i => $"{new string('x', 200)}{i}=1"));

        Assert.InRange(HeaderOf(await host.Client.Get($"/api/v1/things?{many}"))!.Length, 100, 2_000);
    }

    private static Task<WebHost> StartAsync() => WebHost.StartAsync(map: app =>
    {
        app.MapGet("/api/v1/things", (string? state, int? limit) => $"{state} {limit}").Asks("street").AllowAnonymous();
        app.MapGet("/api/v1/things/{id}", (string id, HttpContext context) => id).AllowAnonymous();
        app.MapGet("/elsewhere", () => "here").AllowAnonymous();
    });

    private static string? HeaderOf(HttpResponseMessage answer) => answer.Headers.TryGetValues("X-Unknown-Parameters", out var values) ? string.Join("|", values) : null;
}

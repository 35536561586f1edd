using LuohuIOC.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LuohuIOC.Tests.Http;

public sealed class HeadRequestsTests
{
    [Theory]
    [InlineData("/healthz/live")]
    [InlineData("/healthz/ready")]
    [InlineData("/openapi")]
    [InlineData("/api/v1/me")]
    [InlineData("/metrics")]
    [InlineData("/api/v1/table")]
    public async Task HEAD_is_answered_as_GET_without_the_body(string path)
    {
        await using var host = await StartAsync();
        using var viewer = host.ClientAs(Role.Viewer);
        var (got, headed) = (await viewer.Get(path), await viewer.Send("HEAD", path));
        Assert.Equal((200, 200), ((int)got.StatusCode, (int)headed.StatusCode));
        Assert.Equal(got.Content.Headers.ContentType, headed.Content.Headers.ContentType);
        Assert.NotEmpty(await ApiClient.TextOf(got));
        Assert.Empty(await ApiClient.TextOf(headed));
    }

    [Fact]
    public async Task HEAD_needs_what_GET_needs_and_is_logged_as_what_it_is()
    {
        await using var host = await StartAsync();
        Assert.Equal(200, (int)(await host.Client.Send("HEAD", "/healthz/ready")).StatusCode);
        Assert.Equal(401, (int)(await host.Client.Send("HEAD", "/api/v1/me")).StatusCode);
        using var viewer = host.ClientAs(Role.Viewer);
        Assert.Equal(404, (int)(await viewer.Send("HEAD", "/api/v1/nothing")).StatusCode);
        Assert.Equal(405, (int)(await viewer.Send("HEAD", "/api/v1/posted")).StatusCode);
        Assert.Contains(host.Log.Lines, line => line.Contains("HEAD /api/v1/me → 401", StringComparison.Ordinal));
    }

    private static Task<WebHost> StartAsync() => WebHost.StartAsync(map: app =>
    {
        app.MapGet("/api/v1/table", (HttpContext context) =>
        {
            context.Response.ContentType = "text/csv";
            return context.Response.WriteAsync(new string('x', 100_000));
        });
        app.MapPost("/api/v1/posted", () => "posted");
    });
}

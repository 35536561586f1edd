using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace LuohuIOC.Tests.Http;

public sealed class ReadinessTests
{
    [Theory]
    [InlineData(HealthStatus.Healthy, 200, "ready")]
    [InlineData(HealthStatus.Degraded, 200, "degraded")]
    [InlineData(HealthStatus.Unhealthy, 503, "not-ready")]
    public async Task A_load_balancer_learns_the_state_without_a_token_and_nothing_more(HealthStatus state, int status, string word)
    {
        await using var host = await WebHost.StartAsync(add: b => b.Services.AddHealthChecks().AddCheck("history", () => new HealthCheckResult(state, "the disk is full")));
        var answer = await host.Client.Get("/healthz/ready");
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal($$"""{"status":"{{word}}"}""", await ApiClient.TextOf(answer));
    }

    [Fact]
    public async Task A_wrong_token_is_refused()
    {
        await using var host = await WebHost.StartAsync();
        using var client = host.ClientWith("ioc_0123456789abcdef_wrong");
        await ApiClient.ProblemOf(await client.Get("/healthz/ready"), 401, "token-invalid");
    }

    [Fact]
    public async Task Callers_without_a_token_have_the_parts_asked_once_a_second_at_most()
    {
        var asked = 0;
        await using var host = await WebHost.StartAsync(add: b => b.Services.AddHealthChecks().AddCheck("history", () =>
            Interlocked.Increment(ref asked) == 1 ? HealthCheckResult.Unhealthy() : HealthCheckResult.Healthy()));
        for (var i = 0; i < 5; i++) Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Client.Get("/healthz/ready")).StatusCode);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.Get("/healthz/ready")).StatusCode);
        Assert.Equal(2, asked);
    }
}

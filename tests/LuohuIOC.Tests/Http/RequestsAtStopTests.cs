using System.Net;
using LuohuIOC.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace LuohuIOC.Tests.Http;

public sealed class RequestsAtStopTests
{
    [Fact]
    public async Task A_host_that_ends_lets_no_hub_in_and_answers_other_requests()
    {
        await using var host = await StartAsync(TimeSpan.FromMinutes(1), new(), new());
        using var client = host.ClientAs(Role.Viewer);
        Assert.Equal(HttpStatusCode.OK, (await client.Post("/hubs/none/negotiate?negotiateVersion=1", "")).StatusCode);
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        var refused = await client.Post("/hubs/none/negotiate?negotiateVersion=1", "");
        await ApiClient.ProblemOf(refused, 503, "stopping");
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await client.Get("/api/v1/me")).StatusCode);
    }

    [Fact]
    public async Task What_is_under_way_is_cut_off_when_half_of_the_stops_time_is_up()
    {
        var (begun, cut) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var host = await StartAsync(TimeSpan.FromMilliseconds(20), begun, cut);
        using var client = host.ClientAs(Role.Viewer);
        var slow = client.Get("/slow");
        await begun.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await cut.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => slow);
    }

    private static Task<WebHost> StartAsync(TimeSpan stop, TaskCompletionSource begun, TaskCompletionSource cut) => WebHost.StartAsync(
        add: builder =>
        {
            builder.Services.AddSignalR();
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = stop);
        },
        map: app =>
        {
            app.MapHub<NoHub>("/hubs/none");
            app.MapGet("/slow", async (HttpContext context) =>
            {
                using var aborted = context.RequestAborted.Register(() => cut.TrySetResult());
                begun.TrySetResult();
                await cut.Task;
            });
        });

    private sealed class NoHub : Hub;
}

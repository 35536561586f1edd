using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Http;

/// <summary>
/// What requests may still do when the host has been asked to end. A hub's connections are closed at once, and its browsers come back within a quarter of a second:
/// one let in now would hold the web server until the time for the stop is up, and the sensors' states, which are saved after it, would not be. An export that is
/// under way has half of that time.
/// </summary>
internal sealed class RequestsAtStop
{
    // Another host, or the next start, takes about so long.
    private const string AgainAfterSeconds = "5";

    private readonly RequestDelegate _next;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenSource _cut = new();

    public RequestsAtStop(RequestDelegate next, IHostApplicationLifetime lifetime, IOptions<HostOptions> host)
    {
        (_next, _stopping) = (next, lifetime.ApplicationStopping);
        _stopping.Register(() => _cut.CancelAfter(host.Value.ShutdownTimeout / 2));
    }

    public async Task InvokeAsync(HttpContext context)
    {
        if (_stopping.IsCancellationRequested && context.GetEndpoint()?.Metadata.GetMetadata<HubMetadata>() is not null)
        {
            context.Response.Headers.RetryAfter = AgainAfterSeconds;
            await Problem.Of(context, StatusCodes.Status503ServiceUnavailable, "stopping").ExecuteAsync(context);
            return;
        }
        using var cut = _cut.Token.UnsafeRegister(static state => ((HttpContext)state!).Abort(), context);
        await _next(context);
    }
}

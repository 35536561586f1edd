using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LuohuIOC.IntegrationTests;

/// <summary>What becomes of a request on its way to the store.</summary>
public enum WayFault
{
    None,

    /// <summary>The connection is cut before any answer.</summary>
    Cut,

    /// <summary>503, as a proxy before an overloaded store.</summary>
    Overloaded,

    /// <summary>Taken, never answered.</summary>
    Silent,

    /// <summary>Handed on after <see cref="FaultyWay.SlowFor"/>.</summary>
    Slow,
}

/// <summary>A proxy on loopback before a real HTTP server, which can fail in the ways in which stores do.</summary>
internal sealed class FaultyWay : IAsyncDisposable
{
    public static readonly TimeSpan SlowFor = TimeSpan.FromSeconds(6);

    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource _end = new();
    private readonly WebApplication _proxy;
    private readonly string _server;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WayFault _fault;
    private int _met;

    private FaultyWay(string server)
    {
        _server = server;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _proxy = builder.Build();
        _proxy.Run(HandAsync);
    }

    public string Url => _proxy.Urls.Single();

    /// <summary>Requests that the fault met.</summary>
    public int Met => Volatile.Read(ref _met);

    public WayFault Fault
    {
        get => _fault;
        set
        {
            _fault = value;
            Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }

    public static async Task<FaultyWay> BeforeAsync(string server)
    {
        var way = new FaultyWay(server);
        await way._proxy.StartAsync();
        return way;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _proxy.DisposeAsync();
        _http.Dispose();
        _end.Dispose();
    }

    private async Task HandAsync(HttpContext context)
    {
        if (Fault != WayFault.None) Interlocked.Increment(ref _met);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _end.Token);
        switch (Fault)
        {
            case WayFault.Cut:
                context.Abort();
                return;
            case WayFault.Overloaded:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                await context.Response.WriteAsync("try later", gone.Token);
                return;
            case WayFault.Silent:
                await new TaskCompletionSource().Task.WaitAsync(gone.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                context.Abort();
                return;
            case WayFault.Slow:
                await _changed.Task.WaitAsync(SlowFor, gone.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
        }
        await HandOnAsync(context, gone.Token);
    }

    private async Task HandOnAsync(HttpContext context, CancellationToken gone)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), $"{_server}{context.Request.Path}{context.Request.QueryString}");
        request.Content = new StreamContent(context.Request.Body);
        foreach (var (name, values) in context.Request.Headers)
            if (name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)) request.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, gone);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await response.Content.CopyToAsync(context.Response.Body, gone);
    }
}

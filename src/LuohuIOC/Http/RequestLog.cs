using System.Diagnostics;

namespace LuohuIOC.Http;

/// <summary>
/// One line per request: method, path, status, duration, holder of the token. Never the query string, which under <c>/hubs</c> holds a token.
/// Reads that went well are Debug, so that a wall does not fill the disk; changes and refusals are Information, failures Warning.
/// </summary>
internal sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var status = context.Response.StatusCode;
            var level = status >= 500 ? LogLevel.Warning
                : status >= 400 || !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) ? LogLevel.Information
                : LogLevel.Debug;
            if (log.IsEnabled(level))
                Log(level, context.Request.Method, context.Request.Path, status, Stopwatch.GetElapsedTime(started).TotalMilliseconds, context.User.Identity?.Name ?? "-");
        }
    }

    [LoggerMessage(Message = "{Method} {Path} → {Status} in {Milliseconds:F1} ms for {Holder}")]
    private partial void Log(LogLevel level, string method, string? path, int status, double milliseconds, string holder);
}

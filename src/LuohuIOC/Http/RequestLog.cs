using System.Diagnostics;

namespace LuohuIOC.Http;

/// <summary>
/// One line per request: method, path, status, duration, holder of the token. Never the query string, which under <c>/hubs</c> holds a token.
/// Reads that went well are Debug, so that a wall does not fill the disk; changes and refusals are Information, failures Warning. Neither do strangers fill it:
/// of refusals without a holder a minute has <see cref="LogBudget.StrangersMax"/> lines, and the first of the next tells how many more there were.
/// </summary>
internal sealed partial class RequestLog(RequestDelegate next, TimeProvider time, ILogger<RequestLog> log)
{
    /// <summary>Characters of a path; a request may have 8,192.</summary>
    public const int PathLengthMax = 256;

    private readonly LogBudget _strangers = new(time, LogBudget.StrangersMax);

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
            var holder = context.User.Identity?.Name;
            if (log.IsEnabled(level) && (holder is not null || status is < 400 or >= 500 || MayTell()))
                Log(level, Bounded(context.Request.Method, 16), Bounded(context.Request.Path, PathLengthMax), status, Stopwatch.GetElapsedTime(started).TotalMilliseconds, holder ?? "-");
        }
    }

    private static string Bounded(string? text, int lengthMax) => text is null || text.Length <= lengthMax ? text ?? "" : $"{text.AsSpan(0, lengthMax)}…";

    private bool MayTell()
    {
        var may = _strangers.MayTell(out var untold);
        if (untold > 0) LogUntold(untold);
        return may;
    }

    [LoggerMessage(Message = "{Method} {Path} → {Status} in {Milliseconds:F1} ms for {Holder}")]
    private partial void Log(LogLevel level, string method, string? path, int status, double milliseconds, string holder);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} more refused requests without a valid token are not told of one by one")]
    private partial void LogUntold(long count);
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace LuohuIOC.Http;

/// <summary>
/// Turns what went wrong below the endpoints into problem details: bodies that cannot be read, bodies too large, and, without a word about
/// the inside, everything nobody foresaw. The last kind is logged with the trace id that its caller was shown.
/// </summary>
public sealed partial class Failures(ILogger<Failures> log) : IExceptionHandler
{
    /// <summary>nginx's code for "the caller left"; nobody receives it, the request log shows it.</summary>
    private const int StatusClientClosed = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = StatusClientClosed;
            return true;
        }
        await ProblemFor(httpContext, exception).ExecuteAsync(httpContext);
        return true;
    }

    /// <summary>Answers that carry a status and nothing else: unknown address, wrong method, refused media type.</summary>
    public static Task DescribeAsync(HttpContext context)
    {
        // Routing knows nothing of HeadRequests.
        if (context.Response.Headers.Allow.ToString().Split(", ") is var allowed && allowed.Contains(HttpMethods.Get)) context.Response.Headers.Allow = string.Join(", ", allowed.Append(HttpMethods.Head));
        var code = context.Response.StatusCode switch
        {
            StatusCodes.Status400BadRequest => "bad-request",
            StatusCodes.Status404NotFound => "no-such-address",
            StatusCodes.Status405MethodNotAllowed => "method-not-allowed",
            StatusCodes.Status406NotAcceptable => "not-acceptable",
            StatusCodes.Status413PayloadTooLarge => "body-too-large",
            StatusCodes.Status415UnsupportedMediaType => "media-type",
            StatusCodes.Status429TooManyRequests => "too-many-requests",
            StatusCodes.Status503ServiceUnavailable => "busy",
            < 500 => "bad-request",
            _ => "internal-error",
        };
        object?[] arguments = code switch
        {
            "no-such-address" => [context.Request.Path.Value],
            "method-not-allowed" => [context.Request.Method, context.Response.Headers.Allow.ToString()],
            _ => [],
        };
        return Problem.Of(context, context.Response.StatusCode, code, arguments).ExecuteAsync(context);
    }

    private IResult ProblemFor(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problem.Of(context, StatusCodes.Status413PayloadTooLarge, "body-too-large");
            case BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType }:
                return Problem.Of(context, StatusCodes.Status415UnsupportedMediaType, "media-type");
            case BadHttpRequestException { InnerException: JsonException json } bad when UnknownMember().Match(json.Message) is { Success: true } unknown:
                return Problem.Of(context, bad.StatusCode, "body-member-unknown", unknown.Groups[1].Value);
            case BadHttpRequestException { InnerException: JsonException json } bad:
                return Problem.Of(context, bad.StatusCode, "body-unreadable", json.Path is { Length: > 0 } path ? path : "$", (json.LineNumber ?? 0) + 1);
            case BadHttpRequestException { Message: { } told } bad when told.EndsWith("from body.", StringComparison.Ordinal) || told.Contains("no body was provided", StringComparison.Ordinal):
                return Problem.Of(context, bad.StatusCode, "body-missing");
            case BadHttpRequestException bad:
                return Parameter().Match(bad.Message) is { Success: true } match
                    ? Problem.Of(context, bad.StatusCode, "bad-parameter", match.Groups[1].Value)
                    : Problem.Of(context, bad.StatusCode, "bad-request");
            case TimeoutException:
                LogTimeout(context.Request.Method, context.Request.Path, Problem.TraceIdOf(context), exception);
                context.Response.Headers.RetryAfter = "5";
                return Problem.Of(context, StatusCodes.Status503ServiceUnavailable, "busy");
            case NpgsqlException and not PostgresException { IsTransient: false }:
                LogDatabase(context.Request.Method, context.Request.Path, Problem.TraceIdOf(context), exception.Message);
                context.Response.Headers.RetryAfter = "5";
                return Problem.Of(context, StatusCodes.Status503ServiceUnavailable, "database-away");
            default:
                LogUnforeseen(context.Request.Method, context.Request.Path, Problem.TraceIdOf(context), exception);
                return Problem.Of(context, StatusCodes.Status500InternalServerError, "internal-error");
        }
    }

    /// <summary>ASP.NET Core names the parameter with its type: <c>Required parameter "int limit" was not provided …</c> gives <c>limit</c>.</summary>
    [GeneratedRegex("""parameter "(?:[^"]*\s)?(\w+)" """)]
    private static partial Regex Parameter();

    /// <summary>System.Text.Json tells it by its message alone: <c>The JSON property 'days' could not be mapped to …</c> gives <c>days</c>.</summary>
    [GeneratedRegex("property '(.*)' could not be mapped")]
    private static partial Regex UnknownMember();

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed, trace {TraceId}")]
    private partial void LogUnforeseen(string method, string? path, string traceId, Exception e);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path}: the shared database does not answer, trace {TraceId}. {Cause}")]
    private partial void LogDatabase(string method, string? path, string traceId, string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} timed out, trace {TraceId}")]
    private partial void LogTimeout(string method, string? path, string traceId, Exception e);
}

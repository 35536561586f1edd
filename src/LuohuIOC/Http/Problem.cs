using System.Diagnostics;
using LuohuIOC.Texts;

namespace LuohuIOC.Http;

/// <summary>Errors as RFC 9457 problem details: what happened, where, what to do, in the caller's language.</summary>
public static class Problem
{
    public const string TypePrefix = "urn:luohu-ioc:problem:";

    /// <param name="context">The request, for its path and language.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">Stable code, lower kebab case; texts are <c>problem.{code}.title</c> and <c>problem.{code}.detail</c>.</param>
    /// <param name="arguments">Places of the detail text.</param>
    public static IResult Of(HttpContext context, int status, string code, params object?[] arguments)
    {
        var language = TextBook.LanguageOf(context.Request);
        if (!context.Response.HasStarted)
        {
            context.Response.Headers.ContentLanguage = language;
            context.Response.Headers.Vary = "Accept-Language";
        }
        return Results.Problem(
            type: TypePrefix + code,
            title: TextBook.Get(language, $"problem.{code}.title"),
            detail: TextBook.Get(language, $"problem.{code}.detail", arguments),
            statusCode: status,
            instance: context.Request.Path,
            extensions: [new("traceId", TraceIdOf(context))]);
    }

    /// <summary>What a person reads out on the telephone and finds in the log: the trace's id if one runs, else the request's.</summary>
    public static string TraceIdOf(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;
}

using LuohuIOC.Texts;

namespace LuohuIOC.Http;

/// <summary>Errors as RFC 9457 problem details: what happened, where, what to do, in the caller's language.</summary>
public static class Problem
{
    /// <param name="context">The request, for its path and language.</param>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">Stable code, lower kebab case; texts are <c>problem.{code}.title</c> and <c>problem.{code}.detail</c>.</param>
    /// <param name="arguments">Places of the detail text.</param>
    public static IResult Of(HttpContext context, int status, string code, params object?[] arguments)
    {
        var language = TextBook.LanguageOf(context.Request);
        return Results.Problem(
            type: $"urn:luohu-ioc:problem:{code}",
            title: TextBook.Get(language, $"problem.{code}.title"),
            detail: TextBook.Get(language, $"problem.{code}.detail", arguments),
            statusCode: status,
            instance: context.Request.Path);
    }
}

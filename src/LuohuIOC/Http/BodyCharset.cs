using Microsoft.Net.Http.Headers;

namespace LuohuIOC.Http;

/// <summary>The encoding that a body is said to be in. JSON is UTF-8; ASP.NET Core reads some others too, and throws at those that it does not know.</summary>
internal static class BodyCharset
{
    /// <summary>ASP.NET Core knows an encoding by its bare name, and <c>charset="utf-8"</c> means the same (RFC 9110, 8.3.2).</summary>
    public static Task Unquote(HttpContext context, RequestDelegate next)
    {
        if (context.Request.ContentType?.Contains('"') == true && MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) && type.Charset.HasValue)
        {
            type.Charset = HeaderUtilities.RemoveQuotes(type.Charset);
            context.Request.ContentType = type.ToString();
        }
        return next(context);
    }

    /// <summary><c>application/json; charset=gbk</c> → <c>gbk</c>; null where the encoding is one that can be read, or none is named.</summary>
    public static string? UnknownOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type is { Charset.Length: > 0, Encoding: null } ? type.Charset.ToString() : null;
}

using Microsoft.Net.Http.Headers;

namespace LuohuIOC.Http;

/// <summary>The encoding that a JSON body is said to be in: JSON between systems is UTF-8 (RFC 8259, 8.1), and ASP.NET Core throws at some that it cannot read.</summary>
internal static class BodyCharset
{
    /// <summary>Refuses another encoding. ASP.NET Core knows one by its bare name, and <c>charset="utf-8"</c> means the same (RFC 9110, 8.3.2).</summary>
    public static Task Check(HttpContext context, RequestDelegate next)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) || !type.Charset.HasValue || !IsJson(type)) return next(context);
        var charset = HeaderUtilities.RemoveQuotes(type.Charset);
        if (!charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return Problem.Of(context, StatusCodes.Status415UnsupportedMediaType, "charset", charset).ExecuteAsync(context);
        type.Charset = charset;
        context.Request.ContentType = type.ToString();
        return next(context);
    }

    private static bool IsJson(MediaTypeHeaderValue type) => type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase) || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase);
}

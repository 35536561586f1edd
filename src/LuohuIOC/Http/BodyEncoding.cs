using Microsoft.Net.Http.Headers;

namespace LuohuIOC.Http;

/// <summary>Bodies are taken as they are: a packed one would be told to be in a wrong character set (RFC 9110, 8.4 and 15.5.16).</summary>
internal static class BodyEncoding
{
    /// <summary>Refuses a body that is said to be packed, and says what is taken.</summary>
    public static Task Check(HttpContext context, RequestDelegate next)
    {
        var encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)) return next(context);
        context.Response.Headers[HeaderNames.AcceptEncoding] = "identity";
        return Problem.Of(context, StatusCodes.Status415UnsupportedMediaType, "content-encoding", encoding).ExecuteAsync(context);
    }
}

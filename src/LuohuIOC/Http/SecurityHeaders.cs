namespace LuohuIOC.Http;

/// <summary>
/// What every answer tells the browser: load nothing from elsewhere (a command centre's network often has no "elsewhere"), be framed by
/// nobody else, guess no types, hand no address on. API answers are never kept by a cache.
/// </summary>
internal static class SecurityHeaders
{
    /// <summary>Inline styles and blob workers are what map and chart libraries need; inline scripts they do not.</summary>
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; " +
        "worker-src 'self' blob:; connect-src 'self' ws: wss:; frame-ancestors 'self'; base-uri 'none'; form-action 'self'; object-src 'none'";

    public static Task Add(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Request.Path.StartsWithSegments("/api")) headers.CacheControl = "no-store";
        return next(context);
    }
}

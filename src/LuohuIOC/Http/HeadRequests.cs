namespace LuohuIOC.Http;

/// <summary>
/// HEAD wherever GET is answered (RFC 9110, 9.3.2): endpoints see a GET, and Kestrel, which knows better, sends no body. Before routing, which would match
/// the method of no endpoint; what is around it sees HEAD again.
/// </summary>
internal static class HeadRequests
{
    public static async Task Answer(HttpContext context, RequestDelegate next)
    {
        var isHead = HttpMethods.IsHead(context.Request.Method);
        if (isHead) context.Request.Method = HttpMethods.Get;
        try
        {
            await next(context);
        }
        finally
        {
            if (isHead) context.Request.Method = HttpMethods.Head;
        }
    }
}

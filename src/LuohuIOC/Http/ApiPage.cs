using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using LuohuIOC.Texts;
using Scalar.AspNetCore;

namespace LuohuIOC.Http;

/// <summary>
/// <c>/openapi</c>, the page to try the API: a shell that asks for a token, fetches the document with it and hands both to Scalar. Script and
/// style come from this program (Scalar's bundle out of its assembly), nothing from a network that a command centre may not have. The shell
/// holds no data, so it answers without a token.
/// </summary>
internal static class ApiPage
{
    private const string ScalarResource = "ScalarStaticAssets.scalar.js";

    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    private static readonly Lazy<byte[]> Scalar = new(() => Read(typeof(ScalarOptions), ScalarResource));

    public static void MapApiPage(this IEndpointRouteBuilder routes)
    {
        var page = routes.MapGroup("/openapi").AllowAnonymous().ExcludeFromDescription();
        page.MapGet("", (HttpContext context) => TypedResults.Content(Page(TextBook.LanguageOf(context.Request)), "text/html; charset=utf-8"));
        page.MapGet("/page.js", () => TypedResults.Bytes(Read(typeof(ApiPage), "pages/openapi.js"), "text/javascript; charset=utf-8"));
        page.MapGet("/scalar.js", GetScalar);
    }

    /// <summary>4.9 MB, stored gzipped: sent as it is to whoever takes gzip, which every browser does.</summary>
    private static IResult GetScalar(HttpContext context)
    {
        const string type = "text/javascript; charset=utf-8";
        context.Response.Headers.CacheControl = "public, max-age=86400";
        context.Response.Headers.Vary = "Accept-Encoding";
        if (!context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
            return TypedResults.Stream(new GZipStream(new MemoryStream(Scalar.Value), CompressionMode.Decompress), type);
        context.Response.Headers.ContentEncoding = "gzip";
        return TypedResults.Bytes(Scalar.Value, type);
    }

    private static string Page(string language)
    {
        var html = Encoding.UTF8.GetString(Read(typeof(ApiPage), "pages/openapi.html"));
        string[] texts = ["title", "token", "open", "refused", "unreachable"];
        foreach (var text in texts)
            html = html.Replace($"{{{{{text}}}}}", Html.Encode(TextBook.Get(language, $"openapi-page.{text}")), StringComparison.Ordinal);
        return html.Replace("{{language}}", language, StringComparison.Ordinal);
    }

    private static byte[] Read(Type neighbour, string resource)
    {
        using var stream = neighbour.Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"{neighbour.Assembly.GetName().Name} has no resource '{resource}'.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}

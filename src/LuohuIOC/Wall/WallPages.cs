using System.Net;
using LuohuIOC.Texts;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Wall;

/// <summary>
/// The wall's pages as <c>dashboards/wall</c> builds them, from <see cref="WallOptions.Pages"/>. Open to all because they hold nothing:
/// they ask for a token and show what the token may see. A host without them still takes readings; its first page says what is missing.
/// </summary>
internal static class WallPages
{
    private static readonly FileExtensionContentTypeProvider Types = new();

    public static void Map(WebApplication app)
    {
        var options = app.Services.GetRequiredService<IOptions<WallOptions>>().Value;
        var folder = Path.GetFullPath(options.Pages, AppContext.BaseDirectory);
        var files = Directory.Exists(folder) ? new PhysicalFileProvider(folder) : (IFileProvider)new NullFileProvider();
        if (!files.GetFileInfo("index.html").Exists)
            app.Services.GetRequiredService<ILogger<WallOptions>>().LogWarning(
                "The wall's pages are not in {Folder}: ./ioc builds them, or give Wall:Pages. Everything else runs.", folder);
        var pages = app.MapGroup("").AllowAnonymous().ExcludeFromDescription();
        pages.MapGet("/", (HttpContext context) => files.GetFileInfo("index.html") is { Exists: true } page
            ? Send(context, page, "no-cache") : NotBuilt(context));
        // Their names hold a hash of their content, so a browser may keep them for good.
        pages.MapGet("/assets/{file}", (HttpContext context, string file) => files.GetFileInfo($"assets/{file}") is { Exists: true, IsDirectory: false } asset
            ? Send(context, asset, "public, max-age=31536000, immutable") : Results.NotFound());
    }

    private static IResult Send(HttpContext context, IFileInfo file, string caching)
    {
        context.Response.Headers.CacheControl = caching;
        if (!Types.TryGetContentType(file.Name, out var type)) type = file.Name.EndsWith(".mjs", StringComparison.Ordinal) ? "text/javascript" : "application/octet-stream";
        return Results.File(file.PhysicalPath!, type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type, lastModified: file.LastModified);
    }

    private static IResult NotBuilt(HttpContext context)
    {
        var language = TextBook.LanguageOf(context.Request);
        string Text(string key) => WebUtility.HtmlEncode(TextBook.Get(language, key));
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Content(
            $"<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">" +
            $"<title>{Text("wall.not-built.title")}</title><h1>{Text("wall.not-built.title")}</h1><p>{Text("wall.not-built.detail")}</p>" +
            $"<p><a href=\"/openapi\">{Text("wall.not-built.api")}</a></p></html>",
            "text/html; charset=utf-8", statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using LuohuIOC.Texts;

namespace LuohuIOC.Wall;

/// <summary>The first page, open to all because it holds nothing: it asks for a token and shows what the token may see.</summary>
internal static class WallPage
{
    private const string Prefix = "wall.";

    public static void Map(IEndpointRouteBuilder routes)
    {
        Add(routes, "/", "wall.html", "text/html; charset=utf-8");
        Add(routes, "/page/wall.css", "wall.css", "text/css; charset=utf-8");
        Add(routes, "/page/wall.js", "wall.js", "text/javascript; charset=utf-8");
        Add(routes, "/page/texts.json", Texts(), "application/json; charset=utf-8");
    }

    private static void Add(IEndpointRouteBuilder routes, string path, string resource, string type)
    {
        using var stream = typeof(WallPage).Assembly.GetManifestResourceStream($"page/{resource}")
            ?? throw new InvalidOperationException($"{resource} is not embedded in this assembly.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        Add(routes, path, content, type);
    }

    private static void Add(IEndpointRouteBuilder routes, string path, byte[] content, string type) =>
        routes.MapGet(path, (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "no-cache";
            return Results.Bytes(content, type);
        }).AllowAnonymous().ExcludeFromDescription();

    /// <summary>The page's texts of every language, <c>{"zh-CN":{"title":…},"en":{…}}</c>.</summary>
    private static byte[] Texts() => JsonSerializer.SerializeToUtf8Bytes(
        new[] { TextBook.Chinese, TextBook.English }.ToDictionary(
            language => language,
            language => TextBook.Keys(language).Where(key => key.StartsWith(Prefix, StringComparison.Ordinal))
                .ToDictionary(key => key[Prefix.Length..], key => TextBook.Get(language, key))),
        new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

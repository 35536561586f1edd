using System.Net;
using LuohuIOC.Identity;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Http;

public sealed class ApiDescriptionTests
{
    [Fact]
    public async Task The_document_has_the_bearer_scheme_and_describes_every_operation_in_chinese()
    {
        await using var host = await WebHost.StartAsync();
        using var viewer = host.ClientAs(Role.Viewer);
        var document = await ApiClient.JsonOf(await viewer.Get("/openapi/v1.json"));
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString());
        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer");
        Assert.Equal(("http", "bearer"), (scheme.GetProperty("type").GetString(), scheme.GetProperty("scheme").GetString()));
        Assert.True(document.GetProperty("security")[0].TryGetProperty("bearer", out _));
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var summary = operation.Value.TryGetProperty("summary", out var text) ? text.GetString()! : "";
                Assert.True(summary.Any(c => c > '\u4e00'), $"{operation.Name} {path.Name} has no Chinese summary");
            }
        }
        Assert.All(document.GetProperty("tags").EnumerateArray(), t => Assert.True(t.TryGetProperty("description", out _), $"{t} has no description"));
    }

    [Fact]
    public async Task The_document_speaks_english_to_an_english_reader()
    {
        await using var host = await WebHost.StartAsync();
        using var viewer = host.ClientAs(Role.Viewer);
        viewer.Headers.AcceptLanguage.ParseAdd("en");
        Assert.Contains("Revoke a token", await ApiClient.TextOf(await viewer.Get("/openapi/v1.json")));
    }

    [Fact]
    public async Task An_operation_names_its_refusals_and_a_body_only_what_it_needs()
    {
        await using var host = await WebHost.StartAsync();
        using var viewer = host.ClientAs(Role.Viewer);
        var document = await ApiClient.JsonOf(await viewer.Get("/openapi/v1.json"));
        var responses = document.GetProperty("paths").GetProperty("/api/v1/tokens").GetProperty("post").GetProperty("responses");
        Assert.Equal(["201", "400", "401", "403", "409", "415", "429"], responses.EnumerateObject().Select(r => r.Name).Order());
        var wish = document.GetProperty("components").GetProperty("schemas").GetProperty("TokenRequest");
        Assert.Equal(["name", "role"], wish.GetProperty("required").EnumerateArray().Select(r => r.GetString()));
        Assert.Equal(
            ["viewer", "duty-officer", "administrator"],
            wish.GetProperty("properties").GetProperty("role").GetProperty("enum").EnumerateArray().Where(r => r.ValueKind == System.Text.Json.JsonValueKind.String).Select(r => r.GetString()));
    }

    [Fact]
    public async Task The_page_and_all_it_loads_come_from_this_host_without_a_token()
    {
        await using var host = await WebHost.StartAsync();
        var html = await ApiClient.TextOf(await host.Client.Get("/openapi"));
        Assert.DoesNotContain("{{", html);
        Assert.DoesNotContain("http", html);
        foreach (var script in new[] { "/openapi/scalar.js", "/openapi/page.js" })
        {
            Assert.Contains($"src=\"{script}\"", html);
            var response = await host.Client.Get(script);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("text/javascript", response.Content.Headers.ContentType!.MediaType);
        }
        Assert.Contains("createApiReference", await ApiClient.TextOf(await host.Client.Get("/openapi/scalar.js")));
    }

    [Fact]
    public void Both_languages_have_the_same_keys_of_this_part()
    {
        string[] parts = ["api.", "problem.", "startup.", "token.", "role.", "ready.", "openapi-page."];
        IEnumerable<string> Of(string language) => TextBook.Keys(language).Where(k => parts.Any(p => k.StartsWith(p, StringComparison.Ordinal))).Order();
        Assert.Equal(Of(TextBook.Chinese), Of(TextBook.English));
    }
}

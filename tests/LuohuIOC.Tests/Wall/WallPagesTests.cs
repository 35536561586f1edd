using System.Net;
using Xunit;

namespace LuohuIOC.Tests.Wall;

public sealed class WallPagesTests : IDisposable
{
    private readonly string _pages = Directory.CreateTempSubdirectory("luohu-pages-").FullName;

    [Fact]
    public async Task Without_built_pages_the_first_page_says_what_is_missing_in_the_readers_language()
    {
        await using var host = await CityHost.StartAsync(settings: $"--Wall:Pages={Path.Combine(_pages, "none")}");
        using var browser = new HttpClient { BaseAddress = new Uri(host.Address) };
        var chinese = await browser.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, chinese.StatusCode);
        Assert.Contains("./ioc run", await chinese.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        browser.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        Assert.Contains("has not been built", await (await browser.GetAsync("/", TestContext.Current.CancellationToken)).Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(host.Log.Lines, line => line.Contains("Wall:Pages", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Built_pages_come_without_a_token_and_nothing_beside_them_does()
    {
        Directory.CreateDirectory(Path.Combine(_pages, "assets"));
        await File.WriteAllTextAsync(Path.Combine(_pages, "index.html"), "<h1>wall</h1>", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_pages, "secret.txt"), "secret", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_pages, "assets", "index-1.js"), "1", TestContext.Current.CancellationToken);
        await using var host = await CityHost.StartAsync(settings: $"--Wall:Pages={_pages}");
        using var browser = new HttpClient { BaseAddress = new Uri(host.Address) };
        var page = await browser.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal(("text/html", true), (page.Content.Headers.ContentType!.MediaType, page.Headers.CacheControl!.NoCache));
        var script = await browser.GetAsync("/assets/index-1.js", TestContext.Current.CancellationToken);
        Assert.Equal(("text/javascript", 365), (script.Content.Headers.ContentType!.MediaType, (int)script.Headers.CacheControl!.MaxAge!.Value.TotalDays));
        foreach (var other in new[] { "/assets/none.js", "/assets/..%2Fsecret.txt", "/assets/%2e%2e%2fsecret.txt", "/secret.txt" })
            Assert.NotEqual(HttpStatusCode.OK, (await browser.GetAsync(other, TestContext.Current.CancellationToken)).StatusCode);
    }

    public void Dispose() => Directory.Delete(_pages, recursive: true);
}

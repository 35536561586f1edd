using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace LuohuIOC.Tests.Wall;

public sealed class WallPageTests(SharedCity shared) : IClassFixture<SharedCity>
{
    [Fact]
    public async Task The_page_comes_without_a_token_and_has_every_text_in_both_languages()
    {
        using var browser = new HttpClient { BaseAddress = new Uri(shared.Host.Address) };
        async Task<string> Get(string path) => await browser.GetStringAsync(path, TestContext.Current.CancellationToken);
        var html = await Get("/");
        var script = await Get("/page/wall.js");
        Assert.Contains("--ground", await Get("/page/wall.css"), StringComparison.Ordinal);
        var used = Regex.Matches(html, "data-text=\"([^\"]+)\"").Concat(Regex.Matches(script, "(?:say|ask)\\(\"([^\"]+)\"")).Select(m => m.Groups[1].Value)
            .Concat(new[] { "red", "orange", "yellow", "blue" }.Select(s => $"severity.{s}"))
            .Concat(Regex.Matches(script, "connection\\(\"([a-z]+)\"\\)").Select(m => $"connection.{m.Groups[1].Value}"))
            .ToHashSet();
        Assert.True(used.Count > 20);
        var texts = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(await Get("/page/texts.json"))!;
        Assert.Equal(["en", "zh-CN"], texts.Keys.Order(StringComparer.Ordinal));
        foreach (var (language, known) in texts)
        {
            Assert.True(used.IsSubsetOf(known.Keys), $"{language} lacks {string.Join(", ", used.Except(known.Keys))}");
            Assert.True(used.IsSupersetOf(known.Keys), $"{language} has without use {string.Join(", ", known.Keys.Except(used))}");
        }
    }

    [Fact]
    public async Task The_page_runs_nothing_from_elsewhere()
    {
        using var browser = new HttpClient { BaseAddress = new Uri(shared.Host.Address) };
        var html = await browser.GetStringAsync("/", TestContext.Current.CancellationToken);
        Assert.DoesNotMatch("https?://", html);
        Assert.DoesNotMatch("<script(?![^>]* src=)|<style| on[a-z]+=", html);
    }
}

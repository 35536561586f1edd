using LuohuIOC.Texts;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LuohuIOC.Tests.Texts;

public sealed class AcceptedLanguagesTests
{
    [Theory]
    [InlineData("", "zh-CN")]
    [InlineData("de", "zh-CN")]
    [InlineData("*", "zh-CN")]
    [InlineData("en", "en")]
    [InlineData(" EN-gb ", "en")]
    [InlineData("enm", "zh-CN")]
    [InlineData("de,en;q=0.8", "en")]
    [InlineData("zh;q=0.1,en;q=0.9", "en")]
    [InlineData("zh;q=0.1, en ; q=0.9", "en")]
    [InlineData("en;q=0.1,zh-Hans;q=0.9", "zh-CN")]
    [InlineData("en;q=0,zh", "zh-CN")]
    [InlineData("en;q=0", "zh-CN")]
    [InlineData("en;q=0,de", "zh-CN")]
    [InlineData("en,zh", "en")]
    [InlineData("zh,en", "zh-CN")]
    [InlineData("en;q=0.5,*", "zh-CN")]
    [InlineData("zh;q=0,*;q=0.5", "en")]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN")]
    [InlineData("en-US,en;q=0.9,zh-CN;q=0.8", "en")]
    [InlineData(",;,q=1,;q=", "zh-CN")]
    public void The_language_is_the_one_that_the_caller_reads_best(string header, string language)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.AcceptLanguage = header;
        Assert.Equal(language, TextBook.LanguageOf(context.Request));
    }

    [Fact]
    public void Reading_it_allocates_nothing()
    {
        const string header = "fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5";
        AcceptedLanguages.Of(header);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) AcceptedLanguages.Of(header);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}

using LuohuIOC.Simulator.Language;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Language;

public sealed class WordingTests
{
    [Fact]
    public void Both_languages_have_the_same_keys_and_places()
    {
        var (chinese, english) = (new Wording("zh-CN"), new Wording("en"));
        Assert.Equal(chinese.Keys.Order(), english.Keys.Order());
        foreach (var key in chinese.Keys)
            for (var place = 0; place < 12; place++)
                Assert.True(chinese[key].Contains($"{{{place}}}") == english[key].Contains($"{{{place}}}"), $"{key} {{{place}}}");
    }

    [Theory]
    [InlineData("zh-CN", null)]
    [InlineData("zh-CN", "C.UTF-8")]
    [InlineData("en", "en_US.UTF-8")]
    [InlineData("en", "C.UTF-8", "city", "--lang", "en")]
    [InlineData("en", null, "--lang=en")]
    [InlineData("zh-CN", "en_US.UTF-8", "--lang", "zh-CN")]
    [InlineData("zh-CN", null, "--lang")]
    public void Chinese_unless_english_is_asked_for(string language, string? environment, params string[] arguments) =>
        Assert.Equal(language, Wording.Choose(arguments, name => name == "LANG" ? environment : null).Language);
}

using Xunit;

namespace LuohuIOC.Tests.Tidy;

public sealed class TextRulesTests
{
    private static readonly HashSet<string> Keys = ["alert.raised", "problem.not-found.title", "problem.not-found.detail"];

    [Theory]
    [InlineData("TextBook.Get(language, \"alert.rised\")", 1)]
    [InlineData("Problem.Of(context, 404, \"not-fond\", id)", 2)]
    [InlineData("TextBook.Get(language, \"alert.raised\")", 0)]
    [InlineData("Problem.Of(context, 404, \"not-found\", id)", 0)]
    [InlineData("TextBook.Get(language, key)", 0)]
    public void Finds_texts_that_no_book_has(string call, int missing) =>
        Assert.Equal(missing, TextRules.Missing(new SourceFile("src/LuohuIOC/Wall/A.cs", $"class A {{ object B => {call}; }}"), Keys).Count());

    [Theory]
    [InlineData("已超过 {0} 米", "Above {0} m", true)]
    [InlineData("已超过 {0} 米", "Above {1} m", false)]
    [InlineData("水位", "水位", false)]
    [InlineData("水位", null, false)]
    public void Compares_the_books(string chinese, string? english, bool same)
    {
        Dictionary<string, string> zh = new() { ["key"] = chinese }, en = english is null ? [] : new() { ["key"] = english };
        Assert.Equal(same, !TextRules.Differences(zh, en).Any());
    }
}

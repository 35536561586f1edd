using LuohuIOC.Benchmarks;
using LuohuIOC.Benchmarks.Nowcast;
using LuohuIOC.Ingestion;
using Xunit;

namespace LuohuIOC.Tests.Detection.Nowcast;

/// <summary>What cannot be read is a sentence that names it, says what is wanted and what came.</summary>
public sealed class NowcastArgumentsTests
{
    [Theory]
    [InlineData("nowcast: --storms wants a whole number from 2 to 5000, not 'abc'.", "--storms", "abc")]
    [InlineData("nowcast: --storms wants a whole number from 2 to 5000, not '0'.", "--storms", "0")]
    [InlineData("nowcast: --storms wants a whole number from 2 to 5000, not '9e9'.", "--seed", "3", "--storms", "9e9")]
    [InlineData("nowcast: --seed wants a value behind it.", "--seed")]
    [InlineData("nowcast has no option '--strom'; it has --storms, --seed, --pipes.", "--strom", "3")]
    [InlineData("nowcast takes no arguments, and does not know what '300' is for.", "300")]
    [InlineData("nowcast --prior has no option '--pipes'; it has --prior, --storms, --seed, --calibration-cities, --keep-trees.", "--prior", "out", "--pipes", "3")]
    [InlineData("nowcast --prior: --prior wants a value behind it.", "--prior")]
    public void What_nowcast_cannot_read_is_named(string told, params string[] args) =>
        Assert.Equal(told, Assert.Throws<BadArgumentException>(() => NowcastArguments.Of(args)).Message);

    [Fact]
    public void What_nowcast_is_asked_for()
    {
        Assert.Equal(new NowcastArguments(null, 300, 1, 12, 4, false), NowcastArguments.Of([]));
        Assert.Equal(new NowcastArguments(null, 40, 7, 12, 4, false), NowcastArguments.Of(["--seed", "7", "--storms", "40"]));
        Assert.Equal(new NowcastArguments("out", 120, 1, 12, 0, true), NowcastArguments.Of(["--prior", "out", "--keep-trees", "--calibration-cities", "0"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("1,5")]
    [InlineData("1e400")]
    [InlineData("-1")]
    public void A_number_is_one_and_within_its_bounds(string text) =>
        Assert.Equal($"x wants a number from 0 to 10, not '{text}'.", Assert.Throws<BadArgumentException>(() => Arguments.Number(text, "x", 0, 10)).Message);

    [Fact]
    public void Numbers_and_words_are_read()
    {
        Assert.Equal((1.5, 7, ulong.MaxValue), (Arguments.Number("1.5", "x", 0, 10), Arguments.Whole("7", "x", 0), Arguments.Whole("18446744073709551615", "x", 0UL, ulong.MaxValue)));
        Assert.Equal(QualityGrade.Bad, Arguments.Word<QualityGrade>("bad", "x"));
        Assert.Equal("x wants one of Good, Doubtful, Bad, not '2'.", Assert.Throws<BadArgumentException>(() => Arguments.Word<QualityGrade>("2", "x")).Message);
        Assert.Equal("x wants one of Good, Doubtful, Bad, not ''.", Assert.Throws<BadArgumentException>(() => Arguments.Word<QualityGrade>("", "x")).Message);
        Assert.Equal("x wants a whole number from 1 on, not '0'.", Assert.Throws<BadArgumentException>(() => Arguments.Whole("0", "x", 1)).Message);
    }
}

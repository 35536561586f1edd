using LuohuIOC.Http;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace LuohuIOC.Tests.Http;

public sealed class CsvAnswerTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+86 755", "'+86 755")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("  =1+1", "'  =1+1")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("-1+cmd|' /C calc'!A0", "'-1+cmd|' /C calc'!A0")]
    [InlineData("-1.25", "-1.25")]
    [InlineData("-1.25 m", "'-1.25 m")]
    [InlineData("a=b", "a=b")]
    [InlineData("", "")]
    public void No_cell_is_run_as_a_formula_and_numbers_stay(string cell, string written) => Assert.Equal(written, CsvAnswer.Harmless(cell));

    [Theory]
    [InlineData("", "", false)]
    [InlineData("text/csv", "", true)]
    [InlineData("text/html, text/csv;q=0.5", "", true)]
    [InlineData("application/json, text/csv;q=0.5", "", false)]
    [InlineData("text/csv;q=0", "", false)]
    [InlineData("*/*", "", false)]
    [InlineData("application/json", "csv", true)]
    [InlineData("text/csv", "json", false)]
    public void What_is_asked_for_is_given(string accept, string format, bool expected)
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.Accept = accept;
        context.Request.QueryString = new QueryString(format.Length == 0 ? "" : $"?format={format}");
        Assert.True(CsvAnswer.TryRead(context.Request, out var isCsv));
        Assert.Equal(expected, isCsv);
    }

    [Fact]
    public void Times_are_local_with_their_offset() =>
        Assert.Equal("2023-09-08T02:00:00.250+08:00", CsvAnswer.Time(new DateTimeOffset(2023, 9, 7, 18, 0, 0, 250, TimeSpan.Zero), isFine: true));
}

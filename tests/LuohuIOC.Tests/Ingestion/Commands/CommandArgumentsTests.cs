using System.Text.Json;
using LuohuIOC.Ingestion.Commands;
using LuohuIOC.Texts;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Commands;

public sealed class CommandArgumentsTests
{
    [Theory]
    [InlineData("set_interval", """{"seconds":60}""", null)]
    [InlineData("set_interval", """{"seconds":0}""", "command-set-interval")]
    [InlineData("set_interval", """{"seconds":"60"}""", "command-set-interval")]
    [InlineData("set_interval", """{"second":60}""", "command-set-interval")]
    [InlineData("set_interval", """{"seconds":60,"unit":"min"}""", "command-set-interval")]
    [InlineData("set_interval", null, "command-set-interval")]
    [InlineData("set_clock", """{"ts":1732262400000}""", null)]
    [InlineData("set_clock", """{"ts":1732262400}""", "command-set-clock")]
    [InlineData("set_clock", "{}", "command-set-clock")]
    [InlineData("report_now", null, null)]
    [InlineData("restart", "{}", null)]
    [InlineData("restart", """{"delay":5}""", "command-no-arguments")]
    [InlineData("open_gate", """{"percent":50}""", null)]
    public void What_the_contract_names_is_checked(string name, string? arguments, string? fault)
    {
        using var document = arguments is null ? null : JsonDocument.Parse(arguments);
        Assert.Equal(fault, CommandArguments.FaultOf(name, document?.RootElement));
        if (fault is null) return;
        foreach (var language in new[] { TextBook.Chinese, TextBook.English })
            Assert.Contains(name, TextBook.Get(language, $"problem.{fault}.detail", name));
    }
}

using LuohuIOC.Tests.Http;
using Xunit;

namespace LuohuIOC.Tests.Identity;

public sealed class TokenEndpointsTests
{
    [Fact]
    public async Task A_misspelt_expiry_makes_no_token_for_ever()
    {
        await using var host = await WebHost.StartAsync();
        using var administrator = host.ClientWith(host.FirstToken);
        var problem = await ApiClient.ProblemOf(await administrator.Post("/api/v1/tokens", """{"name":"x","role":"viewer","days":1}"""), 400, "body-member-unknown");
        Assert.Contains("“days”", problem.GetProperty("detail").GetString());
        Assert.Single((await ApiClient.JsonOf(await administrator.Get("/api/v1/tokens"))).GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData("\"boss\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("null", false)]
    [InlineData("\"Duty-Officer\"", true)]
    public async Task A_role_that_there_is_not_is_told_which_there_are(string role, bool isOne)
    {
        await using var host = await WebHost.StartAsync();
        using var administrator = host.ClientWith(host.FirstToken);
        var answer = await administrator.Post("/api/v1/tokens", $$"""{"name":"x","role":{{role}}}""");
        if (isOne) Assert.Equal("duty-officer", (await ApiClient.JsonOf(answer)).GetProperty("role").GetString());
        else Assert.Contains("duty-officer", (await ApiClient.ProblemOf(answer, 400, "token-role")).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Whoever_acts_can_be_told_from_others_and_from_the_system()
    {
        await using var host = await WebHost.StartAsync();
        using var administrator = host.ClientWith(host.FirstToken);
        var first = await ApiClient.JsonOf(await administrator.Post("/api/v1/tokens", """{"name":"张伟","role":"duty-officer"}"""));
        await ApiClient.ProblemOf(await administrator.Post("/api/v1/tokens", """{"name":" 张伟 ","role":"viewer"}"""), 409, "token-name-taken");
        await ApiClient.ProblemOf(await administrator.Post("/api/v1/tokens", """{"name":"System","role":"viewer"}"""), 400, "token-name-reserved");
        using var revoked = await administrator.Delete($"/api/v1/tokens/{first.GetProperty("id").GetString()}");
        await ApiClient.JsonOf(await administrator.Post("/api/v1/tokens", """{"name":"张伟","role":"duty-officer"}"""));
    }

    /// <summary>It stands in log lines and in the record of what officers did.</summary>
    [Theory]
    [InlineData("a\\nb")]
    [InlineData("\\u202Eb")]
    [InlineData("a\\u200Bb")]
    [InlineData("a\\u2028b")]
    public async Task A_name_that_reads_as_another_is_refused(string name)
    {
        await using var host = await WebHost.StartAsync();
        using var administrator = host.ClientWith(host.FirstToken);
        await ApiClient.ProblemOf(await administrator.Post("/api/v1/tokens", $$"""{"name":"{{name}}","role":"viewer"}"""), 400, "token-name");
    }

    [Theory]
    [InlineData("\"2023-09-08T08:00:00\"", "2023-09-08T00:00:00Z")]
    [InlineData("\"2023-09-09\"", "2023-09-08T16:00:00Z")]
    [InlineData("\"2023-09-08T08:00:00Z\"", "2023-09-08T08:00:00Z")]
    [InlineData("1694131200000", "2023-09-08T00:00:00Z")]
    public async Task An_expiry_without_an_offset_is_Shanghais(string expiry, string expected)
    {
        await using var host = await WebHost.StartAsync();
        using var administrator = host.ClientWith(host.FirstToken);
        var issued = await ApiClient.JsonOf(await administrator.Post("/api/v1/tokens", $$"""{"name":"x","role":"viewer","expiresAt":{{expiry}}}"""));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), issued.GetProperty("expiresAt").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("\"tomorrow\"")]
    [InlineData("\"9999999999999999\"")]
    [InlineData("20261129")]
    [InlineData("\"11/29/2026\"")]
    [InlineData("true")]
    public async Task An_expiry_that_is_no_time_is_refused_by_its_place(string expiry)
    {
        await using var host = await WebHost.StartAsync();
        using var administrator = host.ClientWith(host.FirstToken);
        var answer = await administrator.Post("/api/v1/tokens", $$"""{"name":"x","role":"viewer","expiresAt":{{expiry}}}""");
        Assert.Contains("$.expiresAt", (await ApiClient.ProblemOf(answer, 400, "body-unreadable")).GetProperty("detail").GetString());
    }
}

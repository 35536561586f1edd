using LuohuIOC.Tests.Http;
using Xunit;

namespace LuohuIOC.Tests.Registry;

public sealed class RetireRequestTests
{
    private const string Path = "/api/v1/sensors/a/retire";

    [Theory]
    [InlineData("", "2023-09-07T18:00:00Z")]
    [InlineData("{}", "2023-09-07T18:00:00Z")]
    [InlineData("""{"retiredAt":null}""", "2023-09-07T18:00:00Z")]
    [InlineData("""{"retiredAt":"2023-09-07T18:00:00"}""", "2023-09-07T18:00:00Z")]
    [InlineData("""{"retiredAt":"2027-01-01"}""", "2026-12-31T16:00:00Z")]
    [InlineData("""{"retiredAt":"2027-01-01T00:00:00Z"}""", "2027-01-01T00:00:00Z")]
    [InlineData("""{"retiredAt":"2026-11-29 08:00"}""", "2026-11-29T00:00:00Z")]
    public async Task A_sensor_leaves_service_at_once_or_when_the_body_says(string body, string expected)
    {
        await using var host = await RegistryHost.EmptyAsync();
        host.Registry.Apply(Some.File(Some.Draft("a")));
        var retired = await ApiClient.JsonOf(await host.Administrator.Post(Path, body));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), retired.GetProperty("retiredAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task A_plan_is_put_off_by_a_later_one_and_an_unknown_field_retires_nothing()
    {
        await using var host = await RegistryHost.EmptyAsync();
        host.Registry.Apply(Some.File(Some.Draft("a")));
        await ApiClient.ProblemOf(await host.Administrator.Post(Path, """{"retireAt":"2027-01-01"}"""), 400, "body-member-unknown");
        Assert.Null(host.Registry[0].RetiredAt);
        await host.Administrator.Post(Path, """{"retiredAt":"2027-01-01T00:00:00Z"}""");
        await host.Administrator.Post(Path, """{"retiredAt":"2028-01-01T00:00:00Z"}""");
        Assert.Equal(2028, host.Registry[0].RetiredAt!.Value.Year);
        await host.Administrator.Post(Path, "");
        Assert.Equal(host.Host.Clock.GetUtcNow(), host.Registry[0].RetiredAt);
        var late = await ApiClient.ProblemOf(await host.Administrator.Post(Path, """{"retiredAt":"2029-01-01T00:00:00Z"}"""), 409, "sensor-retired");
        Assert.Contains("2023-09-08 02:00:00", late.GetProperty("detail").GetString());
        Assert.Equal(200, (int)(await host.Administrator.Post(Path, "{}")).StatusCode);
    }
}

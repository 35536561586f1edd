using System.ComponentModel.DataAnnotations;
using LuohuIOC.Ingestion.Outside;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Outside;

public sealed class OutsideOptionsTests
{
    [Theory]
    [InlineData("mqtt://10.1.2.3", "mqtt://10.1.2.3:1883")]
    [InlineData("mqtts://broker.example", "mqtts://broker.example:8883")]
    [InlineData("mqtt://broker.example:2883/", "mqtt://broker.example:2883")]
    [InlineData("mqtts://[fd00::1]:8884", "mqtts://[fd00::1]:8884")]
    [InlineData("http://broker.example", null)]
    [InlineData("broker.example:1883", null)]
    [InlineData("mqtt://user:secret@broker.example", null)]
    [InlineData("mqtt://broker.example/topic", null)]
    public void An_address_is_read(string url, string? expected) => Assert.Equal(expected, OutsideAddress.Parse(url)?.ToString());

    [Fact]
    public void Nothing_is_asked_of_settings_that_are_off() => Assert.Null(new OutsideOptions { User = "", Password = "x" }.Fault());

    [Fact]
    public void What_does_not_fit_together_is_told_by_its_key()
    {
        Assert.Null(new OutsideOptions { Url = "mqtt://broker" }.Fault());
        Assert.Contains("Mqtt:Outside:Url", new OutsideOptions { Url = "broker" }.Fault(), StringComparison.Ordinal);
        Assert.Contains("Mqtt:Outside:User", new OutsideOptions { Url = "mqtt://broker", Password = "x" }.Fault(), StringComparison.Ordinal);
        Assert.Contains("either", new OutsideOptions { Url = "mqtt://broker", User = "u", Password = "x", PasswordFile = "y" }.Fault(), StringComparison.Ordinal);
        Assert.Contains("mqtts://", new OutsideOptions { Url = "mqtt://broker", CaFile = "ca.pem" }.Fault(), StringComparison.Ordinal);
        Assert.Contains("'missing.pem'", new OutsideOptions { Url = "mqtts://broker", CaFile = "missing.pem" }.Fault(), StringComparison.Ordinal);
        Assert.Contains("CertificateFile", new OutsideOptions { Url = "mqtts://broker", KeyFile = "key.pem" }.Fault(), StringComparison.Ordinal);
        Assert.Contains("SessionExpiry", new OutsideOptions { Url = "mqtt://broker", SessionExpiry = TimeSpan.Zero }.Fault(), StringComparison.Ordinal);
        Assert.Contains("KeepAlive", new OutsideOptions { Url = "mqtt://broker", KeepAlive = TimeSpan.Zero }.Fault(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("5", "ioc", "a", true)]
    [InlineData("3.1.1", "ioc", "", true)]
    [InlineData("4", "ioc", "a", false)]
    [InlineData("5", "i/c", "a", false)]
    [InlineData("5", "ioc", "a+b", false)]
    public void Names_that_become_part_of_topics_are_checked(string version, string group, string host, bool valid)
    {
        var options = new OutsideOptions { Version = version, Group = group, Host = host };
        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
    }

    [Fact]
    public void Settings_are_read_from_the_configuration()
    {
        var options = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Url"] = "mqtts://broker",
            ["Filters:0"] = "luohu/v1/+/telemetry",
            ["Filters:1"] = "spBv1.0/#",
            ["SessionExpiry"] = "1.00:00:00",
            ["Connections"] = "0",
        }).Build().Get<OutsideOptions>()!;
        Assert.Equal(["$share/ioc/luohu/v1/+/telemetry"], options.SharedFilters);
        // One host takes it all: not shared, and no longer so where it was.
        Assert.Equal(["spBv1.0/#"], options.SparkplugFilters);
        Assert.Equal(["$share/ioc/spBv1.0/#"], options.OldFilters);
        Assert.Equal((TimeSpan.FromDays(1), 0), (options.SessionExpiry, options.Connections));
    }

    [Fact]
    public void Telemetry_is_shared_by_the_group_and_raw_frames_are_taken_by_one()
    {
        var options = new OutsideOptions { Group = "east" };
        Assert.Equal(["$share/east/luohu/v1/+/telemetry", "$share/east/luohu/v1/+/+/telemetry"], options.SharedFilters);
        Assert.Equal(["luohu/v1/+/+/raw/+"], options.RawFilters);
        Assert.Equal(["$share/east/luohu/v1/+/+/raw/+"], options.OldFilters);
        Assert.Equal(["$share/east/luohu/v1/#"], new OutsideOptions { Group = "east", Filters = ["luohu/v1/#"] }.SharedFilters);
    }
}

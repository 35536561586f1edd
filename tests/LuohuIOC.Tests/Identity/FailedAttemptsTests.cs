using System.Net;
using LuohuIOC.Identity;
using LuohuIOC.Tests.Http;
using Xunit;

namespace LuohuIOC.Tests.Identity;

public sealed class FailedAttemptsTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void Beyond_the_limit_an_address_waits_for_the_rest_of_its_window()
    {
        var attempts = new FailedAttempts(_clock);
        var address = IPAddress.Parse("192.0.2.1");
        for (var i = 0; i < FailedAttempts.PerWindow; i++) Assert.Null(attempts.Record(address));
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(40), attempts.Record(address));
        Assert.Null(attempts.Record(IPAddress.Parse("192.0.2.2")));
        _clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Null(attempts.Record(address));
    }

    [Fact]
    public void A_whole_IPv6_network_counts_as_one_and_a_mapped_IPv4_as_itself()
    {
        var attempts = new FailedAttempts(_clock);
        for (var i = 0; i < FailedAttempts.PerWindow; i++) attempts.Record(IPAddress.Parse($"2001:db8:1:2::{i:x}"));
        Assert.NotNull(attempts.Record(IPAddress.Parse("2001:db8:1:2:ffff::1")));
        Assert.Null(attempts.Record(IPAddress.Parse("2001:db8:1:3::1")));
        for (var i = 0; i < FailedAttempts.PerWindow; i++) attempts.Record(IPAddress.Parse("192.0.2.7"));
        Assert.NotNull(attempts.Record(IPAddress.Parse("::ffff:192.0.2.7")));
    }

    [Fact]
    public void Memory_is_bounded_and_the_oldest_window_gives_way()
    {
        var attempts = new FailedAttempts(_clock);
        var first = new IPAddress(0x0100007FL);
        for (var i = 0; i <= FailedAttempts.PerWindow; i++) attempts.Record(first);
        for (var i = 0; i < 3 * FailedAttempts.AddressesMax; i++) attempts.Record(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]));
        Assert.Equal(FailedAttempts.AddressesMax, attempts.Addresses);
        Assert.Null(attempts.Record(first));
    }
}

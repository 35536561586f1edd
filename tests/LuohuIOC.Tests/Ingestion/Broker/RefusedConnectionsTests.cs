using System.Net;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion.Broker;
using LuohuIOC.Ingestion.Rejections;
using LuohuIOC.Tests.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Broker;

/// <summary>A gateway that is not let in comes back every second: all of it counts, and a minute gives one row.</summary>
public sealed class RefusedConnectionsTests : IAsyncLifetime
{
    private static readonly IPEndPoint Here = new(IPAddress.Parse("10.0.0.5"), 40001);

    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-refused-").FullName;
    private readonly FakeClock _clock = new();
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RejectionStore _rejections;
    private readonly RefusedConnections _refused;

    public RefusedConnectionsTests()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("DataDirectory", _folder)]).Build();
        _rejections = new RejectionStore(configuration, _meters.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), NullLogger<RejectionStore>.Instance);
        _refused = new RefusedConnections(_rejections, _clock, NullLogger<RefusedConnections>.Instance);
    }

    public async ValueTask InitializeAsync() => await _rejections.StartAsync(default);

    public async ValueTask DisposeAsync()
    {
        await _rejections.StopAsync(default);
        await _meters.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_comes_back_every_second_is_kept_once_a_minute_and_counted_each_time()
    {
        for (var second = 0; second < 121; second++)
        {
            var kept = _refused.Refuse(RejectionReason.SecretWrong, "gw-1", new IPEndPoint(Here.Address, 40000 + second));
            Assert.Equal(second % 60 == 0, kept is not null);
            if (kept is not null) await kept;
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(121, _rejections.CountOf(RejectionReason.SecretWrong));
        var rows = _rejections.Read(null, null, null, null, 10);
        Assert.Equal(["10.0.0.5:40120", "10.0.0.5:40060", "10.0.0.5:40000"], rows.Select(r => System.Text.Encoding.ASCII.GetString(r.Rejection.FirstBytes)));
        Assert.All(rows, r => Assert.Equal(("gw-1", RejectionReason.SecretWrong), (r.Rejection.Gateway, r.Rejection.Reason)));
    }

    [Fact]
    public void A_clock_that_is_set_back_keeps_nothing_untold()
    {
        Assert.NotNull(_refused.Refuse(RejectionReason.SecretWrong, "gw-1", Here));
        _clock.Set(TimeSpan.FromHours(-8));
        _clock.Advance(RefusedConnections.Between);
        Assert.NotNull(_refused.Refuse(RejectionReason.SecretWrong, "gw-1", Here));
    }

    [Fact]
    public void Another_gateway_address_or_reason_is_told_on_its_own()
    {
        Assert.NotNull(_refused.Refuse(RejectionReason.SecretWrong, "gw-1", Here));
        Assert.NotNull(_refused.Refuse(RejectionReason.SecretWrong, "gw-2", Here));
        Assert.NotNull(_refused.Refuse(RejectionReason.GatewayDisabled, "gw-1", Here));
        Assert.NotNull(_refused.Refuse(RejectionReason.SecretWrong, "gw-1", new IPEndPoint(IPAddress.Loopback, 1)));
        Assert.NotNull(_refused.Refuse(RejectionReason.GatewayUnknown, "no id: " + new string('x', 500), Here));
        Assert.Null(_refused.Refuse(RejectionReason.GatewayUnknown, "another name/that no gateway can have", Here));
    }

    [Fact]
    public void A_flood_of_addresses_is_counted_beyond_the_bound_and_told_again_a_minute_later()
    {
        for (var i = 0; i < RefusedConnections.KnownMax; i++) Assert.NotNull(_refused.Refuse(RejectionReason.GatewayUnknown, "", new IPEndPoint(i + 1, 1)));
        var late = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1);
        Assert.Null(_refused.Refuse(RejectionReason.GatewayUnknown, "", late));
        Assert.Equal(RefusedConnections.KnownMax + 1, _rejections.CountOf(RejectionReason.GatewayUnknown));
        _clock.Advance(RefusedConnections.Between);
        Assert.NotNull(_refused.Refuse(RejectionReason.GatewayUnknown, "", late));
    }
}

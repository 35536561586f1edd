using LuohuIOC.Ingestion.Broker;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Broker;

public sealed class GatewayBoardTests
{
    private static readonly DateTimeOffset Now = new(2023, 9, 7, 18, 0, 0, TimeSpan.Zero);

    private readonly GatewayBoard _board = new();

    [Fact]
    public void Only_who_says_that_it_is_gone_is_away_and_whatever_comes_from_it_brings_it_back()
    {
        var session = Session("a");
        _board.Connected("gw-1", session, Now);
        _board.Disconnected("gw-1", session, Now);
        Assert.False(_board.IsOnline("gw-1"));
        Assert.Empty(_board.Away);

        _board.SayAway("gw-1", Now.AddSeconds(1));
        _board.SayAway("gw-1", Now.AddSeconds(2));
        _board.Heard("gw-2", Now.AddSeconds(3));
        Assert.Equal(("gw-1", Now.AddSeconds(1)), Assert.Single(_board.Away) is var (gateway, since) ? (gateway, since) : default);

        _board.Heard("gw-1", Now.AddSeconds(4));
        Assert.Empty(_board.Away);
        Assert.True(_board.IsOnline("gw-1"));
    }

    [Fact]
    public void Who_was_gone_before_the_start_is_away_unless_it_has_been_heard_of_since()
    {
        _board.Set("gw-2", true, Now);
        _board.Remember("gw-1", Now.AddMinutes(-3), isSparkplug: true);
        _board.Remember("gw-2", Now.AddMinutes(-3), isSparkplug: false);
        Assert.Equal(["gw-1"], _board.Away.Keys);
        Assert.Equal(Now.AddMinutes(-3), _board.Away["gw-1"]);
        Assert.True(_board.IsSparkplug("gw-1"));
        _board.Connected("gw-1", Session("a"), Now);
        Assert.Empty(_board.Away);
    }

    [Fact]
    public void Who_has_said_by_a_clock_ahead_that_it_is_gone_has_said_so_when_it_was_set_back()
    {
        _board.SayAway("gw-1", Now.AddDays(1));
        _board.SayAway("gw-2", Now.AddSeconds(59));
        _board.SetBack(Now);
        Assert.Equal((Now, Now.AddSeconds(59)), (_board.Away["gw-1"], _board.Away["gw-2"]));
    }

    [Fact]
    public void The_will_of_a_connection_that_hung_is_known_by_the_one_that_took_its_place()
    {
        var (hung, next) = (Session("a"), Session("b"));
        _board.Connected("gw-1", hung, Now);
        Assert.False(_board.HasAnother("gw-1", hung));
        _board.Connected("gw-1", next, Now);
        Assert.True(_board.HasAnother("gw-1", hung));
        _board.Disconnected("gw-1", next, Now);
        Assert.False(_board.HasAnother("gw-1", hung));
    }

    private static GatewaySession Session(string client) => new("gw-1", null, client, 100, TimeProvider.System);
}

using CsCheck;
using LuohuIOC.Ingestion.Outside;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Outside;

public sealed class HostRosterTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_host_serves_its_own_sessions_and_those_of_a_host_that_has_said_goodbye()
    {
        var a = new HostRoster("a", Silence);
        a.HasSessions("a", 2, At(0));
        a.HasSessions("b", 1, At(0));
        a.Heard("b", true, At(1));
        Assert.Equal([("a", 1), ("a", 2)], Served(a, At(2)));
        Assert.True(a.Heard("b", false, At(3)));
        Assert.Equal([("a", 1), ("a", 2), ("b", 1)], Served(a, At(4)));
        Assert.True(a.Heard("b", true, At(5)));
        Assert.Equal([("a", 1), ("a", 2)], Served(a, At(6)));
        Assert.False(a.Heard("b", true, At(7)));
    }

    [Fact]
    public void Silence_is_death_and_a_connection_that_was_away_hears_everybody_out_first()
    {
        var a = new HostRoster("a", Silence);
        a.HasSessions("b", 1, At(0));
        a.Heard("b", true, At(0));
        Assert.Empty(Served(a, At(20)));
        Assert.Equal([("b", 1)], Served(a, At(21)));
        a.Anew(At(30));
        Assert.Empty(Served(a, At(49)));
        Assert.Equal([("b", 1)], Served(a, At(51)));
    }

    [Fact]
    public void The_share_is_guarded_by_one_that_has_sessions_of_it_whoever_stands_by()
    {
        var guard = SessionName.GuardOf("ioc");
        for (var i = 0; i < 20; i++)
        {
            HostRoster Roster(string self)
            {
                var roster = new HostRoster(self, Silence);
                foreach (var (host, sessions) in new[] { ("busy", 1), ($"idle-{i}", 0), (guard.Host, 1) }) roster.HasSessions(host, sessions, At(0));
                roster.Heard("busy", true, At(0));
                roster.Heard($"idle-{i}", true, At(0));
                return roster;
            }
            Assert.Contains(guard, Roster("busy").Serves(At(1)));
            Assert.Empty(Roster($"idle-{i}").Serves(At(1)));
            Assert.Equal(1, Roster("busy").Others);
        }
    }

    [Fact]
    public void A_number_of_sessions_from_the_broker_is_not_believed_blindly()
    {
        var a = new HostRoster("a", Silence);
        a.HasSessions("b", int.MaxValue, At(0));
        a.Heard("b", false, At(0));
        Assert.Equal(64, Served(a, At(1)).Count);
        for (var i = 0; i < 1000; i++) a.Heard($"x-{i}", true, At(2));
        Assert.InRange(a.Others, 1, 64);
    }

    /// <summary>Whoever lives and whoever is dead: every session is served by exactly one living host, its own when that lives.</summary>
    [Fact]
    public void Every_session_has_exactly_one_who_serves_it() =>
        Gen.Select(Gen.Int[1, 4], Gen.Bool).Array[1, 8].Sample(hosts =>
        {
            var names = hosts.Select((_, i) => $"host-{i}").ToArray();
            var living = names.Where((_, i) => hosts[i].Item2).ToArray();
            var served = living.SelectMany(self =>
            {
                var roster = new HostRoster(self, Silence);
                for (var i = 0; i < hosts.Length; i++)
                {
                    roster.HasSessions(names[i], hosts[i].Item1, At(0));
                    roster.Heard(names[i], hosts[i].Item2, At(0));
                }
                return roster.Serves(At(1)).Select(s => (Self: self, Session: s));
            }).ToList();
            if (living.Length == 0) return served.Count == 0;
            var sessions = hosts.Sum(h => h.Item1);
            return served.Count == sessions && served.Select(s => s.Session).Distinct().Count() == sessions
                && served.All(s => s.Self == s.Session.Host || !living.Contains(s.Session.Host));
        });

    [Fact]
    public void Sparkplug_is_taken_by_one_of_the_living_and_by_another_when_that_one_dies()
    {
        string[] names = ["a", "b", "c"];
        var rosters = names.Select(self =>
        {
            var roster = new HostRoster(self, Silence);
            roster.HasSessions(SessionName.Sparkplug.Host, SessionName.Sparkplug.Number, At(0));
            foreach (var name in names) roster.Heard(name, true, At(0));
            return roster;
        }).ToArray();
        var taker = Assert.Single(names, n => rosters[Array.IndexOf(names, n)].Serves(At(1)).Contains(SessionName.Sparkplug));
        foreach (var roster in rosters) roster.Heard(taker, false, At(2));
        Assert.Single(names.Except([taker]), n => rosters[Array.IndexOf(names, n)].Serves(At(3)).Contains(SessionName.Sparkplug));
        // Nobody's session is nobody's host: a reply to a command that is not ours is refused when no other host can have sent it.
        var alone = new HostRoster("a", Silence);
        alone.HasSessions(SessionName.Sparkplug.Host, SessionName.Sparkplug.Number, At(0));
        Assert.Equal(0, alone.Others);
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);

    private static List<(string, int)> Served(HostRoster roster, TimeSpan now) => [.. roster.Serves(now).Select(s => (s.Host, s.Number)).Order()];
}

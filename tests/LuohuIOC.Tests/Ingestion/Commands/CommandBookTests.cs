using LuohuIOC.Ingestion.Commands;
using LuohuIOC.Storage;
using LuohuIOC.Tests.Http;
using LuohuIOC.Tests.Storage;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Commands;

/// <summary>Commands of two hosts on one real PostgreSQL.</summary>
[Collection(SharedPostgres.Collection)]
public sealed class CommandBookTests(SharedPostgres postgres) : IAsyncLifetime
{
    private readonly FakeClock _clock = new();
    private PostgresDatabase _database = null!;
    private CommandBook _a = null!;
    private CommandBook _b = null!;

    public async ValueTask InitializeAsync()
    {
        _database = new PostgresDatabase(await postgres.Server.NewDatabaseAsync());
        (_a, _b) = (new CommandBook(_database, _clock), new CommandBook(_database, _clock));
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public void The_other_host_hears_of_a_command_once_and_its_reply_is_known_to_both()
    {
        var (seen, own) = (0L, 0L);
        _a.Add(Command("c-1"));
        Assert.Equal("c-1", Assert.Single(_b.OfOthers(ref seen)).Id);
        Assert.Empty(_b.OfOthers(ref seen));
        Assert.Empty(_a.OfOthers(ref own));
        _a.Add(Command("c-2"));
        Assert.Equal("c-2", Assert.Single(_b.OfOthers(ref seen)).Id);
        Assert.Equal(ReplyOutcome.Taken, _b.Reply("gw", "s", new CommandReply("c-1", CommandState.Done, "fw 1.4")));
        Assert.Equal(ReplyOutcome.Late, _a.Reply("gw", "s", new CommandReply("c-1", CommandState.Failed, null)));
        Assert.Equal(ReplyOutcome.Unknown, _a.Reply("gw-2", "s", new CommandReply("c-1", CommandState.Done, null)));
        Assert.Equal([("c-2", CommandState.Sent, null), ("c-1", CommandState.Done, "fw 1.4")], _a.Of("s", 10).Commands.Select(c => (c.Id, c.State, c.Detail)));
    }

    [Fact]
    public void A_host_that_comes_back_hears_of_what_may_still_be_carried_out()
    {
        _a.Add(Command("old") with { Expires = _clock.GetUtcNow().AddSeconds(1) });
        _a.Add(Command("answered"));
        _a.Add(Command("open"));
        _a.Reply("gw", "s", new CommandReply("answered", CommandState.Accepted, null));
        _clock.Advance(TimeSpan.FromSeconds(1));
        var seen = 0L;
        Assert.Equal("open", Assert.Single(new CommandBook(_database, _clock).OfOthers(ref seen)).Id);
    }

    [Fact]
    public void What_waits_is_found_by_the_host_that_the_gateway_comes_to()
    {
        _a.Add(Command("c-1") with { State = CommandState.Waiting });
        var seen = 0L;
        Assert.Equal(CommandState.Waiting, Assert.Single(_b.OfOthers(ref seen)).State);
        Assert.Equal("c-1", Assert.Single(_b.UnansweredOf("gw", null)).Id);
        _b.NoteSent("c-1");
        Assert.Equal(CommandState.Sent, Assert.Single(_a.UnansweredOf("gw", "s")).State);
        Assert.Equal(ReplyOutcome.Taken, _b.Reply("gw", "s", new CommandReply("c-1", CommandState.Accepted, null)));
        Assert.Empty(_a.UnansweredOf("gw", "s"));
    }

    [Fact]
    public async Task No_command_is_missed_while_many_are_given_at_the_same_time()
    {
        var heard = new List<string>();
        var seen = 0L;
        var giving = Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() =>
        {
            var book = new CommandBook(_database, _clock);
            for (var i = 0; i < 50; i++) book.Add(Command($"c-{n}-{i}"));
        })));
        while (!giving.IsCompleted) heard.AddRange(_b.OfOthers(ref seen).Select(c => c.Id));
        await giving;
        heard.AddRange(_b.OfOthers(ref seen).Select(c => c.Id));
        Assert.Equal(200, heard.Count);
        Assert.Equal(200, heard.Distinct().Count());
    }

    private DeviceCommand Command(string id) =>
        new(id, "s", "gw", "report_now", null, "三防值班室", _clock.GetUtcNow(), _clock.GetUtcNow().AddMinutes(5), CommandState.Sent, null, null);
}

using LuohuIOC.Ingestion.Commands;
using LuohuIOC.Tests.Http;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Commands;

/// <summary>Commands for gateways that are away, in the file of a host alone.</summary>
public sealed class WaitingBookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("commands").FullName;
    private readonly FakeClock _clock = new();
    private readonly CommandBook _book;

    public WaitingBookTests() => _book = new CommandBook(Path.Combine(_folder, "commands.db"), _clock);

    [Fact]
    public void What_is_unanswered_is_found_by_gateway_and_sensor_until_it_is_answered()
    {
        foreach (var command in new[] { Command("c-1"), Command("c-2", "t"), Command("c-3") with { Gateway = "gw-2" }, Command("c-4") with { State = CommandState.Sent } }) _book.Add(command);
        Assert.Equal(["c-1", "c-2", "c-4"], _book.UnansweredOf("gw", null).Select(c => c.Id));
        Assert.Equal("c-2", Assert.Single(_book.UnansweredOf("gw", "t")).Id);
        _book.NoteSent("c-1");
        Assert.Equal(CommandState.Sent, StateOf("c-1"));
        Assert.Equal(["c-1", "c-2", "c-4"], _book.UnansweredOf("gw", null).Select(c => c.Id));
        Assert.Equal(ReplyOutcome.Taken, _book.Reply("gw", "s", new CommandReply("c-1", CommandState.Accepted, null)));
        Assert.Equal(["c-2", "c-4"], _book.UnansweredOf("gw", null).Select(c => c.Id));
    }

    [Fact]
    public void A_reply_that_is_faster_than_the_note_stays()
    {
        _book.Add(Command("c-1"));
        Assert.Equal(ReplyOutcome.Taken, _book.Reply("gw", "s", new CommandReply("c-1", CommandState.Done, null)));
        _book.NoteSent("c-1");
        Assert.Equal(CommandState.Done, StateOf("c-1"));
    }

    [Fact]
    public void What_waited_too_long_has_expired()
    {
        _book.Add(Command("c-1"));
        Assert.Equal(CommandState.Waiting, StateOf("c-1"));
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Empty(_book.UnansweredOf("gw", null));
        Assert.Equal(CommandState.Expired, StateOf("c-1"));
    }

    [Fact]
    public void The_list_goes_on_where_it_stopped()
    {
        for (var i = 1; i <= 5; i++) _book.Add(Command($"c-{i}"));
        var seen = new List<string>();
        for (long? after = null; ;)
        {
            var (commands, next) = _book.Of("s", 2, after);
            seen.AddRange(commands.Select(c => c.Id));
            if ((after = next) is null) break;
        }
        Assert.Equal(["c-5", "c-4", "c-3", "c-2", "c-1"], seen);
        Assert.Null(_book.Of("s", 5).Next);
    }

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private CommandState StateOf(string id) => _book.Of("s", 10).Commands.Single(c => c.Id == id).State;

    private DeviceCommand Command(string id, string sensor = "s") =>
        new(id, sensor, "gw", "report_now", null, "三防值班室", _clock.GetUtcNow(), _clock.GetUtcNow().AddMinutes(5), CommandState.Waiting, null, null);
}

using LuohuIOC.Ingestion.Commands;
using LuohuIOC.Storage;
using LuohuIOC.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Commands;

public sealed class ReplyQueueTests : IAsyncLifetime
{
    private readonly PostgresServer _server = new();

    public async ValueTask InitializeAsync() => await _server.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Replies_wait_for_a_database_that_is_away_and_nobody_waits_for_them()
    {
        await using var database = new PostgresDatabase(await _server.NewDatabaseAsync());
        var book = new CommandBook(database, TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        book.Add(new DeviceCommand("c-1", "s", "gw", "report_now", null, "三防值班室", now, now.AddMinutes(5), CommandState.Sent, null, null));
        await _server.KillAsync();
        var queue = new ReplyQueue(book, null!, TimeProvider.System, NullLogger<ReplyQueue>.Instance);
        var taken = queue.Take("gw", "s", new CommandReply("c-1", CommandState.Done, "fw 1.4"), null);
        Assert.False(queue.IsFull);
        List<Task> others = [.. Enumerable.Range(1, ReplyQueue.WaitingMax - 1).Select(i => queue.Take("gw", "s", new CommandReply($"x-{i}", CommandState.Done, null), null))];
        Assert.True(queue.IsFull);
        Assert.False(taken.IsCompleted);
        await _server.StartAsync();
        await Task.WhenAll([taken, .. others]);
        Assert.False(queue.IsFull);
        Assert.Equal(("c-1", CommandState.Done, "fw 1.4"), Assert.Single(book.Of("s", 10).Commands) is var done ? (done.Id, done.State, done.Detail) : default);
    }
}

using LuohuIOC.History;
using LuohuIOC.Ingestion;
using Xunit;

namespace LuohuIOC.Tests.History;

public sealed class HistoryQueueTests
{
    [Fact]
    public void Refuses_when_full_and_until_the_writer_has_caught_up()
    {
        var queue = new HistoryQueue(readingsMax: 10);
        Assert.True(queue.TryOffer(Group(1, 6)));
        Assert.True(queue.TryOffer(Group(2, 4)));

        Assert.False(queue.TryOffer(Group(3, 1)));
        Assert.True(queue.TryTake(100, isFirst: true, out var first));
        Assert.False(queue.TryOffer(Group(4, 1)));
        queue.ResumeAfterOverflow();

        Assert.True(queue.TryOffer(Group(5, 1)));
        Assert.Equal((1L, 5, 5L, 1L), (first.Position, queue.Readings, queue.Newest, queue.First));
    }

    [Fact]
    public void Takes_a_group_larger_than_itself_when_empty()
    {
        var queue = new HistoryQueue(readingsMax: 10);
        Assert.True(queue.TryOffer(Group(1, 50)));
        Assert.False(queue.TryOffer(Group(2, 1)));
    }

    [Fact]
    public void A_batch_ends_before_the_group_that_does_not_fit()
    {
        var queue = new HistoryQueue(readingsMax: 100);
        Assert.True(queue.TryOffer(Group(1, 8)) && queue.TryOffer(Group(2, 8)));

        Assert.True(queue.TryTake(5, isFirst: true, out _));
        Assert.False(queue.TryTake(5, isFirst: false, out _));
        Assert.True(queue.TryTake(8, isFirst: false, out _));
        Assert.False(queue.TryTake(8, isFirst: true, out _));
    }

    [Fact]
    public async Task Wakes_when_enough_waits_or_something_was_refused()
    {
        var queue = new HistoryQueue(readingsMax: 10);
        var three = queue.WhenAsync(3, TestContext.Current.CancellationToken);
        Assert.True(queue.TryOffer(Group(1, 2)));
        Assert.False(three.IsCompleted);
        Assert.True(queue.TryOffer(Group(2, 1)));
        await three;

        var many = queue.WhenAsync(1000, TestContext.Current.CancellationToken);
        Assert.False(many.IsCompleted);
        Assert.False(queue.TryOffer(Group(3, 8)));
        await many;
    }

    private static ReadingGroup Group(long position, int readings) =>
        HistoryScene.Group(position, Enumerable.Range(0, readings).Select(i => new SomeReading(0, i)));
}

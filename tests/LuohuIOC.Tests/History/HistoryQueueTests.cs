using LuohuIOC.History;
using LuohuIOC.Ingestion;
using Xunit;

namespace LuohuIOC.Tests.History;

public sealed class HistoryQueueTests
{
    [Fact]
    public void Refuses_when_full_and_until_the_writer_has_caught_up()
    {
        var queue = new HistoryQueue(readingsMax: 10, bytesMax: long.MaxValue);
        Assert.True(queue.TryOffer(Group(1, 6)));
        Assert.True(queue.TryOffer(Group(2, 4)));

        Assert.False(queue.TryOffer(Group(3, 1)));
        Assert.True(queue.TryTake(100, isFirst: true, out var both));
        Assert.False(queue.TryOffer(Group(4, 1)));
        queue.ResumeAfterOverflow();

        Assert.True(queue.TryOffer(Group(5, 1)));
        Assert.Equal((1L, 2L, 10), (both.FirstPosition, both.Position, both.Count));
        Assert.Equal((1, 5L, 1L), (queue.Readings, queue.Newest, queue.First));
    }

    [Fact]
    public void Takes_a_group_larger_than_itself_when_empty()
    {
        var queue = new HistoryQueue(readingsMax: 10, bytesMax: 1_000);
        Assert.True(queue.TryOffer(Group(1, 500)));
        Assert.False(queue.TryOffer(Group(2, 1)));
    }

    [Fact]
    public void A_batch_ends_before_the_group_that_does_not_fit()
    {
        var queue = new HistoryQueue(readingsMax: 2_000, bytesMax: long.MaxValue);
        Assert.True(queue.TryOffer(Group(1, 300)) && queue.TryOffer(Group(2, 300)));

        Assert.True(queue.TryTake(5, isFirst: true, out _));
        Assert.False(queue.TryTake(5, isFirst: false, out _));
        Assert.True(queue.TryTake(300, isFirst: false, out _));
        Assert.False(queue.TryTake(300, isFirst: true, out _));
        Assert.Equal(0, queue.Bytes);
    }

    /// <summary>A quiet city's commits hold one reading each; 50,000 of them, each in buffers of its own, were 270 MB.</summary>
    [Fact]
    public void Readings_that_come_alone_wait_in_few_bytes()
    {
        var queue = new HistoryQueue(readingsMax: 50_000, bytesMax: long.MaxValue);
        for (var position = 1; position <= 50_000; position++) Assert.True(queue.TryOffer(Group(position, 1)));

        Assert.InRange(queue.Bytes / queue.Readings, 1, 160);
        var next = 1L;
        while (queue.TryTake(int.MaxValue, isFirst: true, out var group))
        {
            Assert.Equal(next, group.FirstPosition);
            next = group.Position + 1;
            group.Release();
        }
        Assert.Equal((50_001L, 0, 0L), (next, queue.Readings, queue.Bytes));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(700)]
    public void Refuses_what_would_take_more_bytes_than_it_may_hold(int readings)
    {
        const long bytesMax = 1 << 20;
        var queue = new HistoryQueue(readingsMax: int.MaxValue, bytesMax);
        var position = 0L;
        while (queue.TryOffer(Group(++position, readings))) Assert.InRange(queue.Bytes, 0, bytesMax * 5 / 4);

        Assert.True(queue.Overflowed);
        Assert.True(queue.Bytes >= bytesMax * 3 / 4, $"{queue.Bytes} bytes");
    }

    [Fact]
    public async Task Wakes_when_enough_waits_or_something_was_refused()
    {
        var queue = new HistoryQueue(readingsMax: 10, bytesMax: long.MaxValue);
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

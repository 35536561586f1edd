using LuohuIOC.Storage;
using Xunit;

namespace LuohuIOC.Tests.Storage;

public sealed class RowQueueTests
{
    [Fact]
    public async Task Rows_are_saved_together_in_order_and_then_called_durable()
    {
        var saved = new List<int[]>();
        var queue = new RowQueue<int>(rowsMax: 10, batchMax: 4, rows => saved.Add([.. rows]), (_, _) => Assert.Fail("Nothing is lost."));
        var durable = Enumerable.Range(0, 10).Select(queue.Add).ToArray();
        Assert.All(durable, task => Assert.False(task!.IsCompleted));

        queue.Start();
        await queue.CompleteAsync();

        Assert.Equal([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]], saved);
        Assert.All(durable, task => Assert.True(task!.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task What_waits_at_a_stop_right_after_the_start_is_saved()
    {
        for (var n = 0; n < 100; n++)
        {
            var saved = new List<int>();
            var queue = new RowQueue<int>(rowsMax: 10, batchMax: 4, saved.AddRange, (_, _) => Assert.Fail("Nothing is lost."));
            var durable = queue.Add(n)!;
            queue.Start();
            await queue.CompleteAsync();
            Assert.True(durable.IsCompletedSuccessfully);
            Assert.Equal([n], saved);
        }
    }

    [Fact]
    public void At_the_bound_a_row_is_refused_and_nobody_waits()
    {
        var queue = new RowQueue<int>(rowsMax: 2, batchMax: 4, _ => { }, (_, _) => { });
        Assert.NotNull(queue.Add(1));
        Assert.NotNull(queue.Add(2));
        Assert.Null(queue.Add(3));
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(InvalidOperationException))]
    public async Task A_batch_that_the_disk_refuses_is_told_and_the_next_is_saved(Type reason)
    {
        var saved = new List<int>();
        var lost = 0;
        var queue = new RowQueue<int>(
            rowsMax: 10, batchMax: 3,
            rows =>
            {
                if (rows.Contains(1)) throw (Exception)Activator.CreateInstance(reason)!;
                saved.AddRange(rows);
            },
            (_, count) => lost += count);
        var waiters = Enumerable.Range(1, 5).Select(queue.Add).ToArray();

        queue.Start();
        await queue.CompleteAsync();

        Assert.Equal(3, lost);
        Assert.Equal([4, 5], saved);
        await Task.WhenAll(waiters!);
    }
}

using LuohuIOC.Ingestion;
using LuohuIOC.Sensing;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class LatestBoardTests
{
    [Fact]
    public void A_stale_sensor_is_shown_so_until_it_is_born_again_whatever_comes_in_between()
    {
        var board = new LatestBoard();
        var changed = new int[4];
        board.SetStale(5000, true);
        Assert.Null(board[5000]);
        board.Set(5000, new LatestReading(1, [0.3], default));
        Assert.Equal(new QualityMark(QualityGrade.Doubtful, QualityReason.Stale, ulong.MaxValue), board[5000]!.Mark);
        Assert.Equal([0.3], board[5000]!.Values);
        Assert.Equal(1, board.TakeChanged(changed));
        board.SetStale(5000, false);
        Assert.Equal(1, board.TakeChanged(changed));
        Assert.Equal(5000, changed[0]);
        Assert.Equal(QualityGrade.Good, board[5000]!.Mark.Grade);
    }
}

using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion;
using LuohuIOC.Sensing;
using LuohuIOC.Wall.Neighbours;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class LatestBoardTests
{
    [Fact]
    public void A_value_is_as_old_as_the_message_that_brought_it()
    {
        var w = new Watched(SensorKind.Pipe);
        var slot = w.Sensor.Layout.Names.ToList().IndexOf("level");
        w.Read(0, ("level", 1.2), ("battery", 80));
        Assert.Null(LatestReading.Of(w.State).Times);
        w.Read(60, ("battery", 79));
        // What is impossible is not shown, and makes nothing younger.
        w.Read(120, ("battery", 78), ("level", -1e6));
        var reading = LatestReading.Of(w.State);
        Assert.Equal((Watched.At(120), Watched.At(0), 1.2), (reading.TimeMs, reading.TimeOf(slot), reading.Values[slot]));
        Assert.Equal(Watched.At(120), reading.TimeOf(w.Sensor.Layout.Names.ToList().IndexOf("battery")));
        Assert.Equal(Watched.At(0), ReadingAbroad.Of(w.Sensor, reading).Reading.TimeOf(slot));
        w.Read(180, ("level", 1.3), ("battery", 78));
        Assert.Null(LatestReading.Of(w.State).Times);
    }

    [Fact]
    public void Values_that_an_older_version_stored_are_as_old_as_its_latest_reading()
    {
        var w = new Watched(SensorKind.Pipe);
        w.Read(0, ("level", 1.2), ("battery", 80));
        (w.State.LatestTimes, w.State.Bound) = (null, null);
        Assert.Equal(Watched.At(0), LatestReading.Of(w.State).TimeOf(0));
        w.Read(60, ("battery", 79));
        Assert.Equal(Watched.At(0), LatestReading.Of(w.State).TimeOf(w.Sensor.Layout.Names.ToList().IndexOf("level")));
    }

    [Fact]
    public void What_was_shown_by_a_clock_ahead_gives_way_when_it_was_set_back()
    {
        var board = new LatestBoard(new Detectors.FixedClock(DateTimeOffset.FromUnixTimeMilliseconds(Watched.At(600))));
        board.Set(1, new LatestReading(Watched.At(660), [0.1], default));
        board.Set(1, new LatestReading(Watched.At(599), [0.2], default));
        Assert.Equal([0.1], board[1]!.Values);
        board.Set(1, new LatestReading(Watched.At(86_400), [0.3], default));
        board.Set(1, new LatestReading(Watched.At(600), [0.4], default));
        Assert.Equal([0.4], board[1]!.Values);
        board.Set(1, new LatestReading(Watched.At(86_400), [0.5], default));
        board.Learn(1, new LatestReading(Watched.At(601), [0.6], default));
        Assert.Equal([0.6], board[1]!.Values);
    }

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

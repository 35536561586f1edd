using LuohuIOC.DeviceProtocol;
using LuohuIOC.Simulator.Language;
using LuohuIOC.Simulator.Replay;
using Xunit;

namespace LuohuIOC.Tests.Simulator.Replay;

public sealed class MeasurementFileTests
{
    private static readonly MeasurementFormat Format = new() { TimeZone = TimeZoneInfo.CreateCustomTimeZone("+8", TimeSpan.FromHours(8), "+8", "+8") };

    [Fact]
    public void A_wide_file_gives_one_reading_a_line()
    {
        var (rows, bad) = Read(
            """
            sensor,time,level,flow
            pipe-2,2023-09-07T18:21:00+08:00,0.5,
            pipe-1,2023-09-07T18:20:00+08:00,0.312,1.25
            """);
        Assert.Empty(bad);
        Assert.Equal(["pipe-1", "pipe-2"], rows.Select(r => r.Sensor));
        Assert.Equal([new("level", 0.312), new("flow", 1.25)], rows[0].Values);
        Assert.Equal([new("level", 0.5)], rows[1].Values);
    }

    [Fact]
    public void A_long_file_joins_the_lines_of_one_reading()
    {
        var (rows, bad) = Read(
            """
            sensor,time,metric,value
            wq-1,2023-09-07 18:20:00,ph,7.1
            wq-1,2023-09-07 18:20:00,turbidity,12
            wq-1,2023-09-07 18:20:00,ph,7.2
            wq-1,2023-09-07 18:25:00,ph,7.3
            """);
        Assert.Empty(bad);
        Assert.Equal([2, 1, 1], rows.Select(r => r.Values.Count));
    }

    [Theory]
    [InlineData("2023-09-07T18:20:00+08:00")]
    [InlineData("2023-09-07T10:20:00Z")]
    [InlineData("1694082000000")]
    [InlineData("2023-09-07 18:20:00")]
    [InlineData("2023-09-07T18:20")]
    [InlineData("2023-09-07T06:20-04:00")]
    public void Times_are_read_in_every_form(string text)
    {
        Assert.True(TimeText.TryParse(text, Format.TimeZone, out var time));
        Assert.Equal(new DateTimeOffset(2023, 9, 7, 10, 20, 0, TimeSpan.Zero), time.ToUniversalTime());
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("12")]
    [InlineData("2023-13-40 00:00:00")]
    [InlineData("99999999999999999999")]
    [InlineData("2023/9/7 18:20")]
    [InlineData("09/07/2023 18:20")]
    [InlineData("7 Sep 2023 18:20")]
    [InlineData("20230907")]
    [InlineData("1694082000")]
    [InlineData("18:20:00")]
    public void What_is_no_time_is_refused(string text) => Assert.False(TimeText.TryParse(text, Format.TimeZone, out _));

    [Fact]
    public void Bad_lines_are_named_with_their_reason_and_the_others_stay()
    {
        var (rows, bad) = Read(
            """
            sensor,time,level
            pipe-1,2023-09-07 18:20:00,high
            pipe-1,when,0.3
            pipe 1,2023-09-07 18:20:00,0.3
            pipe-1,2023-09-07 18:20:00
            pipe-1,2023-09-07 18:20:00,
            pipe-1,2023-09-07 18:20:00,NaN

            pipe-1,2023-09-07 18:20:00,0.3
            """);
        Assert.Single(rows);
        Assert.Equal(
            [
                (2, "replay.bad.number"), (3, "replay.bad.time"), (4, "replay.bad.sensor"), (5, "replay.bad.cells"), (6, "replay.bad.empty"), (7, "replay.bad.number"),
            ],
            bad.Select(b => (b.Line, b.Reason)));
        Assert.Equal(["time", "when"], bad[1].Arguments);
    }

    [Fact]
    public void Columns_may_have_other_names()
    {
        using var reader = new StringReader("\uFEFF站点,时间,level\npipe-1,2023-09-07 18:20:00,0.3");
        var (rows, _) = MeasurementFile.Read(reader, "f.csv", Format with { SensorColumn = "站点", TimeColumn = "时间" });
        Assert.Equal("pipe-1", Assert.Single(rows).Sensor);
    }

    [Theory]
    [InlineData("id,time,level", "input.column")]
    [InlineData("sensor,at,level", "input.column")]
    [InlineData("sensor,time", "replay.nothing-measured")]
    [InlineData("", "input.column")]
    public void A_header_that_cannot_be_used_is_refused(string header, string key)
    {
        using var reader = new StringReader(header);
        Assert.Equal(key, Assert.Throws<InputException>(() => MeasurementFile.Read(reader, "f.csv", Format)).Key);
    }

    private static (IReadOnlyList<Measurement> Rows, IReadOnlyList<BadLine> Bad) Read(string text)
    {
        using var reader = new StringReader(text);
        return MeasurementFile.Read(reader, "f.csv", Format);
    }
}

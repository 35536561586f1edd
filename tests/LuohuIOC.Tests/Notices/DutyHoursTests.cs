using System.Globalization;
using LuohuIOC.Notices;
using Xunit;

namespace LuohuIOC.Tests.Notices;

/// <summary>Who is on duty when. 2026: New Year's Day is a Thursday, 1 to 3 January are off and Sunday the 4th makes up for it.</summary>
public sealed class DutyHoursTests
{
    private static readonly WorkdayCalendar Calendar = new(new NoticeOptions());

    [Theory]
    [InlineData("", "", "2026-01-01 03:00", true)]
    [InlineData("08:30-18:00", "", "2026-01-01 08:29", false)]
    [InlineData("08:30-18:00", "", "2026-01-01 08:30", true)]
    [InlineData("08:30-18:00", "", "2026-01-01 17:59", true)]
    [InlineData("08:30-18:00", "", "2026-01-01 18:00", false)]
    [InlineData("18:00-08:30", "", "2026-01-01 18:00", true)]
    [InlineData("18:00-08:30", "", "2026-01-01 08:29", true)]
    [InlineData("18:00-08:30", "", "2026-01-01 08:30", false)]
    [InlineData("8:30 - 24:00", "", "2026-01-01 23:59", true)]
    [InlineData("18:00-00:00", "", "2026-01-02 00:00", false)]
    // A holiday, a Sunday that makes up for it, an ordinary Sunday and a Monday.
    [InlineData("", "workdays", "2026-01-01 12:00", false)]
    [InlineData("", "workdays", "2026-01-04 12:00", true)]
    [InlineData("", "restdays", "2026-01-11 12:00", true)]
    [InlineData("", "restdays", "2026-01-12 12:00", false)]
    // The night that begins on Friday is Friday's, and Sunday's night ends on Monday.
    [InlineData("18:00-08:30", "workdays", "2026-01-10 08:29", true)]
    [InlineData("18:00-08:30", "workdays", "2026-01-10 18:00", false)]
    [InlineData("18:00-08:30", "restdays", "2026-01-12 08:29", true)]
    [InlineData("18:00-08:30", "restdays", "2026-01-12 18:00", false)]
    [InlineData("08:30-08:30", "restdays", "2026-01-12 08:29", true)]
    public void Is_on_duty_by_Beijings_clock(string hours, string days, string beijing, bool isOnDuty)
    {
        var at = DateTimeOffset.Parse(beijing + " +08:00", CultureInfo.InvariantCulture);
        Assert.Equal(isOnDuty, DutyHours.Of(hours, days)!.Contains(at.ToUniversalTime(), Calendar));
    }

    [Theory]
    [InlineData("08:30", "")]
    [InlineData("25:00-08:00", "")]
    [InlineData("24:00-08:00", "")]
    [InlineData("08:30-18:00-20:00", "")]
    [InlineData("day", "")]
    [InlineData("", "weekdays")]
    public void What_is_no_span_is_refused(string hours, string days) => Assert.Null(DutyHours.Of(hours, days));

    /// <summary>Figures of the calendar's own source for 2026.</summary>
    [Fact]
    public void A_year_has_as_many_workdays_as_the_state_council_gives_it()
    {
        var days = Enumerable.Range(0, 365).Select(i => new DateOnly(2026, 1, 1).AddDays(i));
        Assert.Equal(248, days.Count(Calendar.IsWorkday));
        Assert.Equal(2026, Calendar.LastYear);
    }

    [Fact]
    public void Days_of_years_to_come_are_the_configurations()
    {
        var day = new DateOnly(2027, 1, 1);
        Assert.True(Calendar.IsWorkday(day));
        var told = new WorkdayCalendar(new NoticeOptions { OffDays = ["2027-01-01"], MakeupWorkdays = ["2027-01-03"] });
        Assert.Equal((false, true, 2027), (told.IsWorkday(day), told.IsWorkday(new DateOnly(2027, 1, 3)), told.LastYear));
    }

    [Theory]
    [InlineData("08:30-18:00|18:00-08:30", null)]
    [InlineData("08:30-18:00|19:00-08:30", "2026-01-09 18:00")]
    [InlineData("08:30-18:00 workdays|18:00-08:30 workdays|08:30-08:30 restdays", null)]
    // A day of rest ends at midnight, and Monday's first shift begins in the morning.
    [InlineData("08:30-18:00 workdays|18:00-08:30 workdays| restdays", "2026-01-12 00:00")]
    // The night behind the last day of rest is nobody's.
    [InlineData("08:30-18:00 workdays|18:00-08:30 workdays|08:30-24:00 restdays", "2026-01-11 00:00")]
    [InlineData("08:30-18:00| ", null)]
    public void The_first_gap_is_found(string policies, string? beijing)
    {
        var written = policies.Split('|').Select(p => p.Split(' ')).Select(p => new PolicyOptions { Hours = p[0], Days = p.Length > 1 ? p[1] : "" }).ToList();
        var friday = DateTimeOffset.Parse("2026-01-09 12:00:31 +08:00", CultureInfo.InvariantCulture);
        var gap = DutyGaps.FirstOf(written, Calendar, friday.ToUniversalTime());
        Assert.Equal(beijing is null ? null : DateTimeOffset.Parse(beijing + " +08:00", CultureInfo.InvariantCulture), gap);
    }

    /// <summary>What begins in another shift and still waits is told to who comes on duty.</summary>
    [Fact]
    public void Who_comes_on_duty_is_told_of_what_waits()
    {
        var alert = SomeAlert.Waiting();
        var start = SomeAlert.Raised.ToOffset(TimeSpan.FromHours(8)).AddHours(2);
        var policy = SomeAlert.Policy(hours: $"{start:HH:mm}-{start.AddHours(8):HH:mm}");
        var begins = new DateTimeOffset(start.Year, start.Month, start.Day, start.Hour, start.Minute, 0, start.Offset);
        Assert.False(policy.IsDue(alert, "chief@luohu.test", begins.AddSeconds(-1)));
        Assert.True(policy.IsDue(alert, "chief@luohu.test", begins));
        Assert.False(policy.IsDue(alert, "chief@luohu.test", begins.AddHours(8)));
    }

    /// <summary>Who was told of it is told that it is over, on duty or not.</summary>
    [Fact]
    public void Who_has_gone_off_duty_is_told_that_it_is_over()
    {
        var night = SomeAlert.Raised.ToOffset(TimeSpan.FromHours(8)).AddHours(-1);
        var policy = SomeAlert.Policy(hours: $"{night:HH:mm}-{night.AddHours(1).AddMinutes(5):HH:mm}");
        var over = SomeAlert.Ceased(SomeAlert.Told(SomeAlert.Waiting()), 1800);
        Assert.True(policy.IsOver(over, "chief@luohu.test", SomeAlert.Raised.AddHours(1)));
    }
}

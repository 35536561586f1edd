using System.Globalization;
using LuohuIOC.History;
using LuohuIOC.History.Upkeep;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.History.Upkeep;

public sealed class RetentionScheduleTests
{
    [Theory]
    [InlineData("2023-09-07T02:00+08:00", 90)]
    [InlineData("2023-09-07T03:30+08:00", 1440)]
    [InlineData("2023-09-07T23:59+08:00", 211)]
    public async Task It_runs_at_its_time_of_day_in_Shenzhen(string now, int minutes) => Assert.Equal(minutes, await MinutesAsync(new SettableClock(now)));

    /// <summary>A host without a battery starts hours ahead and is set right soon after: what is deleted at night is not deleted in the middle of a storm.</summary>
    [Theory]
    [InlineData(-8, 90)]
    [InlineData(-30, 1410)]
    [InlineData(3, 870)]
    [InlineData(18, 1410)]
    public async Task A_clock_that_is_set_meanwhile_moves_it_along(int hours, int minutes) =>
        Assert.Equal(minutes, await MinutesAsync(new SettableClock("2023-09-07T10:00+08:00") { SetBy = TimeSpan.FromHours(hours) }));

    private static async Task<double> MinutesAsync(SettableClock clock)
    {
        var schedule = new RetentionSchedule(null!, new HistoryOptions(), clock, NullLogger<RetentionSchedule>.Instance);
        await schedule.NextAsync(TestContext.Current.CancellationToken);
        return clock.Passed.TotalMinutes;
    }

    /// <summary>Whoever waits has waited at once; somebody sets it during the first wait.</summary>
    private sealed class SettableClock(string now) : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.Parse(now, CultureInfo.InvariantCulture);

        public TimeSpan SetBy { get; set; }

        public TimeSpan Passed { get; private set; }

        public override DateTimeOffset GetUtcNow() => _now.ToUniversalTime();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _now += dueTime + SetBy;
            (Passed, SetBy) = (Passed + dueTime, TimeSpan.Zero);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}

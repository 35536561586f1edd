using LuohuIOC.Alerts;
using LuohuIOC.Sensing;
using LuohuIOC.Tests.Alerts;
using LuohuIOC.Tests.Http;
using Xunit;

namespace LuohuIOC.Tests.Sensing;

public sealed class StateCheckTests
{
    private static readonly StandingAlert Flood = new("waterlogging-depth", Severity.Red, default);

    private readonly FakeClock _clock = new();
    private readonly ShownAlerts _shown = new();
    private readonly List<string> _asked = [];
    private Func<Task<StandingAlert[]?>> _ledger = () => Task.FromResult<StandingAlert[]?>([]);

    private StateCheck New() => new("wl-1", _shown, () =>
    {
        _asked.Add("ledger");
        return _ledger();
    }, _clock);

    [Fact]
    public async Task What_agrees_with_what_is_shown_asks_nobody_and_is_looked_at_twice()
    {
        var check = New();
        Assert.Null(await check.LookAsync(standing => standing.Count == 0));
        Assert.False(check.IsOver);
        Assert.Null(await check.LookAsync(_ => throw new InvalidOperationException("The second look comes later.")));
        _clock.Advance(StateCheck.Compared);
        Assert.Null(await check.LookAsync(standing => standing.Count == 0));
        Assert.True(check.IsOver);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_puts_the_second_look_off_for_nothing()
    {
        var check = New();
        Assert.Null(await check.LookAsync(standing => standing.Count == 0));
        _clock.Set(TimeSpan.FromHours(-1));
        _clock.Advance(StateCheck.Compared);
        Assert.Null(await check.LookAsync(standing => standing.Count == 0));
        Assert.True(check.IsOver);
    }

    [Fact]
    public async Task The_ledger_decides_where_what_is_shown_is_something_else()
    {
        var check = New();
        _shown.Standing = [Flood];
        // The state is right, and what is shown is late.
        Assert.Null(await check.LookAsync(standing => standing.Count == 0));
        Assert.Single(_asked);
        _clock.Advance(StateCheck.Compared);
        _ledger = () => Task.FromResult<StandingAlert[]?>([Flood]);
        Assert.Equal([Flood], await check.LookAsync(standing => standing.Count == 0));
        Assert.True(check.IsOver);
    }

    [Fact]
    public async Task A_ledger_that_is_away_is_asked_again_after_two_seconds()
    {
        var check = New();
        _shown.Standing = [Flood];
        foreach (var answer in new[] { () => Task.FromResult<StandingAlert[]?>(null), () => Task.FromException<StandingAlert[]?>(new TimeoutException()) })
        {
            _ledger = answer;
            Assert.Null(await check.LookAsync(standing => standing.Count == 0));
            Assert.Null(await check.LookAsync(standing => standing.Count == 0));
            _clock.Advance(TimeSpan.FromSeconds(2));
        }
        Assert.Equal(2, _asked.Count);
        _ledger = () => Task.FromResult<StandingAlert[]?>([Flood]);
        Assert.Equal([Flood], await check.LookAsync(standing => standing.Count == 0));
    }
}

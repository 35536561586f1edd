using LuohuIOC.Alerts;
using LuohuIOC.Sensing;
using Xunit;
using Some = LuohuIOC.Tests.Alerts.Some;

namespace LuohuIOC.Tests.Sensing;

public sealed class AlertTellingTests
{
    private readonly List<RuleChange> _changes = [Some.Change(Severity.Yellow, 1)];
    private readonly Ledger _ledger = new();
    private readonly HastyClock _clock = new();
    private readonly List<RuleChange> _kept = [];
    private readonly AlertTelling _telling;

    public AlertTellingTests() => _telling = new AlertTelling(_changes, _ledger, _clock, _kept.AddRange, told => _kept.RemoveAll(told.Contains));

    [Fact]
    public async Task While_the_ledger_is_away_one_call_waits_for_it_and_walls_hear_what_comes_since()
    {
        Assert.False(await _telling.TellAsync());
        Assert.Equal(1, _ledger.Observed);
        _changes.Add(Some.Change(Severity.Red, 2));
        for (var i = 0; i < 10; i++)
        {
            Assert.False(await _telling.TellAsync());
            _clock.Advance(TimeSpan.FromSeconds(2));
        }
        Assert.Equal((1, 2), (_ledger.Observed, _ledger.Known.Count));
        Assert.Equal(_changes, _kept);
        _ledger.Back();
        Assert.True(await _telling.TellAsync());
        Assert.Equal((2, 0), (_ledger.Observed, _changes.Count));
        Assert.Empty(_kept);
    }

    [Fact]
    public async Task What_the_ledger_takes_at_once_is_kept_nowhere_else()
    {
        _ledger.Back();
        Assert.True(await _telling.TellAsync());
        Assert.Empty(_kept);
    }

    [Fact]
    public async Task Nothing_is_told_twice_within_two_seconds()
    {
        await _telling.TellAsync();
        for (var i = 0; i < 10; i++) Assert.False(await _telling.TellAsync());
        Assert.Equal((1, 0), (_ledger.Observed, _ledger.Shown));
    }

    /// <summary>A host that died or a database that is away is nothing that the readings have done: they go on, and the alerts are told again.</summary>
    [Fact]
    public async Task A_call_that_fails_for_now_holds_nothing_up_and_is_made_again()
    {
        _ledger.Fails(new SiloUnavailableException());
        Assert.False(await _telling.TellAsync());
        Assert.Single(_changes);
        _ledger.Back();
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(await _telling.TellAsync());
        Assert.Empty(_changes);
    }

    [Fact]
    public async Task A_defect_is_told_to_whoever_calls_and_the_changes_stay()
    {
        _ledger.Fails(new InvalidOperationException("broken"));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _telling.TellAsync());
        Assert.Single(_changes);
        _ledger.Back();
        Assert.True(await _telling.TellAsync());
    }

    private sealed class Ledger : IAlertGrain
    {
        private TaskCompletionSource _stored = new();

        public HashSet<RuleChange> Known { get; } = [];

        public int Observed { get; private set; }

        public int Shown { get; private set; }

        public void Back()
        {
            var waiting = _stored;
            _stored = new TaskCompletionSource();
            _stored.SetResult();
            waiting.TrySetResult();
        }

        public void Fails(Exception e) => _stored.SetException(e);

        public Task Observe(RuleChange[] changes)
        {
            Observed++;
            Known.UnionWith(changes);
            return _stored.Task;
        }

        public Task Notified(string alertId, Severity severity, NoticeDelivery[] notices) => throw new NotSupportedException();

        public Task<StandingAlert[]?> Standing() => throw new NotSupportedException();

        public Task Recover(NotedChange[] changes) => throw new NotSupportedException();

        public Task Show(RuleChange[] changes)
        {
            Shown++;
            Known.UnionWith(changes);
            return Task.CompletedTask;
        }

        public Task<AlertOutcome> Acknowledge(AlertRequest request) => throw new NotSupportedException();

        public Task<AlertOutcome> Assign(AlertRequest request, string assignee) => throw new NotSupportedException();

        public Task<AlertOutcome> Comment(AlertRequest request) => throw new NotSupportedException();

        public Task<AlertOutcome> Close(AlertRequest request) => throw new NotSupportedException();

        public Task<AlertOutcome> Mark(AlertRequest request, AlertVerdict verdict) => throw new NotSupportedException();

        public Task<AlertOutcome> Withdraw(AlertRequest request) => throw new NotSupportedException();

        public Task Survey(string alertId, Surroundings surroundings) => throw new NotSupportedException();

        public Task Expire() => throw new NotSupportedException();
    }

    /// <summary>Stands until it is told to move; whoever waits for it has waited at once.</summary>
    private sealed class HastyClock : TimeProvider
    {
        private DateTimeOffset _now = Some.Now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.UtcTicks;

        public void Advance(TimeSpan by) => _now += by;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}

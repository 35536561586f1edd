namespace LuohuIOC.Tests.Http;

/// <summary>A clock that stands until it is told to move. Timers made from it never fire: what they would do is called by the test.</summary>
internal sealed class FakeClock : TimeProvider
{
    private DateTimeOffset _now = new(2023, 9, 7, 18, 0, 0, TimeSpan.Zero);
    private TimeSpan _set;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => (_now - _set).UtcTicks;

    public void Advance(TimeSpan by) => _now += by;

    /// <summary>Somebody sets it; no time passes.</summary>
    public void Set(TimeSpan by)
    {
        _now += by;
        _set += by;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Still();

    private sealed class Still : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

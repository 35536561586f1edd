namespace LuohuIOC.Tests.History;

/// <summary>The real clock, but every timer is due at once: delays and retries take no time.</summary>
internal sealed class EagerClock : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
}

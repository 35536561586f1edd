namespace LuohuIOC.Ingestion.Outside;

/// <summary>
/// How long to wait before the next try: anything up to a bound that doubles from 1 s to 60 s. Anything, so that hosts that lost the broker
/// together do not come back together.
/// </summary>
internal sealed class Backoff(Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>A connection that held this long was a good one: the next loss begins anew.</summary>
    private static readonly TimeSpan Good = TimeSpan.FromSeconds(10);

    private TimeSpan _bound = First;

    public TimeSpan Next()
    {
        var wait = _bound * random.NextDouble();
        _bound = _bound * 2 < Longest ? _bound * 2 : Longest;
        return wait;
    }

    /// <summary>A connection has ended that held for so long.</summary>
    public void Held(TimeSpan duration)
    {
        if (duration >= Good) _bound = First;
    }
}

namespace LuohuIOC.Sensing.Listening;

/// <summary>A time in which this host took no readings, or which its clock passed over. Unix ms.</summary>
public readonly record struct ListeningPause(long FromMs, long ToMs);

/// <summary>
/// When this host has listened: silence is counted in the time in which a reading would have been heard, which adds up over restarts. Never changes, so that
/// grains read it without a lock; asking it allocates nothing.
/// </summary>
public sealed class ListenedTime
{
    /// <summary>So long after a start gateways may take to come back before a sensor of theirs is told silent, ms.</summary>
    public const long GraceMs = 120_000;

    /// <summary>Of a host that starts more often than this within the longest silence, the oldest pauses are put together.</summary>
    internal const int PausesMax = 200;

    /// <summary>A host that has always listened.</summary>
    public static readonly ListenedTime Always = new(0, 0, []);

    private readonly ListeningPause[] _pauses;

    /// <param name="sinceMs">Nothing is known of before: it counts as a pause. Unix ms.</param>
    /// <param name="resumedMs">End of the last pause, Unix ms.</param>
    /// <param name="pauses">In order of time, none touching another.</param>
    internal ListenedTime(long sinceMs, long resumedMs, ListeningPause[] pauses) => (SinceMs, ResumedMs, _pauses) = (sinceMs, resumedMs, pauses);

    /// <summary>Since when it is known whether the host listened, Unix ms.</summary>
    public long SinceMs { get; }

    /// <summary>Since when the host listens without a pause, Unix ms.</summary>
    public long ResumedMs { get; }

    /// <summary>In order of time.</summary>
    public IReadOnlyList<ListeningPause> Pauses => _pauses;

    /// <summary>When one who was heard last at a time has been silent for long enough, as far as the pauses are known; the same however often it is asked. Unix ms.</summary>
    public long SilentAt(long heardMs, long silenceMs)
    {
        var fromMs = Math.Max(heardMs, SinceMs);
        var silentMs = fromMs + silenceMs;
        // Nearly always: it was heard since the last pause.
        if (_pauses.Length == 0 || _pauses[^1].ToMs <= fromMs) return silentMs;
        foreach (var pause in _pauses)
        {
            if (pause.FromMs >= silentMs) break;
            if (pause.ToMs > fromMs) silentMs += pause.ToMs - Math.Max(pause.FromMs, fromMs);
        }
        return silentMs;
    }

    /// <summary>How much of the time since a moment was a pause, as far as the pauses are known, ms.</summary>
    public long PausedSince(long fromMs)
    {
        var pausedMs = Math.Max(0, SinceMs - fromMs);
        for (var i = _pauses.Length - 1; i >= 0 && _pauses[i].ToMs > fromMs; i--) pausedMs += _pauses[i].ToMs - Math.Max(_pauses[i].FromMs, Math.Max(fromMs, SinceMs));
        return pausedMs;
    }

    /// <summary>Before this time nobody with such a limit is told silent: gateways are on their way back. Unix ms.</summary>
    public long TellableAt(long silenceMs) => ResumedMs + Math.Min(GraceMs, silenceMs);

    /// <summary>As this, with a pause that has just ended.</summary>
    internal ListenedTime After(long fromMs, long toMs)
    {
        fromMs = Math.Max(fromMs, _pauses.Length > 0 ? _pauses[^1].ToMs : SinceMs);
        if (fromMs >= toMs) return new ListenedTime(SinceMs, Math.Max(ResumedMs, toMs), _pauses);
        ListeningPause[] pauses = _pauses.Length > 0 && _pauses[^1].ToMs == fromMs
            ? [.. _pauses[..^1], new ListeningPause(_pauses[^1].FromMs, toMs)]
            : [.. _pauses, new ListeningPause(fromMs, toMs)];
        return new ListenedTime(SinceMs, toMs, Bounded(pauses));
    }

    /// <summary>
    /// As this, by a clock that was set back: where it said the one time it says the other. A pause that ends behind it is the clock's way ahead, or was
    /// measured by the wrong clock; it is that much shorter.
    /// </summary>
    internal ListenedTime SetBack(long fromMs, long toMs)
    {
        var left = fromMs - toMs;
        var pauses = new List<ListeningPause>(_pauses);
        for (var i = pauses.Count - 1; i >= 0 && pauses[i].ToMs > toMs; i--)
        {
            var shorter = Math.Min(left, pauses[i].ToMs - pauses[i].FromMs);
            left -= shorter;
            pauses[i] = pauses[i] with { ToMs = Math.Min(pauses[i].ToMs - shorter, toMs) };
        }
        return new ListenedTime(Math.Min(SinceMs, toMs), Math.Min(ResumedMs, toMs), [.. pauses.Where(p => p.FromMs < p.ToMs)]);
    }

    // Together they are as long as before, so that silence from before them counts as it did.
    private static ListeningPause[] Bounded(ListeningPause[] pauses)
    {
        if (pauses.Length <= PausesMax) return pauses;
        var (first, second) = (pauses[0], pauses[1]);
        return [new ListeningPause(second.FromMs - (first.ToMs - first.FromMs), second.ToMs), .. pauses[2..]];
    }
}

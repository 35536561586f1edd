namespace LuohuIOC.Sensing.Listening;

/// <summary>
/// Follows when this host listens: the pauses between its runs, and the jumps of its clock, which are no time in which anyone could have been heard. Each of several
/// hosts follows its own.
/// </summary>
public sealed class HostListening
{
    /// <summary>So much farther than the time that has passed, one way or the other, the clock goes between two looks when it was set and not slewed.</summary>
    internal const long JumpMs = 30_000;

    private readonly Lock _lock = new();
    private readonly ListeningFile _file;
    private readonly TimeProvider _clock;
    private readonly ILogger<HostListening> _log;
    private ListenedTime _time;
    private long _seenMs;
    private long _seenAt;
    private bool _hasJumped;
    private bool _unkept;

    public HostListening(IConfiguration configuration, TimeProvider clock, ILogger<HostListening> log)
        : this(Path.Combine(configuration["DataDirectory"] ?? "data", ListeningFile.Name), clock, log)
    {
    }

    internal HostListening(string path, TimeProvider clock, ILogger<HostListening> log)
    {
        (_file, _clock, _log) = (new ListeningFile(path), clock, log);
        (_seenMs, _seenAt) = (Now, clock.GetTimestamp());
        StartedMs = _seenMs;
        _time = Begin(Read(), _seenMs);
    }

    /// <summary>When this run began, Unix ms by the clock of then.</summary>
    public long StartedMs { get; }

    /// <summary>When the host has listened, as of the last look.</summary>
    public ListenedTime Time => Volatile.Read(ref _time);

    /// <summary>Gateways can be heard from now on: what passed since the process began is part of the pause before.</summary>
    public void Open()
    {
        lock (_lock)
        {
            var nowMs = Look();
            Volatile.Write(ref _time, _time.After(Math.Min(_time.ResumedMs, nowMs), nowMs));
        }
    }

    /// <summary>Looks at the clock, and takes note when it has jumped. To be called before anyone is told silent by the time that it returns.</summary>
    /// <returns>The present, Unix ms.</returns>
    public long Look()
    {
        lock (_lock)
        {
            var (nowMs, at) = (Now, _clock.GetTimestamp());
            var expectedMs = _seenMs + (long)_clock.GetElapsedTime(_seenAt, at).TotalMilliseconds;
            (_seenMs, _seenAt) = (nowMs, at);
            if (Math.Abs(nowMs - expectedMs) > JumpMs) Jump(expectedMs, nowMs);
            return nowMs;
        }
    }

    /// <summary>True once after the clock has jumped: what was to be done at a time is to be looked at anew.</summary>
    public bool TakeJump()
    {
        lock (_lock) return _hasJumped && !(_hasJumped = false);
    }

    /// <summary>Keeps on disk that the host has listened until the last look. What cannot be kept is said once, and counts as a pause after the next start.</summary>
    public void Keep()
    {
        ListeningNote note;
        lock (_lock) note = new ListeningNote(_time, _seenMs);
        try
        {
            _file.Keep(note);
            _unkept = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!_unkept) _log.LogWarning("Sensing: until when this host has listened cannot be kept, so silence will count less after a restart ({Cause})", e.Message);
            _unkept = true;
        }
    }

    /// <summary>What the last run has kept, at the start of this one.</summary>
    internal static ListenedTime Begin(ListeningNote? kept, long nowMs)
    {
        if (kept is null) return new ListenedTime(nowMs, nowMs, []);
        return kept.LastMs <= nowMs ? kept.Time.After(kept.LastMs, nowMs) : kept.Time.SetBack(kept.LastMs, nowMs).After(nowMs, nowMs);
    }

    private ListeningNote? Read()
    {
        try
        {
            return _file.Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.LogWarning("Sensing: when this host has listened cannot be read, so silence counts from this start ({Cause})", e.Message);
            return null;
        }
    }

    private void Jump(long expectedMs, long nowMs)
    {
        Volatile.Write(ref _time, nowMs > expectedMs ? _time.After(expectedMs, nowMs) : _time.SetBack(expectedMs, nowMs));
        _hasJumped = true;
        _log.LogWarning(
            "Clock: the clock of this host has jumped by {Seconds} s, it says {Now:O} now. The jump does not count as silence of any sensor. If the time is wrong, set it right; let NTP or chrony keep it ('timedatectl', 'chronyc tracking'), and look whether the machine was suspended.",
            (nowMs - expectedMs) / 1000, DateTimeOffset.FromUnixTimeMilliseconds(nowMs));
    }

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();
}

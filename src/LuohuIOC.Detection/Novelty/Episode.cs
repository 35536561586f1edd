namespace LuohuIOC.Detection.Novelty;

/// <summary>
/// Makes one alarm of one event: the evidence passes when it begins an episode or clearly exceeds its peak, and is held back for as
/// long as the episode lasts. Knows no threshold, so the same scores serve every threshold.
/// </summary>
internal struct Episode
{
    private double _peak;
    private long _lastMs;

    public readonly double Peak => _peak;

    /// <summary>The evidence if it is news, else 0.</summary>
    public double News(long timeMs, double evidence, NoveltyOptions options)
    {
        if (_peak > 0 && timeMs - _lastMs > (long)options.EpisodeHold.TotalMilliseconds) _peak = 0;
        if (evidence > _peak + options.EscalationNats)
        {
            _peak = evidence;
            _lastMs = timeMs;
            return evidence;
        }
        // Below 1 nat there is nothing to wait out: the common run of readings begins no episode.
        if (_peak > 1 && evidence > options.EpisodeShare * _peak) _lastMs = timeMs;
        return 0;
    }

    public readonly void Save(BinaryWriter to)
    {
        to.Write(_peak);
        to.Write(_lastMs);
    }

    public void Load(BinaryReader from)
    {
        _peak = from.ReadDouble();
        _lastMs = from.ReadInt64();
    }
}

namespace LuohuIOC.DeviceProtocol.Sparkplug;

/// <summary>
/// Gives what a node says in several messages of one millisecond a time each. A sensor's reading is known by its time, so that a repetition counts once;
/// Sparkplug reports by exception, and two metrics that change together may come in two messages, of which the second would be taken for a repetition.
/// Metrics that were not in the earlier messages of the millisecond are a reading a millisecond later. Only the last moment of a device is remembered.
/// </summary>
public sealed class SparkplugMoments
{
    /// <summary>More messages of one millisecond are repetitions.</summary>
    public const int PartsMax = 16;

    private readonly Dictionary<string, Moment> _last = new(StringComparer.Ordinal);

    /// <summary>The time of a reading, Unix ms: that of the message, or up to <see cref="PartsMax"/> later.</summary>
    /// <param name="device">Whose it is.</param>
    /// <param name="unixMs">When the node says it was.</param>
    /// <param name="names">Its metrics.</param>
    public long TimeOf(string device, long unixMs, IReadOnlyCollection<string> names)
    {
        if (!_last.TryGetValue(device, out var last) || last.UnixMs != unixMs)
        {
            // The millisecond after one that was stretched may be taken.
            var free = last is not null && unixMs > last.UnixMs && unixMs <= last.Newest ? last.Newest + 1 : unixMs;
            if (_last.Count >= SparkplugNode.DevicesMax) _last.Clear();
            _last[device] = new Moment(unixMs, [(free, [.. names])]);
            return free;
        }
        foreach (var (given, known) in last.Parts)
            if (known.IsSupersetOf(names)) return given;
        if (last.Parts.Count >= PartsMax) return last.Newest;
        var next = last.Newest + 1;
        last.Parts.Add((next, [.. names]));
        return next;
    }

    /// <summary>Nothing is known of any device.</summary>
    public void Clear() => _last.Clear();

    private sealed record Moment(long UnixMs, List<(long Given, HashSet<string> Names)> Parts)
    {
        public long Newest => Parts[^1].Given;
    }
}

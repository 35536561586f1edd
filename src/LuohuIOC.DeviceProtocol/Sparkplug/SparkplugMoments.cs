namespace LuohuIOC.DeviceProtocol.Sparkplug;

/// <summary>
/// Gives what a node says in several messages of one moment a time each. A sensor's reading is known by its time, so that a repetition counts once;
/// Sparkplug reports by exception, and two metrics that change together may come in two messages; a device whose clock has whole seconds says what changed
/// twice in one of them under one time. Metrics that were not in the earlier messages of the moment, or have another value than in the last of them, are a
/// reading a millisecond later. Only the last moment of a device is remembered.
/// </summary>
public sealed class SparkplugMoments
{
    /// <summary>More messages of one moment are repetitions: half a second's worth of milliseconds.</summary>
    public const int PartsMax = 500;

    private readonly Dictionary<string, Moment> _last = new(StringComparer.Ordinal);

    /// <summary>The time of a reading, Unix ms: that of the message, or up to <see cref="PartsMax"/> later.</summary>
    /// <param name="device">Whose it is.</param>
    /// <param name="unixMs">When the node says it was.</param>
    /// <param name="values">Its metrics, each with its value; of one that stands there twice the last counts.</param>
    public long TimeOf(string device, long unixMs, IEnumerable<(string Name, double Value)> values)
    {
        var part = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in values) part[name] = value;
        if (!_last.TryGetValue(device, out var last) || last.UnixMs != unixMs)
        {
            // The millisecond after one that was stretched may be taken.
            var free = last is not null && unixMs > last.UnixMs && unixMs <= last.Newest ? last.Newest + 1 : unixMs;
            if (_last.Count >= SparkplugNode.DevicesMax) _last.Clear();
            _last[device] = new Moment(unixMs, [(free, part)]);
            return free;
        }
        for (var i = last.Parts.Count - 1; i >= 0; i--)
        {
            var (given, known) = last.Parts[i];
            if (part.Any(metric => known.TryGetValue(metric.Key, out var value) && value != metric.Value)) break;
            if (part.Keys.All(known.ContainsKey)) return given;
        }
        if (last.Parts.Count >= PartsMax) return last.Newest;
        var next = last.Newest + 1;
        last.Parts.Add((next, part));
        return next;
    }

    /// <summary>Nothing is known of any device.</summary>
    public void Clear() => _last.Clear();

    private sealed record Moment(long UnixMs, List<(long Given, Dictionary<string, double> Values)> Parts)
    {
        public long Newest => Parts[^1].Given;
    }
}

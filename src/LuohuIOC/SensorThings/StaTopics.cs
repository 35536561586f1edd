using System.Text.RegularExpressions;
using LuohuIOC.DeviceProtocol;

namespace LuohuIOC.SensorThings;

/// <summary>
/// Topics of new Observations that are subscribed to, by datastream. <c>v1.1/Observations</c> and <c>v1.1/Datastreams('river-001:level')/Observations</c>
/// as the standard has them, with or without quotes, and with the service's own root before them (<c>sta/v1.1/…</c>).
/// </summary>
internal sealed partial class StaTopics
{
    private readonly List<string> _all = [];
    private readonly Dictionary<string, List<string>> _byStream = new(StringComparer.Ordinal);

    public StaTopics(IEnumerable<string> topics)
    {
        foreach (var topic in topics)
        {
            if (Shape().Match(topic) is not { Success: true } match) continue;
            var stream = match.Groups["id"].Value;
            if (stream.Length == 0) _all.Add(topic);
            else if (_byStream.TryGetValue(stream, out var known)) known.Add(topic);
            else _byStream[stream] = [topic];
        }
        foreach (var list in _byStream.Values) list.AddRange(_all);
    }

    public static bool Exists(string topic) => topic.Length <= 2 * Topic.IdLengthMax + 64 && Shape().IsMatch(topic);

    /// <summary>The topics that an Observation of the datastream goes to.</summary>
    public IReadOnlyList<string> Of(string sensor, string metric) =>
        _byStream.Count > 0 && _byStream.TryGetValue($"{sensor}:{metric}", out var topics) ? topics : _all;

    // v1.1/Observations; sta/v1.1/Datastreams('wl-001:depth')/Observations
    [GeneratedRegex(@"^(?:sta/)?v1\.1/(?:Datastreams\((?<quote>'?)(?<id>[A-Za-z0-9._:\-]+)\k<quote>\)/)?Observations$")]
    private static partial Regex Shape();
}

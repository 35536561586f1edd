using System.Collections.Concurrent;
using System.Globalization;

namespace LuohuIOC.Benchmarks.Nights;

/// <summary>An alert of the ledger: device times of its first and last reading, Unix ms.</summary>
internal sealed record NightAlert(string Id, string Sensor, long RaisedMs, long? ClearedMs, bool IsOpen, string Story);

/// <summary>Holds the ledger against what was acknowledged.</summary>
internal sealed class NightVerdict(IReadOnlyList<NightAlert> alerts, ConcurrentDictionary<(string Sensor, long ObservedMs), bool> told, IReadOnlyList<(DateTimeOffset At, string What)> troubles)
{
    public const string Rule = "smoke-fault";

    private readonly ILookup<string, NightAlert> _alerts = alerts.ToLookup(a => a.Sensor);
    private readonly Dictionary<string, List<string>> _found = [];
    private string _decisions = "";
    private int _faults;
    private int _readings;

    /// <summary>Nothing lost that was shown, nothing doubled, invented or left open.</summary>
    public bool IsGood => !_found.Keys.Any(kind => kind[0] == '!');

    public void Judge(NightSensor sensor)
    {
        var readings = sensor.Acknowledged;
        _readings += readings.Count;
        var used = new HashSet<string>();
        for (var i = 0; i < readings.Count; i++)
        {
            if (!readings[i].Fault) continue;
            var first = i;
            while (i + 1 < readings.Count && readings[i + 1].Fault) i++;
            _faults++;
            var (began, ended) = (readings[first].TimeMs, i + 1 < readings.Count ? readings[i + 1].TimeMs : long.MaxValue);
            var of = _alerts[sensor.Id].Where(a => a.RaisedMs >= began && a.RaisedMs < ended).OrderBy(a => a.RaisedMs).ToList();
            used.UnionWith(of.Select(a => a.Id));
            var where = $"{sensor.Id} {Clock(began)} to {Clock(readings[i].TimeMs)}, {i - first + 1} readings acknowledged by {string.Join(" ", readings[first..(i + 1)].Select(r => r.Host).Distinct())}";
            var shown = told.Keys.Any(t => t.Sensor == sensor.Id && t.ObservedMs >= began && t.ObservedMs < ended);
            if (of.Count == 0) Note(shown ? "! lost, though a wall showed it" : i > first ? "! lost, several readings" : "lost, one reading", where);
            else if (of.Count > 1) Note(of.Count(a => !a.Story.Contains("doubled", StringComparison.Ordinal)) > 1 ? "! doubled" : "two, one of them closed as doubled", $"{where}; {string.Join(" | ", of.Select(a => $"{a.Id} {a.Story}"))}");
            else if (of[0].RaisedMs > began) Note("raised by a later reading", $"{where}; {Clock(of[0].RaisedMs)}");
            foreach (var alert in of)
            {
                if (alert.IsOpen) Note("! left open", $"{where}; {alert.Story}");
                else if (alert.ClearedMs is { } cleared && cleared != ended) Note(cleared < ended ? "ended before its end" : "ended by a later reading", $"{where}; quiet at {Clock(ended)}, ended {Clock(cleared)}; {alert.Story}");
            }
        }
        foreach (var alert in _alerts[sensor.Id].Where(a => !used.Contains(a.Id))) Note("! of no fault", $"{sensor.Id} {Clock(alert.RaisedMs)} {alert.Story}");
    }

    /// <summary>What was answered with success is in the ledger.</summary>
    public void Judge(NightOfficer officer)
    {
        _decisions = $"{officer.Done.Count} alerts acknowledged, {officer.Refused} refused or not answered; ";
        var stories = alerts.ToDictionary(a => a.Id, a => a.Story);
        foreach (var id in officer.Done.Where(id => !stories.TryGetValue(id, out var story) || !story.Contains("acknowledged", StringComparison.Ordinal)))
            Note("! acknowledgement lost", $"{id} {stories.GetValueOrDefault(id, "not in the ledger")}");
    }

    public void Write(int givenUp)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_readings} readings acknowledged, connections given up {givenUp}, troubles {troubles.Count}; {_decisions}{_faults} faults, {alerts.Count} alerts"));
        foreach (var (kind, cases) in _found.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            Console.WriteLine($"{kind}: {cases.Count}");
            foreach (var one in cases.Take(12)) Console.WriteLine($"    {one}");
        }
    }

    private void Note(string kind, string where)
    {
        if (!_found.TryGetValue(kind, out var cases)) _found[kind] = cases = [];
        cases.Add(where);
    }

    private static string Clock(long ms) => ms == long.MaxValue ? "–" : DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
}

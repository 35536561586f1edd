using System.Collections.Concurrent;
using LuohuIOC.Alerts;

namespace LuohuIOC.Notices;

/// <summary>Closed alerts of which people were told and not yet that they are over. Every host keeps them, by what the board hears: any may be the next that tells.</summary>
internal sealed class EndedAlerts : IDisposable
{
    /// <summary>Beyond it those that ended first are left out: what is told counts the rest of a flood anyway.</summary>
    private const int Max = 10_000;

    private readonly ConcurrentDictionary<string, AlertView> _ended = new(StringComparer.Ordinal);
    private readonly IOpenAlerts _alerts;
    private readonly AlertQueries _queries;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _started;
    private bool _isLoaded;

    public EndedAlerts(IOpenAlerts alerts, AlertQueries queries, TimeProvider time)
    {
        (_alerts, _queries, _time, _started) = (alerts, queries, time, time.GetUtcNow());
        alerts.Changed += Note;
    }

    /// <summary>Those that are news still.</summary>
    public IReadOnlyList<AlertView> Of(DateTimeOffset now)
    {
        foreach (var (id, alert) in _ended)
            if (NoticePolicy.OverAt(alert) is not { } over || now - over > NoticePolicy.NewsFor) _ended.TryRemove(id, out _);
        var excess = _ended.Count - Max;
        if (excess > 0)
            foreach (var (id, _) in _ended.OrderBy(entry => entry.Value.ClosedAt).Take(excess)) _ended.TryRemove(id, out _);
        return [.. _ended.Values];
    }

    /// <summary>Once: what was closed just before the start, or while no host ran to tell of it.</summary>
    public async Task LoadAsync()
    {
        if (_isLoaded) return;
        foreach (var alert in await Task.Run(() => _queries.ToldAndEnded(_started - NoticePolicy.NewsFor - AlertCall.LullMin, Max))) Note(AlertView.Of(alert));
        _isLoaded = true;
    }

    public void Dispose() => _alerts.Changed -= Note;

    private void Note(AlertView alert)
    {
        if (alert.State != AlertWords.Of(AlertState.Closed)) return;
        if (alert.Notices is { } notices && notices.Any(told => told is { Delivered: true, Ended: null })) _ended.AddOrUpdate(alert.Id, alert, (_, known) => known.Version > alert.Version ? known : alert);
        else _ended.TryRemove(alert.Id, out _);
    }
}

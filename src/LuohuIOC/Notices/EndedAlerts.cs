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
    private readonly DateTimeOffset _started;
    private readonly ILogger<EndedAlerts> _logger;
    // Until that is read.
    private readonly ConcurrentDictionary<string, bool> _heard = new(StringComparer.Ordinal);
    private Task _loading = Task.CompletedTask;
    private volatile bool _isLoaded;
    private bool _isFailing;

    public EndedAlerts(IOpenAlerts alerts, AlertQueries queries, TimeProvider time, ILogger<EndedAlerts> logger)
    {
        (_alerts, _queries, _logger, _started) = (alerts, queries, logger, time.GetUtcNow());
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

    /// <summary>
    /// Reads once what was closed just before the start, or while no host ran to tell of it. Waits for nothing: where the ledger does not answer, people
    /// are told of what is open all the same, and the next call asks it again.
    /// </summary>
    public void Load()
    {
        if (!_isLoaded && _loading.IsCompleted) _loading = Task.Run(Read);
    }

    private void Read()
    {
        try
        {
            foreach (var alert in _queries.ToldAndEnded(_started - NoticePolicy.NewsFor - AlertCall.LullMin, Max))
                // What the board has told meanwhile is newer than what was read.
                if (!_heard.ContainsKey(alert.Id)) Keep(AlertView.Of(alert));
            _isLoaded = true;
            _heard.Clear();
            if (_isFailing) _logger.LogInformation("Notices: what ended before the start has been read.");
        }
        catch (Exception e)
        {
            if (!_isFailing) _logger.LogWarning(e, "Notices: what ended before the start could not be read yet, so nobody is told of it; it is tried again.");
            _isFailing = true;
        }
    }

    public void Dispose() => _alerts.Changed -= Note;

    private void Note(AlertView alert)
    {
        if (!_isLoaded) _heard[alert.Id] = true;
        Keep(alert);
    }

    private void Keep(AlertView alert)
    {
        if (alert.State != AlertWords.Of(AlertState.Closed)) return;
        if (alert.Notices is { } notices && notices.Any(told => told is { Delivered: true, Ended: null })) _ended.AddOrUpdate(alert.Id, alert, (_, known) => known.Version > alert.Version ? known : alert);
        else _ended.TryRemove(alert.Id, out _);
    }
}

using LuohuIOC.Alerts;

namespace LuohuIOC.Notices;

/// <summary>One policy's way to one recipient: when the next message may leave, and what it has been told that the alerts do not say yet. Not for several threads.</summary>
internal sealed class NoticeLine(NoticePolicy policy, Recipient recipient)
{
    // Until the ledger has it, and where it never will: nobody is told of the same thing every minute.
    private readonly Dictionary<string, (Severity Severity, DateTimeOffset At)> _told = new(StringComparer.Ordinal);
    private Severity _worst;

    public NoticePolicy Policy => policy;

    public Recipient Recipient => recipient;

    public DateTimeOffset? LastAt { get; private set; }

    public DateTimeOffset? DeliveredAt { get; private set; }

    /// <summary>Of the last message, delivered or not; null before the first.</summary>
    public string? Answer { get; private set; }

    public int Failures { get; private set; }

    /// <summary>What the recipient is to be told now; empty also while it must wait.</summary>
    public IReadOnlyList<AlertView> DueOf(IReadOnlyList<AlertView> open, NoticeOptions options, DateTimeOffset now)
    {
        if (_told.Count > 0) Forget(open);
        var due = open.Where(alert => policy.IsDue(alert, recipient.Label, now) && !IsTold(alert)).ToArray();
        if (due.Length == 0 || LastAt is not { } last) return due;
        if (Failures > 0) return now - last < Pause(options) ? [] : due;
        return now - last < options.Every && due.All(alert => AlertWords.SeverityOf(alert.Severity) <= _worst) ? [] : due;
    }

    /// <summary>Takes note of what came of a message.</summary>
    /// <returns>The notices that the record does not have yet, by alert.</returns>
    public IEnumerable<(AlertView Alert, NoticeDelivery Notice)> Sent(IReadOnlyList<AlertView> alerts, NoticeResult result, DateTimeOffset now)
    {
        Tried(result, now);
        if (result.Delivered)
        {
            _worst = alerts.Max(alert => AlertWords.SeverityOf(alert.Severity));
            foreach (var alert in alerts) _told[alert.Id] = (AlertWords.SeverityOf(alert.Severity), now);
        }
        return alerts.Where(alert => result.Delivered || !policy.IsKnownToFail(alert, recipient.Label)).Select(alert => (alert, new NoticeDelivery(policy.Name, recipient.Label, result.Delivered, result.Answer)));
    }

    /// <summary>Takes note of a message that told of no alert.</summary>
    public void Tried(NoticeResult result, DateTimeOffset now)
    {
        LastAt = now;
        Answer = result.Answer;
        Failures = result.Delivered ? 0 : Failures + 1;
        if (result.Delivered) DeliveredAt = now;
    }

    private bool IsTold(AlertView alert) =>
        _told.TryGetValue(alert.Id, out var told) && told.Severity >= AlertWords.SeverityOf(alert.Severity) && !(told.At < alert.OverdueAt);

    private void Forget(IReadOnlyList<AlertView> open)
    {
        var ids = open.Select(alert => alert.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var id in _told.Keys.Where(id => !ids.Contains(id)).ToArray()) _told.Remove(id);
    }

    private TimeSpan Pause(NoticeOptions options)
    {
        var pause = options.RetryFirst * Math.Pow(2, Math.Min(Failures - 1, 30));
        return pause < options.RetryMax ? pause : options.RetryMax;
    }
}

using LuohuIOC.Alerts;

namespace LuohuIOC.Notices;

/// <summary>One policy's way to one recipient: when the next message may leave, and what it has been told that the alerts do not say yet. Any thread may ask.</summary>
internal sealed class NoticeLine(NoticePolicy policy, Recipient recipient)
{
    private readonly Lock _gate = new();

    // Until the ledger has it, and where it never will: nobody is told of the same thing every minute.
    private readonly Dictionary<string, (Severity Severity, DateTimeOffset Call)> _told = new(StringComparer.Ordinal);

    // Handed over once without an answer: once more is better than never, and a third time is a nuisance.
    private readonly Dictionary<string, DateTimeOffset> _unanswered = new(StringComparer.Ordinal);
    private NoticeLineView _view = new(policy.Name, policy.Severity, policy.After, recipient.Label, recipient.Channel == NoticeChannel.Mail ? "mail" : "webhook", null, null, 0, null);
    private DateTimeOffset? _sentAt;
    private Severity _worst;
    private bool _isLongPause;
    private bool _isRunning;

    public NoticePolicy Policy => policy;

    public Recipient Recipient => recipient;

    public NoticeLineView View
    {
        get
        {
            lock (_gate) return _view;
        }
    }

    /// <summary>Takes the line for one message; false while one is on its way.</summary>
    public bool TryBegin()
    {
        lock (_gate) return !_isRunning && (_isRunning = true);
    }

    public void End()
    {
        lock (_gate) _isRunning = false;
    }

    /// <summary>What the recipient is to be told now; empty also while it must wait. What is worse than all that the last message told of does not wait.</summary>
    public IReadOnlyList<AlertView> DueOf(IReadOnlyList<AlertView> open, NoticeOptions options, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_told.Count + _unanswered.Count > 0) Forget(open);
            var due = open.Where(alert => policy.IsDue(alert, recipient.Label, now) && !IsTold(alert)).ToArray();
            // A message in the future is one of before the clock was set back.
            if (due.Length == 0 || _sentAt is not { } last || last > now) return due;
            var pause = _view.Failures == 0 ? options.Every : _isLongPause ? options.RetryMax : Pause(options, _view.Failures);
            return now - last < pause && due.All(alert => AlertWords.SeverityOf(alert.Severity) <= _worst) ? [] : due;
        }
    }

    /// <summary>Takes note of what came of a message.</summary>
    /// <returns>The notices that the record does not have yet, by alert.</returns>
    public IReadOnlyList<(AlertView Alert, NoticeDelivery Notice)> Sent(NoticeMessage message, NoticeResult result, DateTimeOffset now)
    {
        lock (_gate)
        {
            Note(result, now);
            (_sentAt, _isLongPause) = (now, result.Unanswered);
            _worst = message.Alerts.Max(alert => AlertWords.SeverityOf(alert.Severity));
            foreach (var alert in message.Alerts)
                if (result.Delivered || (result.Unanswered && !IsFirst(alert))) _told[alert.Id] = (AlertWords.SeverityOf(alert.Severity), NoticePolicy.CallOf(alert));
            return
            [
                .. message.Alerts.Select((alert, i) => (alert, new NoticeDelivery(policy.Name, recipient.Label, result.Delivered, result.Answer, now, NoticePolicy.CallOf(alert), i < message.Named)))
                    .Where(told => result.Delivered || !policy.IsKnownToFail(told.alert, recipient.Label)),
            ];
        }
    }

    /// <summary>Takes note of a message that told of no alert, and holds none up.</summary>
    public void Tried(NoticeResult result, DateTimeOffset now)
    {
        lock (_gate) Note(result, now);
    }

    private void Note(NoticeResult result, DateTimeOffset now) => _view = _view with
    {
        LastAt = now,
        Answer = result.Answer,
        Failures = result.Delivered ? 0 : _view.Failures + 1,
        DeliveredAt = result.Delivered ? now : _view.DeliveredAt,
    };

    private bool IsFirst(AlertView alert)
    {
        var call = NoticePolicy.CallOf(alert);
        var isFirst = !_unanswered.TryGetValue(alert.Id, out var known) || known != call;
        _unanswered[alert.Id] = call;
        return isFirst;
    }

    private bool IsTold(AlertView alert) => _told.TryGetValue(alert.Id, out var told) && told.Severity >= AlertWords.SeverityOf(alert.Severity) && told.Call == NoticePolicy.CallOf(alert);

    private void Forget(IReadOnlyList<AlertView> open)
    {
        var ids = open.Select(alert => alert.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var id in _told.Keys.Concat(_unanswered.Keys).Where(id => !ids.Contains(id)).ToArray())
        {
            _told.Remove(id);
            _unanswered.Remove(id);
        }
    }

    private static TimeSpan Pause(NoticeOptions options, int failures) =>
        TimeSpan.FromSeconds(Math.Min(options.RetryMax.TotalSeconds, options.RetryFirst.TotalSeconds * Math.Pow(2, failures - 1)));
}

using LuohuIOC.Alerts;

namespace LuohuIOC.Notices;

/// <summary>One policy's way to one recipient: when the next message may leave, and what it has been told that the alerts do not say yet. Any thread may ask.</summary>
internal sealed class NoticeLine(NoticePolicy policy, Recipient recipient)
{
    private readonly Lock _gate = new();

    // Until the ledger has it, and where it never will: nobody is told of the same thing every minute.
    private readonly Dictionary<(string Alert, bool IsOver), (Severity Severity, DateTimeOffset Call)> _told = [];

    // Handed over once without an answer: once more is better than never, and a third time is a nuisance.
    private readonly Dictionary<(string Alert, bool IsOver), DateTimeOffset> _unanswered = [];
    private NoticeLineView _view = new(policy.Name, policy.Severity, policy.After, recipient.Label, recipient.Channel == NoticeChannel.Mail ? "mail" : "webhook", null, null, 0, null);
    private DateTimeOffset? _sentAt;
    private Severity? _worst;
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
            Forget(open, isOver: false);
            var due = open.Where(alert => policy.IsDue(alert, recipient.Label, now) && !IsTold(alert)).ToArray();
            return IsPausing(options, now) && due.All(alert => AlertWords.SeverityOf(alert.Severity) <= _worst) ? [] : due;
        }
    }

    /// <summary>Of what the recipient is to be told now that it is over; empty also while it must wait.</summary>
    public IReadOnlyList<AlertView> OverOf(IReadOnlyList<AlertView> over, NoticeOptions options, DateTimeOffset now)
    {
        lock (_gate)
        {
            Forget(over, isOver: true);
            return IsPausing(options, now) ? [] : [.. over.Where(alert => policy.IsOver(alert, recipient.Label, now) && !_told.ContainsKey((alert.Id, true)))];
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
            // After good news nothing bad waits.
            _worst = message.IsOver ? null : message.Alerts.Max(alert => AlertWords.SeverityOf(alert.Severity));
            foreach (var alert in message.Alerts)
                if (result.Delivered || (result.Unanswered && !IsFirst(alert, message.IsOver))) _told[(alert.Id, message.IsOver)] = (AlertWords.SeverityOf(alert.Severity), NoticePolicy.CallOf(alert));
            bool? ended = message.IsOver ? true : null;
            return
            [
                .. message.Alerts.Select((alert, i) => (alert, new NoticeDelivery(policy.Name, recipient.Label, result.Delivered, result.Answer, now, NoticePolicy.CallOf(alert), i < message.Named, ended)))
                    .Where(told => result.Delivered || !policy.IsKnownToFail(told.alert, recipient.Label, ended)),
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

    private bool IsFirst(AlertView alert, bool isOver)
    {
        var call = NoticePolicy.CallOf(alert);
        var isFirst = !_unanswered.TryGetValue((alert.Id, isOver), out var known) || known != call;
        _unanswered[(alert.Id, isOver)] = call;
        return isFirst;
    }

    private bool IsTold(AlertView alert) => _told.TryGetValue((alert.Id, false), out var told) && told.Severity >= AlertWords.SeverityOf(alert.Severity) && told.Call == NoticePolicy.CallOf(alert);

    private void Forget(IReadOnlyList<AlertView> known, bool isOver)
    {
        if (_told.Count + _unanswered.Count == 0) return;
        var ids = known.Select(alert => alert.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var key in _told.Keys.Concat(_unanswered.Keys).Where(key => key.IsOver == isOver && !ids.Contains(key.Alert)).ToArray())
        {
            _told.Remove(key);
            _unanswered.Remove(key);
        }
    }

    // A message in the future is one of before the clock was set back.
    private bool IsPausing(NoticeOptions options, DateTimeOffset now) =>
        _sentAt is { } last && last <= now && now - last < (_view.Failures == 0 ? options.Every : _isLongPause ? options.RetryMax : Pause(options, _view.Failures));

    private static TimeSpan Pause(NoticeOptions options, int failures) =>
        TimeSpan.FromSeconds(Math.Min(options.RetryMax.TotalSeconds, options.RetryFirst.TotalSeconds * Math.Pow(2, failures - 1)));
}
